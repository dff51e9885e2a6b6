//! Secrets of connections at rest: encrypted with a key that lies outside the database.
//!
//! XChaCha20-Poly1305 with a random nonce, the connection's id as associated data: a blob moved to another connection does not
//! open. The key file is made on first start, readable by its owner only. Losing it means entering the secrets again.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use comity_domain::ConnectionId;
use rand::RngCore as _;
use std::{collections::BTreeMap, path::Path};
use zeroize::Zeroizing;

pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("cannot read or make the key file {path}: {reason}")]
    KeyFile { path: String, reason: String },
    #[error("the secrets of this connection cannot be opened with this installation's key; enter them again")]
    WrongKey,
}

pub struct Vault {
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl Vault {
    #[must_use]
    pub fn new(key: [u8; KEY_BYTES]) -> Self {
        Self { key: Zeroizing::new(key) }
    }

    /// Reads the key file, or makes one.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        let failed = |reason: String| VaultError::KeyFile { path: path.display().to_string(), reason };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let bytes = STANDARD.decode(text.trim()).map_err(|error| failed(error.to_string()))?;
                let key = bytes.try_into().map_err(|_| failed(format!("it does not hold {KEY_BYTES} bytes")))?;
                Ok(Self::new(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_BYTES];
                rand::rng().fill_bytes(&mut key);
                write_private(path, &STANDARD.encode(key)).map_err(|error| failed(error.to_string()))?;
                Ok(Self::new(key))
            }
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// A key for something else, derived from this one.
    #[must_use]
    pub fn derive_key(&self, purpose: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.key, purpose.as_bytes()).as_bytes()
    }

    pub fn seal(&self, connection: ConnectionId, secrets: &BTreeMap<String, String>) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let plain = Zeroizing::new(serde_json::to_vec(secrets).map_err(|_| VaultError::WrongKey)?);
        let payload = Payload { msg: &plain, aad: connection.0.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::WrongKey)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn open_secrets(&self, connection: ConnectionId, blob: &[u8]) -> Result<BTreeMap<String, String>, VaultError> {
        if blob.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (nonce, sealed) = blob.split_at_checked(NONCE_BYTES).ok_or(VaultError::WrongKey)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| VaultError::WrongKey)?;
        let payload = Payload { msg: sealed, aad: connection.0.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::WrongKey)?;
        serde_json::from_slice(&Zeroizing::new(plain)).map_err(|_| VaultError::WrongKey)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn secrets() -> BTreeMap<String, String> {
        [("app_password".to_owned(), "planted-secret".to_owned())].into()
    }

    #[test]
    fn secrets_open_only_for_their_connection_and_key() {
        let vault = Vault::new([7; KEY_BYTES]);
        let connection = ConnectionId(Uuid::from_u128(1));
        let blob = vault.seal(connection, &secrets()).unwrap();
        assert!(!blob.windows(14).any(|window| window == b"planted-secret"));
        assert_eq!(vault.open_secrets(connection, &blob).unwrap(), secrets());
        assert!(vault.open_secrets(ConnectionId(Uuid::from_u128(2)), &blob).is_err());
        assert!(Vault::new([8; KEY_BYTES]).open_secrets(connection, &blob).is_err());
        assert!(vault.open_secrets(connection, &blob[..10]).is_err());
    }

    #[test]
    fn the_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let first = Vault::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(*first.key, *Vault::open(&path).unwrap().key);
        std::fs::write(&path, "short").unwrap();
        assert!(Vault::open(&path).is_err());
    }
}
