//! A reply on its way out: recorded first, sent later, at least once with duplicate suppression.

use crate::{CaseId, ConnectionId, DeliveryId, UserId, post::Visibility};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub case: CaseId,
    pub connection: ConnectionId,
    pub text: String,
    /// External ids of the post answered and of the thread's first post.
    pub in_reply_to: Option<String>,
    pub root: Option<String>,
    pub visibility: Visibility,
    /// Given to the platform (or looked up there), the same for every attempt.
    pub idempotency_key: String,
    pub author: Author,
    /// What a second person has to say of it, or has said, when a guard asks for that.
    pub approval: Option<Approval>,
    pub state: State,
    /// Counted before the work is run.
    pub attempts: i32,
    /// A worker may only record what it did under the fence it leased.
    pub fence: i64,
    /// When it may be tried next.
    pub due_at: Timestamp,
    pub created_at: Timestamp,
    /// The post's id on the platform, once sent.
    pub external_id: Option<String>,
    pub last_error: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Author {
    Agent { user: UserId },
    Rule { rule: String },
}

/// That somebody else has to agree before a reply leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Why, in the words of the guards.
    pub why: String,
    /// Who has decided.
    pub by: Option<UserId>,
    /// Why not, when it was declined.
    pub declined: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Somebody else has to agree first.
    AwaitsApproval,
    Pending,
    /// A worker has it until its lease ends.
    Leased,
    /// It may have arrived; the platform is asked before anything else is done.
    Unknown,
    Sent,
    /// Given up after the set number of attempts; listed until a person sends it again or drops it.
    Dead,
    Cancelled,
}

impl State {
    pub const ALL: [Self; 7] =
        [Self::AwaitsApproval, Self::Pending, Self::Leased, Self::Unknown, Self::Sent, Self::Dead, Self::Cancelled];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitsApproval => "awaits_approval",
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What one attempt came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Attempt {
    Sent {
        external_id: String,
        url: Option<String>,
        at: Timestamp,
    },
    /// Surely not sent: try again then.
    Retry {
        error: String,
        at: Timestamp,
    },
    /// Nobody can say: look it up before trying again.
    Unknown {
        error: String,
        look_up_at: Timestamp,
    },
    /// Surely not sent and trying again is useless.
    Refused {
        error: String,
    },
}
