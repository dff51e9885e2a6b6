//! The organization, its people, and what they sign in with.

use crate::{Store, StoreError};
use comity_domain::{OrganizationId, Roles, SessionId, Timestamp, TokenId, UserId, audit::Actor};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    /// Stands before case numbers, as in `NW-4821`.
    pub key_prefix: String,
    pub created_at: Timestamp,
    /// Whether somebody owns it yet.
    pub is_set_up: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub organization: OrganizationId,
    pub name: String,
    pub email: String,
    pub roles: Roles,
    pub is_active: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub roles: Roles,
    pub password_hash: String,
}

/// What to change; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    pub name: Option<String>,
    pub roles: Option<Roles>,
    pub is_active: Option<bool>,
}

/// A signed-in browser. The token itself is never stored, only its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub token_hash: Vec<u8>,
    pub csrf_token: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: TokenId,
    pub organization: OrganizationId,
    pub name: String,
    pub roles: Roles,
    pub token_hash: Vec<u8>,
    pub created_by: UserId,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

impl Store {
    /// The organization of this installation, made without a name or an owner when there is none.
    pub async fn ensure_organization(&self, now: Timestamp) -> Result<Organization, StoreError> {
        todo!()
    }
    pub async fn organization(&self) -> Result<Option<Organization>, StoreError> {
        todo!()
    }
    /// Names the organization and gives it its owner, once. Consumes the set-up token.
    pub async fn set_up(
        &self,
        organization: OrganizationId,
        name: &str,
        key_prefix: &str,
        owner: NewUser,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        todo!()
    }
    /// Keeps the hash of the one-time set-up token, in place of an earlier one.
    pub async fn set_setup_token(&self, organization: OrganizationId, hash: &[u8]) -> Result<(), StoreError> {
        todo!()
    }
    pub async fn setup_token(&self, organization: OrganizationId) -> Result<Option<Vec<u8>>, StoreError> {
        todo!()
    }

    pub async fn create_user(
        &self,
        organization: OrganizationId,
        user: NewUser,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        todo!()
    }
    pub async fn users(&self, organization: OrganizationId) -> Result<Vec<User>, StoreError> {
        todo!()
    }
    pub async fn user(&self, organization: OrganizationId, id: UserId) -> Result<Option<User>, StoreError> {
        todo!()
    }
    /// The user with this address (in any case) and the hash of their password.
    pub async fn user_by_email(
        &self,
        organization: OrganizationId,
        email: &str,
    ) -> Result<Option<(User, String)>, StoreError> {
        todo!()
    }
    pub async fn password_hash(&self, organization: OrganizationId, id: UserId) -> Result<Option<String>, StoreError> {
        todo!()
    }
    pub async fn update_user(
        &self,
        organization: OrganizationId,
        id: UserId,
        change: UserChange,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        todo!()
    }
    /// Sets the password and ends every session of the user except `keep`.
    pub async fn set_password(
        &self,
        organization: OrganizationId,
        id: UserId,
        hash: &str,
        keep: Option<SessionId>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }

    pub async fn create_session(&self, organization: OrganizationId, session: &Session) -> Result<(), StoreError> {
        todo!()
    }
    /// The session with this token hash and its user, unless it is over or the user is not active.
    pub async fn session(&self, token_hash: &[u8], now: Timestamp) -> Result<Option<(Session, User)>, StoreError> {
        todo!()
    }
    /// Moves the end of a session that is in use.
    pub async fn extend_session(
        &self,
        organization: OrganizationId,
        id: SessionId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
    pub async fn delete_session(
        &self,
        organization: OrganizationId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
    pub async fn delete_sessions_of(&self, organization: OrganizationId, user: UserId) -> Result<u64, StoreError> {
        todo!()
    }
    pub async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        todo!()
    }

    pub async fn create_token(&self, token: &ApiToken, actor: &Actor) -> Result<(), StoreError> {
        todo!()
    }
    pub async fn tokens(&self, organization: OrganizationId) -> Result<Vec<ApiToken>, StoreError> {
        todo!()
    }
    pub async fn token(&self, token_hash: &[u8]) -> Result<Option<ApiToken>, StoreError> {
        todo!()
    }
    /// Notes when a token was last used.
    pub async fn touch_token(
        &self,
        organization: OrganizationId,
        id: TokenId,
        used_at: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
    pub async fn delete_token(
        &self,
        organization: OrganizationId,
        id: TokenId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
}
