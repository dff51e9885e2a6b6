//! Who asks.

use comity_domain::{OrganizationId, Role, Roles, SessionId, TokenId, UserId, audit::Actor, life::Asker};

#[derive(Clone, Debug)]
pub struct Caller {
    pub organization: OrganizationId,
    /// With a token, the person who made it.
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub roles: Roles,
    pub credential: Credential,
}

#[derive(Clone, Debug)]
pub enum Credential {
    Session { id: SessionId, csrf_token: String },
    Token { id: TokenId },
}

impl Caller {
    /// Whether one of these roles is theirs. An owner may do everything.
    pub fn has_any(&self, roles: &[Role]) -> bool {
        self.roles.contains(&Role::Owner) || roles.iter().any(|role| self.roles.contains(role))
    }

    /// As the life of a policy version asks: a token counts as the person who made it.
    pub fn asker(&self) -> Asker {
        Asker { user: Some(self.user), roles: self.roles.clone() }
    }

    pub fn actor(&self) -> Actor {
        Actor::User { user: self.user }
    }

    /// The session to keep when every other one ends.
    pub fn session(&self) -> Option<SessionId> {
        match &self.credential {
            Credential::Session { id, .. } => Some(*id),
            Credential::Token { .. } => None,
        }
    }
}
