//! Making inbound events durable: posts find their cases, repeats are dropped, and each change becomes an event that waits
//! for its decision.

use crate::{Store, StoreError};
use comity_domain::{CaseId, ConnectionId, OrganizationId, Timestamp, inbound::InboundEvent};
use serde_json::Value;

/// What one call of a connector returned.
#[derive(Clone, Debug, PartialEq)]
pub struct IngestBatch {
    pub organization: OrganizationId,
    pub connection: ConnectionId,
    pub events: Vec<InboundEvent>,
    pub received_at: Timestamp,
    /// Where the connector goes on next time; `None` leaves it as it is.
    pub cursor: Option<Option<String>>,
    /// Entries of the plugin's own state to set or (with `None`) remove.
    pub state: Vec<(String, Option<Vec<u8>>)>,
    /// Sealed secrets that the connector changed (a refreshed token).
    pub secrets: Option<Vec<u8>>,
    /// Whom the connection speaks as, when it said so anew.
    pub account: Option<Value>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestOutcome {
    pub stored: usize,
    pub duplicates: usize,
    /// The cases touched, each once.
    pub cases: Vec<CaseId>,
    /// How many of them are new.
    pub new_cases: usize,
}

impl Store {
    /// Stores all batches in one transaction; the outcomes are in the order of the batches.
    pub async fn ingest(&self, batches: Vec<IngestBatch>) -> Result<Vec<IngestOutcome>, StoreError> {
        todo!()
    }
}
