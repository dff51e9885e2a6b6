//! Passwords: what is asked of one, and its argon2id hash.

use super::PasswordCost;
use crate::AppError;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _},
};
use std::sync::OnceLock;

/// In characters.
pub const SHORTEST_PASSWORD: usize = 12;
/// In bytes; a longer one only costs time.
const LONGEST_PASSWORD: usize = 1_024;

/// Long, and not what anyone would try first. No rules about kinds of characters: they make passwords worse.
pub fn check(pointer: &str, password: &str, email: &str) -> Result<(), AppError> {
    let refuse = |message: String| Err(AppError::invalid(pointer, message));
    if password.chars().count() < SHORTEST_PASSWORD {
        return refuse(format!("Use at least {SHORTEST_PASSWORD} characters; a few words in a row do well."));
    }
    if password.len() > LONGEST_PASSWORD {
        return refuse(format!("Use at most {LONGEST_PASSWORD} characters."));
    }
    if password.trim().eq_ignore_ascii_case(email.trim()) {
        return refuse("Do not use the e-mail address as the password.".into());
    }
    let mut letters = password.chars();
    let first = letters.next();
    if letters.all(|letter| Some(letter) == first) {
        return refuse("Use more than one character; a few words in a row do well.".into());
    }
    Ok(())
}

/// Takes tens of milliseconds on purpose: not for a thread that answers requests.
pub fn hash(password: &str, cost: PasswordCost) -> Result<String, AppError> {
    let hash = hasher(cost)?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| AppError::internal(format!("a password cannot be hashed: {error}")))
}

/// Whether this is the password. Without a hash (there is no such account) the same work is done and the answer is no.
pub fn verify(password: &str, hash: Option<&str>, cost: PasswordCost) -> Result<bool, AppError> {
    let hasher = hasher(cost)?;
    let Some(hash) = hash else {
        let _ = hasher.verify_password(password.as_bytes(), nobody(cost)?);
        return Ok(false);
    };
    Ok(hasher.verify_password(password.as_bytes(), hash).is_ok())
}

/// The hash that is checked for accounts that do not exist.
fn nobody(cost: PasswordCost) -> Result<&'static str, AppError> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    if let Some(hash) = NOBODY.get() {
        return Ok(hash);
    }
    let made = hash(&super::secret::new_token(), cost)?;
    Ok(NOBODY.get_or_init(|| made))
}

fn hasher(cost: PasswordCost) -> Result<Argon2<'static>, AppError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
        .map_err(|error| AppError::internal(format!("the configured password cost cannot be used: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1, lanes: 1 };

    #[test]
    fn a_hash_opens_for_its_password_only() {
        let hash = hash("correct horse battery", CHEAP).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert!(verify("correct horse battery", Some(&hash), CHEAP).unwrap());
        assert!(!verify("correct horse batterz", Some(&hash), CHEAP).unwrap());
        assert!(!verify("correct horse battery", None, CHEAP).unwrap());
    }

    #[test]
    fn the_cost_of_the_hash_counts_not_the_configured_one() {
        let hash = hash("correct horse battery", CHEAP).unwrap();
        let dearer = PasswordCost { memory_kib: 16, ..CHEAP };
        assert!(verify("correct horse battery", Some(&hash), dearer).unwrap());
    }

    #[test]
    fn passwords_are_long_and_not_the_address() {
        let refused = |password| check("/password", password, "Robin@Example.org").unwrap_err().to_string();
        assert!(refused("elevenchars").contains("at least 12"));
        assert!(refused("robin@example.org").contains("e-mail"));
        assert!(refused("aaaaaaaaaaaaaaa").contains("more than one"));
        assert!(refused(&"long ".repeat(400)).contains("at most"));
        check("/password", "zwölf Zeichen", "robin@example.org").unwrap();
    }
}
