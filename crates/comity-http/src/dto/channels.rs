//! Channels that flows tell, and where they are.

use super::{EscalationMissed, VerificationError};
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelView {
    /// As the policy names it.
    pub name: String,
    /// What it is for; empty for one that the policy no longer has.
    pub about: String,
    /// The connection that it is bound to; `null` for none.
    pub connection: Option<Uuid>,
    /// The room, the mailbox or whatever the connector sends to.
    pub address: Option<String>,
    /// When the last message left.
    pub sent_at: Option<Timestamp>,
    /// Why a flow could not tell it now.
    pub missed: Option<EscalationMissed>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelBinding {
    pub connection: Uuid,
    pub address: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelTest {
    pub ok: bool,
    pub error: Option<VerificationError>,
}
