//! Secrets by name: use without reading.

use crate::{mac, state::HostState};
use comity_plugin_api::v0_1::host::secrets;

impl secrets::Host for HostState {
    fn names(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(self.secrets.keys().cloned().collect())
    }

    fn hmac_sha256(&mut self, secret: String, message: Vec<u8>) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(self.secrets.get(&secret).map(|secret| mac::sign(secret, &message)))
    }

    fn verify_hmac_sha256(&mut self, secret: String, message: Vec<u8>, mac: Vec<u8>) -> wasmtime::Result<bool> {
        Ok(self.secrets.get(&secret).is_some_and(|secret| mac::verify(secret, &message, &mac)))
    }

    /// Only captured ones: what a person entered stays until a person changes it.
    fn forget(&mut self, secret: String) -> wasmtime::Result<()> {
        if self.secrets.contains_key(&secret) && !self.declared_secrets.contains(&secret) {
            self.set_secret(secret, None);
        }
        Ok(())
    }
}
