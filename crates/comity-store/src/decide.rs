//! Handing out what waits for a decision, and recording what was decided.

use crate::{Store, StoreError};
use comity_domain::{
    EventId, OrganizationId, Timestamp, audit::AuditEntry, case::Case, decision::Decision, delivery::Delivery,
    event::Event, ledger::Obligation, post::Post, step::Snapshot,
};

/// A case with events that wait for a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Undecided {
    pub snapshot: Snapshot,
    /// In the order of when they happened.
    pub events: Vec<Event>,
    /// The posts that the events are about.
    pub posts: Vec<Post>,
}

/// What becomes of one case: decided events, or what a person did to it (then without decisions).
#[derive(Clone, Debug, PartialEq)]
pub struct CaseCommit {
    /// The case as it is to be, its version counted up.
    pub case: Case,
    /// The version it was worked out from.
    pub base_version: i64,
    /// The whole ledger; only differences are written.
    pub obligations: Vec<Obligation>,
    pub decisions: Vec<Decision>,
    /// Events decided here, `new_events` included where they were.
    pub decided: Vec<EventId>,
    pub new_events: Vec<Event>,
    pub deliveries: Vec<Delivery>,
    /// When each running obligation's breach may be announced. What is not in here is disarmed.
    pub alarms: Vec<(Obligation, Timestamp)>,
    /// Besides the entries that the decisions themselves make.
    pub audit: Vec<AuditEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitResult {
    Done,
    /// The case has changed since; nothing of this commit was written.
    Conflict,
}

impl Store {
    /// Cases with undecided events, those waiting longest first, up to `limit` events.
    pub async fn undecided(&self, organization: OrganizationId, limit: usize) -> Result<Vec<Undecided>, StoreError> {
        todo!()
    }
    /// Writes many cases in one transaction. A case that has changed since is left out and reported.
    pub async fn commit_decisions(
        &self,
        organization: OrganizationId,
        commits: Vec<CaseCommit>,
        now: Timestamp,
    ) -> Result<Vec<CommitResult>, StoreError> {
        todo!()
    }
}
