//! Handing out what waits for a decision, and recording what was decided.
//!
//! Reading takes no locks and leaves no transaction open while somebody thinks. The case's version, read before anything
//! else about it, tells at the commit whether the thought was about things as they still are.

mod commit;
mod snapshot;

use snapshot::others;
pub(crate) use snapshot::{contacts, ledgers, snapshots};

use crate::{
    Compared, FlowEnd, Store, StoreError,
    entity::{event, post},
    sql::{query, query_in, rows_in},
};
use comity_domain::{
    CaseId, EventId, OrganizationId, Party, PostId, Timestamp,
    audit::AuditEntry,
    case::Case,
    decision::Decision,
    delivery::Delivery,
    event::{Event, EventKind},
    flow::Run,
    ledger::Obligation,
    post::Post,
    step::Snapshot,
    surge::Counted,
};
use std::collections::HashMap;
use uuid::Uuid;

const DOING: &str = "find what waits for a decision";

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
    /// The case as it is to be, its version counted up. What follows from its posts (subject, contact, company, when it
    /// was opened) is not taken from here.
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
    /// Content hash of the policy that it was worked out by.
    pub policy_version: String,
    /// Flows that begin, and those that are over.
    pub flows: Vec<Run>,
    pub flows_ended: Vec<FlowEnd>,
    /// Posts decided here, to be counted.
    pub counted: Vec<Counted>,
    /// What another version makes of the same facts, when one runs beside the live one.
    pub beside: Option<Compared>,
    /// Besides the entries that the decisions and deliveries themselves make.
    pub audit: Vec<AuditEntry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitResult {
    Done,
    /// The case has changed since, or somebody else has used a quota up; nothing of this commit was written.
    Conflict,
}

impl CaseCommit {
    /// A case as it is to be, to which nothing happened.
    #[must_use]
    pub fn new(case: Case, base_version: i64, obligations: Vec<Obligation>) -> Self {
        Self {
            case,
            base_version,
            obligations,
            decisions: Vec::new(),
            decided: Vec::new(),
            new_events: Vec::new(),
            deliveries: Vec::new(),
            alarms: Vec::new(),
            policy_version: String::new(),
            flows: Vec::new(),
            flows_ended: Vec::new(),
            counted: Vec::new(),
            beside: None,
            audit: Vec::new(),
        }
    }
}

impl Store {
    /// Cases with undecided events, those waiting longest first: every waiting event of each case that has one among the
    /// first `limit`.
    pub async fn undecided(&self, organization: OrganizationId, limit: usize) -> Result<Vec<Undecided>, StoreError> {
        let sql = "SELECT case_id FROM events WHERE pending AND organization_id = $1 ORDER BY received_at, id LIMIT $2";
        let mut order: HashMap<Uuid, usize> = HashMap::new();
        for row in query(&self.read, DOING, sql, [organization.0.into(), (limit as i64).into()]).await? {
            let case = row.try_get("", "case_id").map_err(|source| StoreError::Database { doing: DOING, source })?;
            let next = order.len();
            order.entry(case).or_insert(next);
        }
        let mut cases: Vec<Uuid> = order.keys().copied().collect();
        cases.sort_by_key(|case| order[case]);
        // The cases come before their events: an event that somebody decides in between is then missing here, and a
        // decision of it could not be committed on the older version anyway.
        let mut snapshots = snapshots(&self.read, organization, &cases).await?;
        let events: Vec<event::Model> =
            rows_in(&self.read, DOING, "SELECT * FROM events WHERE pending AND case_id IN {}", &cases).await?;
        let mut waiting: HashMap<CaseId, Vec<Event>> = HashMap::new();
        for row in events {
            let event = row.event()?;
            waiting.entry(event.case).or_default().push(event);
        }
        let about = waiting.iter().flat_map(|(case, events)| {
            let snapshot = snapshots.get(&case.0);
            events.iter().flat_map(move |event| [post_of(&event.kind), snapshot.and_then(|all| answered(all, event))])
        });
        let about = about.flatten().map(|post| post.0).collect();
        let mut posts: HashMap<CaseId, Vec<Post>> = HashMap::new();
        for post in self.posts_by_id(about).await? {
            posts.entry(post.case).or_default().push(post);
        }
        others(&self.read, &mut snapshots, &posts).await?;
        let mut undecided = Vec::with_capacity(cases.len());
        for case in cases {
            let (Some(snapshot), Some(mut events)) = (snapshots.remove(&case), waiting.remove(&CaseId(case))) else {
                continue;
            };
            events.sort_by_key(|event| (event.at, event.id));
            undecided.push(Undecided { snapshot, events, posts: posts.remove(&CaseId(case)).unwrap_or_default() });
        }
        Ok(undecided)
    }

    /// Posts with their parents, if those are there.
    pub(crate) async fn posts_by_id(&self, mut ids: Vec<Uuid>) -> Result<Vec<Post>, StoreError> {
        ids.sort_unstable();
        ids.dedup();
        let rows: Vec<post::Model> = rows_in(&self.read, DOING, "SELECT * FROM posts WHERE id IN {}", &ids).await?;
        self.with_parents(rows).await
    }

    pub(crate) async fn with_parents(&self, rows: Vec<post::Model>) -> Result<Vec<Post>, StoreError> {
        let mut there: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        there.sort_unstable();
        let mut elsewhere: Vec<Uuid> = rows.iter().filter_map(|row| row.parent_id).collect();
        elsewhere.retain(|parent| there.binary_search(parent).is_err());
        elsewhere.sort_unstable();
        elsewhere.dedup();
        for row in query_in(&self.read, DOING, "SELECT id FROM posts WHERE id IN {}", &elsewhere).await? {
            there.push(row.try_get("", "id").map_err(|source| StoreError::Database { doing: DOING, source })?);
        }
        there.sort_unstable();
        let has_parent = |row: &post::Model| row.parent_id.is_some_and(|parent| there.binary_search(&parent).is_ok());
        rows.into_iter().map(|row| (has_parent(&row), row)).map(|(has_parent, row)| row.post(has_parent)).collect()
    }
}

/// The consumer's newest post when something happened that is no post of theirs: a reply would be to that one.
fn answered(snapshot: &Snapshot, event: &Event) -> Option<PostId> {
    if matches!(event.kind, EventKind::Post { party: Party::Consumer, .. }) {
        return None;
    }
    let theirs = snapshot.posts.iter().filter(|post| post.party == Party::Consumer && post.at <= event.at);
    theirs.max_by_key(|post| (post.at, post.post)).map(|post| post.post)
}

fn post_of(kind: &EventKind) -> Option<PostId> {
    match kind {
        EventKind::Post { post, .. } | EventKind::PostEdited { post } | EventKind::PostDeleted { post } => Some(*post),
        EventKind::AccountErased { .. }
        | EventKind::Reaction { .. }
        | EventKind::Breach { .. }
        | EventKind::DeliveryFailed { .. }
        | EventKind::Joined { .. }
        | EventKind::Attested { .. }
        | EventKind::Answered { .. } => None,
        EventKind::Asked { post, .. } => *post,
    }
}
