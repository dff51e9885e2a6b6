//! Typed identifiers: a case id can never be passed where a post id is meant.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id whose order follows time: rows made together lie together in the database.
            #[cfg(not(target_family = "wasm"))]
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            /// An id that follows from what it names: the same parts always give the same id.
            #[must_use]
            pub fn derived(parts: &[&[u8]]) -> Self {
                Self(derived_uuid(parts))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

id! {
    /// Owns everything below; every query is scoped by it.
    OrganizationId,
    /// A person who signs in: agent, policy owner, auditor.
    UserId,
    /// One configured account of a connector.
    ConnectionId,
    /// A person on a platform.
    ContactId,
    CaseId,
    /// A link to the private page of a case.
    CaseLinkId,
    PostId,
    EventId,
    ObligationId,
    /// An escalation flow at work in a case.
    FlowRunId,
    DecisionId,
    /// A reply on its way out.
    DeliveryId,
    /// A public policy version is named by its content; this is the row.
    PolicyVersionId,
    NoteId,
    /// A trial of a policy over what was decided before.
    BacktestId,
    TokenId,
    SessionId,
    AuditId,
}

fn derived_uuid(parts: &[&[u8]]) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_keep_their_parts_apart() {
        let joined = CaseId::derived(&[b"ab", b"c"]);
        let split = CaseId::derived(&[b"a", b"bc"]);
        assert_ne!(joined, split);
        assert_eq!(joined, CaseId::derived(&[b"ab", b"c"]));
        assert_eq!(joined.to_string().parse::<CaseId>().unwrap(), joined);
    }
}
