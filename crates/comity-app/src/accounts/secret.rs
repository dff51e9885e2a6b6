//! Tokens: 256 random bits that are shown once and stored as a hash.
//!
//! A plain hash is enough here: nobody can guess 256 random bits, so there is nothing for a slow hash to slow down.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

const TOKEN_BYTES: usize = 32;
/// How long a token is as text.
pub const TOKEN_LETTERS: usize = (TOKEN_BYTES * 4).div_ceil(3);

/// A new token, in letters that need no escaping in addresses and cookies.
pub fn new_token() -> String {
    let mut bytes = [0; TOKEN_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token that follows from a key and what it is for: the same gives the same.
pub fn derived_token(key: &[u8; 32], purpose: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(blake3::keyed_hash(key, purpose).as_bytes())
}

pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Compares without telling by its time where the first difference is.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (new_token(), new_token());
        assert_ne!(one, other);
        assert_eq!(URL_SAFE_NO_PAD.decode(&one).unwrap().len(), TOKEN_BYTES);
        assert_eq!(one.len(), TOKEN_LETTERS);
        let derived = derived_token(&[7; 32], b"reply");
        assert_eq!((derived.len(), derived_token(&[7; 32], b"reply")), (TOKEN_LETTERS, derived.clone()));
        assert_ne!(derived, derived_token(&[8; 32], b"reply"));
    }

    #[test]
    fn only_equal_values_are_the_same() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
