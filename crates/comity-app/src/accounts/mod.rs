//! Who may do what: the first owner, people, sessions and API tokens.
//!
//! Nothing that opens a door is stored as it is: passwords as argon2id hashes, session, API and set-up tokens as hashes
//! of 256 random bits. Signing in does the same work whether the account exists or not and is limited by address and by
//! account, so that neither time nor answer tells who has an account. There are no default accounts or passwords.
//!
//! Reading order: [`Caller`] (who asks), `set_up`, `sign_in`, `people`, `tokens`; below them `password`, `secret` and
//! `attempts`.

mod attempts;
mod caller;
mod config;
mod password;
mod people;
pub(crate) mod secret;
mod set_up;
mod sign_in;
mod tokens;

pub use attempts::{Attempts, SignInAttempts, network};
pub use caller::{Caller, Credential};
pub use config::{AccountsConfig, AttemptLimit, PasswordCost};
pub use password::SHORTEST_PASSWORD;
pub use people::{Memberships, PersonInput};
pub use set_up::SetUpInput;
pub use sign_in::SignedIn;
pub use tokens::{NewToken, TOKEN_PREFIX};

use crate::AppError;

/// The longest name or address taken.
const LONGEST_NAME: usize = 200;

fn check_name(pointer: &str, what: &str, name: &str) -> Result<String, AppError> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(AppError::invalid(pointer, format!("Enter {what}."))),
        count if count > LONGEST_NAME => {
            Err(AppError::invalid(pointer, format!("This is longer than {LONGEST_NAME} characters; shorten it.")))
        }
        _ => Ok(name.to_owned()),
    }
}

/// Enough to catch a slip of the finger; whether mail arrives there only mail can tell.
fn check_email(email: &str) -> Result<String, AppError> {
    let email = email.trim();
    let shape =
        email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.len() > 2 && !host.contains('@'));
    if !shape || email.contains(char::is_whitespace) || email.len() > LONGEST_NAME {
        return Err(AppError::invalid("/email", "Enter an e-mail address, such as robin@example.org."));
    }
    Ok(email.to_lowercase())
}
