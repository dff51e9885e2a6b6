//! The latest decided events, in memory: their facts, and what the live version makes of them.
//!
//! Before each use it is brought up to date with what was decided since. What is stored of a decision shrinks when somebody
//! deletes the words it was about; then it is read anew, so that nothing stays here that was deleted there.

use crate::{App, AppError, policies::Live};
use comity_domain::{CaseId, EventId, compare::Wanted, facts::Facts};
use comity_store::{DecisionSize, StoredDecision};
use std::{collections::HashMap, sync::Arc};

/// One decided event.
pub struct KeptEvent {
    pub case: CaseId,
    pub event: EventId,
    pub facts: Facts,
    /// What the live version wants.
    pub live: Wanted,
}

#[derive(Default)]
pub struct Kept {
    events: HashMap<DecisionSize, Arc<KeptEvent>>,
    /// Content hash of the version that `live` is of.
    version: String,
}

impl App {
    /// The latest decided events, newest first.
    pub(crate) async fn kept_events(&self) -> Result<Vec<Arc<KeptEvent>>, AppError> {
        let live = self.live_policy()?;
        let mut kept = self.evidence.kept.lock().await;
        let newest = self.store.newest_decisions(self.organization, self.config.evidence.events).await?;
        let missing: Vec<_> =
            newest.iter().filter(|size| !kept.events.contains_key(size)).map(|size| size.id).collect();
        let stored = self.store.decisions_by_id(self.organization, &missing).await?;
        // A copy, because whoever asked may go away before this is done.
        let stale = Kept { events: kept.events.clone(), version: kept.version.clone() };
        let sizes = newest.clone();
        *kept = self.blocking(move || brought_up_to_date(stale, &sizes, &stored, &live)).await?;
        Ok(newest.iter().filter_map(|size| kept.events.get(size).cloned()).collect())
    }
}

fn brought_up_to_date(mut kept: Kept, newest: &[DecisionSize], stored: &[StoredDecision], live: &Live) -> Kept {
    let version = live.policy.version().to_owned();
    let is_current = kept.version == version;
    let read: HashMap<_, &StoredDecision> = stored.iter().map(|row| (row.key().id, row)).collect();
    let mut events = HashMap::with_capacity(newest.len());
    for size in newest {
        let event = match (kept.events.remove(size), read.get(&size.id)) {
            (Some(event), _) if is_current => event,
            (Some(event), _) => {
                Arc::new(KeptEvent { live: live.policy.wanted(&event.facts), facts: event.facts.clone(), ..*event })
            }
            (None, Some(row)) => {
                let Ok(record) = row.read().inspect_err(|error| tracing::warn!(%error, "a decision cannot be read"))
                else {
                    continue;
                };
                let live = live.policy.wanted(&record.facts);
                Arc::new(KeptEvent { case: record.case, event: record.event, facts: record.facts, live })
            }
            // It was changed between the two looks; the next request finds it.
            (None, None) => continue,
        };
        events.insert(*size, event);
    }
    Kept { events, version }
}
