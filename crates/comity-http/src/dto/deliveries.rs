//! Replies on their way out.

use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A person in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonRef {
    pub id: Uuid,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    Private,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Somebody else has to agree first.
    AwaitsApproval,
    Pending,
    Leased,
    Unknown,
    Sent,
    Dead,
    Cancelled,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub text: String,
    pub visibility: Visibility,
    pub state: DeliveryState,
    pub attempts: i32,
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    pub author: DeliveryAuthor,
    pub approval: Option<DeliveryApproval>,
    pub last_error: Option<String>,
    /// Its id on the platform, once sent.
    pub external_id: Option<String>,
    /// Where it can be seen; known on the case page, once the platform has shown it.
    pub url: Option<String>,
}

/// What a second person has to say of a reply, or has said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryApproval {
    /// Why somebody else has to agree.
    pub why: String,
    /// Who has decided.
    pub by: Option<PersonRef>,
    /// Why not, when it was declined.
    pub declined: Option<String>,
}

/// What somebody looked at who agrees to a reply.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveReply {
    /// Of the case.
    pub version: i64,
}

/// Why a reply is not to leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineReply {
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum DeliveryAuthor {
    Agent { user: PersonRef },
    Rule { rule: String },
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// `dead` unless told.
    #[param(inline)]
    pub state: Option<DeliveryState>,
}
