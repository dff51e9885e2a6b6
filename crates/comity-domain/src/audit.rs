//! What is kept about every change of state, written in the same transaction as the change.

use crate::{CaseId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub at: Timestamp,
    pub actor: Actor,
    /// `noun.verb`, for example `case.close`, `policy.publish`, `session.refused`.
    pub action: String,
    /// What it was done to, as the API names it.
    pub subject: String,
    pub case: Option<CaseId>,
    pub detail: serde_json::Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    User {
        user: UserId,
    },
    Rule {
        rule: String,
        policy_version: String,
    },
    Connection {
        connection: crate::ConnectionId,
    },
    /// The person whom the case is with, on its private page.
    Consumer,
    System,
}
