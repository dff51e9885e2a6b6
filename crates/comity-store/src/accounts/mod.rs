//! The organization, its people, and what they sign in with.
//!
//! Passwords and tokens are never here, only their hashes.

mod organization;
mod sessions;
mod tokens;
mod users;

use comity_domain::{OrganizationId, Roles, SessionId, Timestamp, TokenId, UserId, notify::NotifyRules};
use std::collections::BTreeSet;

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
    /// What they know, by the names that policies have for it.
    pub skills: BTreeSet<String>,
    /// The teams they are in, by the names of the policy.
    pub teams: BTreeSet<String>,
    /// The roles of the policy that they hold: whom flows tell. What they may do in here follows from `roles` alone.
    pub duties: BTreeSet<String>,
    /// How they want to be told outside of the pages.
    pub notify: NotifyRules,
    pub is_active: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub roles: Roles,
    pub skills: BTreeSet<String>,
    pub teams: BTreeSet<String>,
    pub duties: BTreeSet<String>,
    pub password_hash: String,
}

/// What to change; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    pub name: Option<String>,
    pub roles: Option<Roles>,
    pub skills: Option<BTreeSet<String>>,
    pub teams: Option<BTreeSet<String>>,
    pub duties: Option<BTreeSet<String>>,
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

const DOING: &str = "keep accounts";

fn failed(source: sea_orm::DbErr) -> crate::StoreError {
    crate::StoreError::Database { doing: DOING, source }
}
