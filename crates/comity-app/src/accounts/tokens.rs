//! API tokens. A token can do no more than the person who made it, today: when they lose a role or leave, so does it.

use super::{Caller, Credential, check_name, secret};
use crate::{App, AppError};
use comity_domain::{Role, Roles, TokenId};
use comity_store::ApiToken;
use jiff::SignedDuration;

/// What every token begins with, so that scanners for leaked secrets know one.
pub const TOKEN_PREFIX: &str = "comity_";
/// How exactly the last use is known.
const LAST_USE_STEP: SignedDuration = SignedDuration::from_mins(5);

/// A token just made.
pub struct NewToken {
    /// Shown this once.
    pub secret: String,
    pub token: ApiToken,
}

impl App {
    /// One's own tokens; everybody's for whoever keeps the connections.
    pub async fn tokens(&self, by: &Caller) -> Result<Vec<ApiToken>, AppError> {
        let tokens = self.store.tokens(self.organization).await?;
        let sees_all = by.has_any(&[Role::Integrator]);
        Ok(tokens.into_iter().filter(|token| sees_all || token.created_by == by.user).collect())
    }

    pub async fn create_token(&self, name: &str, roles: Roles, by: &Caller) -> Result<NewToken, AppError> {
        is_a_person(by)?;
        let name = check_name("/name", "what the token is for", name)?;
        if roles.is_empty() {
            return Err(AppError::invalid("/roles", "Choose at least one role."));
        }
        if let Some(role) = roles.iter().find(|role| !by.has_any(&[**role])) {
            let message = format!("You do not have the role {role}, so your tokens cannot have it.");
            return Err(AppError::invalid("/roles", message));
        }
        let secret = format!("{TOKEN_PREFIX}{}", secret::new_token());
        let token = ApiToken {
            id: TokenId::generate(),
            organization: self.organization,
            name,
            roles,
            token_hash: secret::hash(&secret),
            created_by: by.user,
            created_at: self.clock.now(),
            last_used_at: None,
        };
        self.store.create_token(&token, &by.actor()).await?;
        Ok(NewToken { secret, token })
    }

    pub async fn delete_token(&self, id: TokenId, by: &Caller) -> Result<(), AppError> {
        is_a_person(by)?;
        if self.tokens(by).await?.iter().all(|token| token.id != id) {
            return Err(AppError::NotFound { what: "token" });
        }
        Ok(self.store.delete_token(self.organization, id, &by.actor(), self.clock.now()).await?)
    }

    /// Whose token this is, and what it may do.
    pub async fn caller_by_token(&self, secret: &str) -> Result<Caller, AppError> {
        let token = self.store.token(&secret::hash(secret)).await?.ok_or(AppError::Unauthenticated)?;
        let maker = self.store.user(token.organization, token.created_by).await?;
        let maker = maker.filter(|maker| maker.is_active).ok_or(AppError::Unauthenticated)?;
        self.note_use(&token).await?;
        let makers = |role: &Role| maker.roles.contains(&Role::Owner) || maker.roles.contains(role);
        Ok(Caller {
            organization: token.organization,
            user: maker.id,
            name: token.name,
            email: maker.email,
            roles: token.roles.into_iter().filter(makers).collect(),
            credential: Credential::Token { id: token.id },
        })
    }

    async fn note_use(&self, token: &ApiToken) -> Result<(), AppError> {
        let now = self.clock.now();
        if token.last_used_at.is_none_or(|last| now.duration_since(last) >= LAST_USE_STEP) {
            self.store.touch_token(token.organization, token.id, now).await?;
        }
        Ok(())
    }
}

/// A token that got lost must not outlive being taken back by making another.
fn is_a_person(by: &Caller) -> Result<(), AppError> {
    match by.credential {
        Credential::Session { .. } => Ok(()),
        Credential::Token { .. } => {
            let why = "Tokens are made and taken back by people who are signed in, not by tokens.".to_owned();
            Err(AppError::Forbidden { why })
        }
    }
}
