//! Escalation flows at work.

use super::PersonRef;
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EscalationState {
    /// Nobody has acknowledged it yet.
    Waiting,
    Acknowledged,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EscalationEnding {
    /// Somebody said that the matter is dealt with.
    Resolved,
    /// The case was closed.
    CaseClosed,
    /// What it served was settled.
    Settled,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EscalationQuery {
    /// All of them without one.
    #[param(inline)]
    pub state: Option<EscalationState>,
    /// Only those that told the caller.
    pub mine: Option<bool>,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationList {
    /// Newest first.
    pub items: Vec<EscalationRun>,
    pub next_cursor: Option<String>,
    /// How many wait for the caller to acknowledge them, whatever the filter.
    pub waiting_for_me: u64,
}

/// A flow at work in a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationRun {
    pub id: Uuid,
    pub flow: String,
    pub because: String,
    /// The rule that started it.
    pub rule: String,
    pub state: EscalationState,
    pub case_id: Uuid,
    /// As people say it: `NW-4821`.
    pub case_key: String,
    pub case_subject: String,
    pub started_at: Timestamp,
    /// Who was told so far, in order.
    pub told: Vec<EscalationTold>,
    /// Who is told next unless somebody acknowledges; `null` when there is nobody left to tell.
    pub next: Option<EscalationNext>,
    pub acknowledged: Option<EscalationAcknowledged>,
    pub ended: Option<EscalationEnded>,
    /// Whether the caller was told.
    pub mine: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationTold {
    pub at: Timestamp,
    pub due_at: Timestamp,
    pub target: EscalationTarget,
    /// Nobody, when there is nobody in the team or with the role.
    pub people: Vec<PersonRef>,
    /// Why a channel could not be told; `null` when a message to it is on its way or has left.
    pub missed: Option<EscalationMissed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EscalationMissed {
    /// No connection is bound to its name.
    Unbound,
    /// Its connection is paused.
    Paused,
    /// Its connection cannot send messages of its own.
    CannotSend,
}

impl From<comity_domain::flow::Missed> for EscalationMissed {
    fn from(missed: comity_domain::flow::Missed) -> Self {
        use comity_domain::flow::Missed;
        match missed {
            Missed::Unbound => Self::Unbound,
            Missed::Paused => Self::Paused,
            Missed::CannotSend => Self::CannotSend,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationNext {
    pub at: Timestamp,
    pub targets: Vec<EscalationTarget>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EscalationTargetKind {
    Team,
    Role,
    /// Whoever is on call for a team; the whole team when nobody is.
    OnCall,
    /// A room or an address on a platform.
    Channel,
    /// Nobody else could be told.
    Owners,
    /// Somebody to whom it was handed over.
    Person,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationTarget {
    pub kind: EscalationTargetKind,
    /// Of the team, the role, the channel or the person; empty for owners.
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationAcknowledged {
    pub at: Timestamp,
    pub by: PersonRef,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationEnded {
    pub at: Timestamp,
    pub how: EscalationEnding,
    pub note: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Who is to see to it.
    pub to: Uuid,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// What was done, for whoever reads it later.
    pub note: String,
}
