//! HMAC-SHA-256 with a secret as the key.

use crate::SecretText;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Secrets that begin with `whsec_` are base64 after it, as Standard Webhooks says
/// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>); others are used as they are.
pub(crate) fn sign(secret: &SecretText, message: &[u8]) -> Vec<u8> {
    let text = secret.expose();
    let decoded = text.strip_prefix("whsec_").and_then(|rest| STANDARD.decode(rest).ok());
    let key = Zeroizing::new(decoded.unwrap_or_else(|| text.as_bytes().to_vec()));
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(&key) else { unreachable!("HMAC takes keys of any length") };
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

pub(crate) fn verify(secret: &SecretText, message: &[u8], mac: &[u8]) -> bool {
    sign(secret, message).as_slice().ct_eq(mac).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the Standard Webhooks specification.
    #[test]
    fn standard_webhooks_example() {
        let secret = SecretText::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let message = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        let expected = STANDARD.decode("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=").unwrap();
        assert_eq!(sign(&secret, message), expected);
        assert!(verify(&secret, message, &expected));
        assert!(!verify(&secret, b"another", &expected));
        assert!(!verify(&secret, message, &expected[1..]));
        assert!(!verify(&SecretText::new("other"), message, &expected));
    }
}
