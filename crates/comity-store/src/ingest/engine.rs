//! Works out in memory what a set of events changes. Everything it needs has been loaded; nothing is written here.

use super::{IngestBatch, IngestOutcome, anchors::CaseState, ids};
use crate::{
    codec::{clean, micros},
    entity,
};
use comity_domain::{
    AuditId, CaseId, ConnectionId, ContactId, DeliveryId, OrganizationId, Party, PostId, Timestamp,
    audit::{Actor, AuditEntry},
    event::EventKind,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    post::asks,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The rows that the events touch, as they will be.
pub struct Engine {
    pub(super) organization: OrganizationId,
    /// Case numbers given out so far.
    pub(super) cases_before: i64,
    pub(super) cases: HashMap<Uuid, CaseState>,
    /// In the order they were begun; merged ones included.
    pub(super) new_cases: Vec<Uuid>,
    pub(super) merges: Vec<(Uuid, Uuid)>,
    pub(super) anchors: HashMap<Uuid, Uuid>,
    pub(super) changed_anchors: HashSet<Uuid>,
    pub(super) posts: HashMap<Uuid, PostState>,
    /// In the order they came.
    pub(super) new_posts: Vec<Uuid>,
    pub(super) contacts: HashMap<Uuid, ContactState>,
    pub(super) early: BTreeMap<(Uuid, String), EarlyState>,
    pub(super) known_events: HashSet<Uuid>,
    pub(super) events: Vec<entity::event::Model>,
    pub(super) revisions: Vec<entity::revision::Model>,
    pub(super) deliveries: HashMap<String, entity::delivery::Model>,
    pub(super) settled_deliveries: Vec<Settled>,
    pub(super) audit: Vec<(Uuid, AuditEntry)>,
}

pub struct PostState {
    pub row: entity::post::Model,
    pub is_new: bool,
    pub is_changed: bool,
    /// Tombstoned just now: its earlier texts and what was decided about them go, too.
    pub is_emptied: bool,
    /// Revisions it has had, the present one excepted.
    pub revisions: HashSet<String>,
}

pub struct ContactState {
    pub row: entity::contact::Model,
    pub is_changed: bool,
}

pub struct EarlyState {
    pub event: InboundEvent,
    pub received_at: i64,
    pub is_new: bool,
    /// Its post has come.
    pub is_done: bool,
}

/// What the platform says became of a reply.
pub struct Settled {
    pub delivery: Uuid,
    pub state: comity_domain::delivery::State,
    pub external_id: Option<String>,
    pub url: Option<String>,
    pub error: Option<String>,
}

/// What one batch did; its cases may still turn out to be one.
pub struct Applied {
    stored: usize,
    duplicates: usize,
    cases: Vec<Uuid>,
}

impl Engine {
    pub fn apply(&mut self, batch: &IngestBatch) -> Applied {
        let mut applied = Applied { stored: 0, duplicates: 0, cases: Vec::new() };
        for event in &batch.events {
            let (is_stored, cases) = self.event(batch.connection.0, event, micros(batch.received_at));
            if is_stored {
                applied.stored += 1;
            } else {
                applied.duplicates += 1;
            }
            applied.cases.extend(cases);
        }
        applied
    }

    pub fn outcome(&self, applied: Applied) -> IngestOutcome {
        let Applied { stored, duplicates, cases } = applied;
        let mut cases: Vec<Uuid> = cases.into_iter().map(|case| self.find(case)).collect();
        cases.sort_unstable();
        cases.dedup();
        let new_cases = cases.iter().filter(|case| self.cases.get(case).is_some_and(|state| state.is_new)).count();
        IngestOutcome { stored, duplicates, cases: cases.into_iter().map(CaseId).collect(), new_cases }
    }

    /// Whether it was news, and the cases it touched.
    fn event(&mut self, connection: Uuid, event: &InboundEvent, received_at: i64) -> (bool, Vec<Uuid>) {
        match event {
            InboundEvent::PostCreated(post) => self.post_created(connection, post, received_at, None),
            InboundEvent::PostEdited(InboundPost { external_id, .. })
            | InboundEvent::PostDeleted { external_id, .. }
            | InboundEvent::Reaction { external_id, .. } => {
                let post = ids::post(connection, external_id);
                if self.posts.contains_key(&post) {
                    self.change(post, event, received_at)
                } else {
                    (self.wait_for_post(post, event, received_at), Vec::new())
                }
            }
            InboundEvent::AccountErased { author_external_id, at } => {
                self.account_erased(connection, author_external_id, micros(*at).min(received_at), received_at)
            }
            InboundEvent::DeliveryStatus { idempotency_key, status, external_id, at } => {
                self.delivery_status(idempotency_key, status, external_id.as_deref(), *at, received_at)
            }
            InboundEvent::Gap { from, to, note } => {
                let detail = json!({ "from": from, "to": to, "note": clean(note) });
                let entry =
                    entry(connection, received_at, "connection.gap", format!("connection/{connection}"), detail);
                self.audit.push((ids::audit(connection, &event.dedupe_key()), entry));
                (true, Vec::new())
            }
        }
    }

    /// A post that was not there. `home` is the case it belongs to when that is known without its names.
    pub(super) fn post_created(
        &mut self,
        connection: Uuid,
        post: &InboundPost,
        received_at: i64,
        home: Option<Uuid>,
    ) -> (bool, Vec<Uuid>) {
        let id = ids::post(connection, &post.external_id);
        if let Some(known) = self.posts.get(&id) {
            let case = self.find(known.row.case_id);
            return (false, vec![self.place_again(connection, post, received_at, case)]);
        }
        let at = micros(post.at).min(received_at);
        let author_id = self.meet(connection, &post.author, at, post.party);
        let case_id = self.place(connection, post, received_at, home);
        let text = clean(&post.text);
        let row = entity::post::Model {
            id,
            organization_id: self.organization.0,
            case_id,
            connection_id: connection,
            external_id: post.external_id.clone(),
            author_id,
            party: post.party.as_str().to_owned(),
            at,
            received_at,
            asks: asks(&text),
            text,
            revision: post.revision.clone(),
            revised_at: at,
            edits: 0,
            lang: post.lang.clone(),
            url: post.url.clone(),
            parent_id: post.in_reply_to.as_deref().map(|parent| ids::post(connection, parent)),
            in_reply_to: post.in_reply_to.clone(),
            root: post.root.clone(),
            visibility: entity::post::visibility_word(post.visibility).to_owned(),
            names_us: post.names_us,
            company: post.company.clone(),
            deleted_at: None,
        };
        let state = PostState { row, is_new: true, is_changed: false, is_emptied: false, revisions: HashSet::new() };
        self.posts.insert(id, state);
        self.new_posts.push(id);
        let kind = EventKind::Post { post: PostId(id), party: post.party };
        let key = InboundEvent::PostCreated(post.clone()).dedupe_key();
        self.record(ids::event(connection, &key), case_id, at, received_at, &kind, Some(id));
        self.note(connection, received_at, "post.store", format!("post/{id}"), Some(case_id), Value::Null);
        let erased_at = self.contacts.get(&author_id).and_then(|contact| contact.row.erased_at);
        if let Some(erased_at) = erased_at.filter(|&erased_at| at <= erased_at) {
            self.empty(id, erased_at);
        }
        self.changes_that_waited(id);
        (true, vec![case_id])
    }

    /// The contact of this author, with what is newest known about it.
    fn meet(&mut self, connection: Uuid, author: &InboundAuthor, at: i64, party: Party) -> Uuid {
        let id = ids::contact(connection, &author.external_id);
        let organization_id = self.organization.0;
        let contact = self
            .contacts
            .entry(id)
            .or_insert_with(|| ContactState::unknown(id, organization_id, connection, &author.external_id));
        let row = &mut contact.row;
        let is_erased = row.erased_at.is_some_and(|erased_at| at <= erased_at);
        if at >= row.seen_at && !is_erased {
            let is_staff = row.is_staff || party == Party::Company;
            let handle = clean(&author.handle);
            let display_name = author.display_name.as_deref().map(clean).or_else(|| row.display_name.clone());
            let followers = author.followers.and_then(|count| i64::try_from(count).ok()).or(row.followers);
            let news = (&row.handle, &row.display_name, row.followers, row.is_staff)
                != (&handle, &display_name, followers, is_staff);
            contact.is_changed |= news;
            *row = entity::contact::Model { handle, display_name, followers, is_staff, seen_at: at, ..row.clone() };
        }
        id
    }

    /// An event that waits for its decision.
    pub(super) fn record(
        &mut self,
        id: Uuid,
        case_id: Uuid,
        at: i64,
        received_at: i64,
        kind: &EventKind,
        post_id: Option<Uuid>,
    ) {
        self.known_events.insert(id);
        self.events.push(entity::event::Model {
            id,
            organization_id: self.organization.0,
            case_id,
            at,
            received_at,
            kind: crate::codec::json(kind),
            post_id,
            pending: true,
        });
    }

    /// A reply of our own that left: it becomes a post of the company in its case.
    pub fn sent(
        &mut self,
        delivery: &entity::delivery::Model,
        author: InboundAuthor,
        external_id: &str,
        url: Option<&str>,
        at: Timestamp,
        received_at: Timestamp,
    ) {
        let post = InboundPost {
            external_id: external_id.to_owned(),
            revision: String::new(),
            author,
            at,
            text: delivery.text.clone(),
            lang: None,
            url: url.map(str::to_owned),
            in_reply_to: delivery.in_reply_to.clone(),
            root: delivery.root.clone(),
            conversation: None,
            visibility: entity::post::visibility(&delivery.visibility).unwrap_or_default(),
            party: Party::Company,
            company: None,
            names_us: None,
        };
        self.post_created(delivery.connection_id, &post, micros(received_at), Some(delivery.case_id));
    }

    fn delivery_status(
        &mut self,
        key: &str,
        status: &str,
        external_id: Option<&str>,
        at: Timestamp,
        received_at: i64,
    ) -> (bool, Vec<Uuid>) {
        use comity_domain::delivery::State;
        let Some(delivery) = self.deliveries.get_mut(key) else { return (false, Vec::new()) };
        let is_failure = matches!(status, "rejected" | "failed" | "bounced");
        let state = if is_failure { State::Dead } else { State::Sent };
        if delivery.state == state.as_str() || delivery.state == State::Cancelled.as_str() {
            return (false, Vec::new());
        }
        // "Delivered" without the post's id says nothing that helps: the look-up will find it.
        if !is_failure && external_id.is_none() {
            return (false, Vec::new());
        }
        state.as_str().clone_into(&mut delivery.state);
        let delivery = delivery.clone();
        let case = self.find(delivery.case_id);
        let error = is_failure.then(|| format!("the platform says: {status}"));
        let (id, external) = (delivery.id, external_id.map(str::to_owned));
        self.settled_deliveries.push(Settled { delivery: id, state, external_id: external, url: None, error });
        let subject = format!("delivery/{id}");
        let detail = json!({ "status": clean(status) });
        self.note(delivery.connection_id, received_at, "delivery.status", subject, Some(case), detail);
        if is_failure {
            let kind = EventKind::DeliveryFailed { delivery: DeliveryId(id) };
            let event = ids::event(delivery.connection_id, &format!("delivery:{key}:{status}"));
            self.record(event, case, micros(at).min(received_at), received_at, &kind, None);
            self.touch(case, received_at);
        } else if let Some(external_id) = external_id {
            let author = InboundAuthor { external_id: super::load::OURSELVES.to_owned(), ..InboundAuthor::default() };
            let received = crate::codec::time(received_at);
            self.sent(&delivery, author, external_id, None, at, received);
        }
        (true, vec![case])
    }

    pub(super) fn note(
        &mut self,
        connection: Uuid,
        at: i64,
        action: &str,
        subject: String,
        case: Option<Uuid>,
        detail: Value,
    ) {
        let entry = AuditEntry { case: case.map(CaseId), ..entry(connection, at, action, subject, detail) };
        self.audit.push((AuditId::generate().0, entry));
    }

    pub(super) fn contact_erased(id: Uuid) -> EventKind {
        EventKind::AccountErased { contact: ContactId(id) }
    }
}

impl ContactState {
    /// An account of which only the name is known so far.
    pub fn unknown(id: Uuid, organization_id: Uuid, connection_id: Uuid, external_id: &str) -> Self {
        let row = entity::contact::Model {
            id,
            organization_id,
            connection_id,
            external_id: external_id.to_owned(),
            handle: String::new(),
            display_name: None,
            followers: None,
            is_staff: false,
            is_customer: None,
            customer_since: None,
            seen_at: i64::MIN,
            erased_at: None,
        };
        Self { row, is_changed: true }
    }
}

fn entry(connection: Uuid, at: i64, action: &str, subject: String, detail: Value) -> AuditEntry {
    let actor = Actor::Connection { connection: ConnectionId(connection) };
    AuditEntry { at: crate::codec::time(at), actor, action: action.to_owned(), subject, case: None, detail }
}
