//! Making inbound events durable: posts find their cases, repeats are dropped, and each change becomes an event that waits
//! for its decision.
//!
//! One transaction for any number of batches, in three phases: `load` reads everything the events could touch, `engine`
//! works out in memory what changes, `write` writes it with as few statements as there can be.
//!
//! Invariants: the ids of posts, contacts and events follow from what the platform calls them, so whatever comes again meets
//! itself; a thread's posts end up in one case in whatever order they come (`anchors`); what came before its post
//! (an edit, a deletion) waits for it; a deleted post's words are nowhere.

mod anchors;
mod change;
mod engine;
mod ids;
mod load;
mod merge;
mod summary;
mod write;

pub use engine::Engine;

use crate::{Store, StoreError, open::commit};
use comity_domain::{CaseId, ConnectionId, OrganizationId, PostId, Timestamp, inbound::InboundEvent};
use sea_orm::ConnectionTrait;
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

/// The id that a post of a connection has.
#[must_use]
pub fn post_id(connection: ConnectionId, external_id: &str) -> PostId {
    PostId(ids::post(connection.0, external_id))
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestOutcome {
    pub stored: usize,
    pub duplicates: usize,
    /// The cases that the events belong to, repeats included, each once.
    pub cases: Vec<CaseId>,
    /// How many of them are new.
    pub new_cases: usize,
}

impl Store {
    /// Stores all batches in one transaction; the outcomes are in the order of the batches.
    pub async fn ingest(&self, batches: Vec<IngestBatch>) -> Result<Vec<IngestOutcome>, StoreError> {
        let transaction = self.begin().await?;
        let outcomes = store(&transaction, &batches).await?;
        commit(transaction).await?;
        Ok(outcomes)
    }
}

/// The same within a transaction that writes more.
pub(crate) async fn store(
    db: &impl ConnectionTrait,
    batches: &[IngestBatch],
) -> Result<Vec<IngestOutcome>, StoreError> {
    let mut outcomes = vec![IngestOutcome::default(); batches.len()];
    let mut organizations: Vec<OrganizationId> = batches.iter().map(|batch| batch.organization).collect();
    organizations.sort_unstable();
    organizations.dedup();
    for organization in organizations {
        let mine: Vec<(usize, &IngestBatch)> =
            batches.iter().enumerate().filter(|(_, batch)| batch.organization == organization).collect();
        let mut engine = Engine::open(db, organization).await?;
        engine.load(db, mine.iter().map(|(_, batch)| *batch)).await?;
        let mut touched = Vec::with_capacity(mine.len());
        for (index, batch) in &mine {
            touched.push((*index, engine.apply(batch)));
        }
        // Which case a post is in is known for certain only when every event has been seen.
        for (index, applied) in touched {
            outcomes[index] = engine.outcome(applied);
        }
        engine.write(db).await?;
        for (_, batch) in mine {
            write::connection(db, batch).await?;
        }
    }
    Ok(outcomes)
}
