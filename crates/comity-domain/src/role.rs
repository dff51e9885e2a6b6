//! What a person or a token may do. A user has a set of roles; an owner may do everything.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: people, roles, connections, and everything else.
    Owner,
    /// Writes and publishes the charter and the rules.
    PolicyOwner,
    /// Releases held replies.
    Approver,
    /// Answers cases.
    Agent,
    /// Reads everything, changes nothing.
    Auditor,
    /// Sets up connections and tokens.
    Integrator,
}

pub type Roles = BTreeSet<Role>;

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Owner, Self::PolicyOwner, Self::Approver, Self::Agent, Self::Auditor, Self::Integrator];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::PolicyOwner => "policy_owner",
            Self::Approver => "approver",
            Self::Agent => "agent",
            Self::Auditor => "auditor",
            Self::Integrator => "integrator",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
