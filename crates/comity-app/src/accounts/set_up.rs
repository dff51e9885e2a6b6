//! The first owner, made once with the one-time token that the server prints when it first starts.

use super::{SignedIn, check_email, check_name, password, secret};
use crate::{App, AppError};
use comity_domain::Role;
use comity_store::NewUser;
use std::{collections::BTreeSet, net::IpAddr};

pub struct SetUpInput {
    pub token: String,
    pub organization: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

impl App {
    /// Whether the first owner is still to be made.
    pub async fn needs_set_up(&self) -> Result<bool, AppError> {
        Ok(self.store.organization().await?.is_none_or(|organization| !organization.is_set_up))
    }

    /// A new one-time token for whoever reads the server's output, in place of any earlier one. Nothing once set up.
    pub async fn setup_token(&self) -> Result<Option<String>, AppError> {
        if !self.needs_set_up().await? {
            return Ok(None);
        }
        let token = secret::new_token();
        self.store.set_setup_token(self.organization, &secret::hash(&token)).await?;
        Ok(Some(token))
    }

    /// Names the organization, makes its owner and signs them in.
    pub async fn set_up(&self, input: SetUpInput, from: IpAddr) -> Result<SignedIn, AppError> {
        self.attempts.take_address(from, self.clock.now())?;
        let token = self.store.setup_token(self.organization).await?;
        if !token.is_some_and(|known| secret::same(&known, &secret::hash(&input.token))) {
            return Err(self.set_up_refused().await?);
        }
        let organization = check_name("/organization", "the organization's name", &input.organization)?;
        let name = check_name("/name", "your name", &input.name)?;
        let email = check_email(&input.email)?;
        password::check("/password", &input.password, &email)?;
        let owner = NewUser {
            name,
            email,
            roles: [Role::Owner].into(),
            skills: BTreeSet::new(),
            teams: BTreeSet::new(),
            duties: BTreeSet::new(),
            password_hash: self.hash(input.password).await?,
        };
        let prefix = key_prefix(&organization);
        let user = self.store.set_up(self.organization, &organization, &prefix, owner, self.clock.now()).await?;
        self.begin_session(user).await
    }

    async fn set_up_refused(&self) -> Result<AppError, AppError> {
        if !self.needs_set_up().await? {
            return Ok(comity_store::StoreError::AlreadySetUp.into());
        }
        let why =
            "This set-up link is not the one the server printed last. Use the newest; a restart prints another one.";
        Ok(AppError::Forbidden { why: why.into() })
    }
}

/// Two or three capitals for case numbers: the initials of the name's words, or the beginning of a single word.
fn key_prefix(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [] => return "CASE".into(),
        [word] => word.chars().take(3).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).take(3).collect(),
    };
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::key_prefix;

    #[test]
    fn case_numbers_begin_with_the_initials() {
        assert_eq!(key_prefix("Northwind Air"), "NA");
        assert_eq!(key_prefix("comity"), "COM");
        assert_eq!(key_prefix("Zürcher Öl & Gas AG"), "ZÖG");
        assert_eq!(key_prefix("  "), "CASE");
    }
}
