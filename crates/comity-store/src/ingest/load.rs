//! Reads everything that a set of events could touch, in a fixed number of queries.

use super::{
    IngestBatch,
    anchors::CaseState,
    engine::{ContactState, EarlyState, Engine, PostState},
    ids,
};
use crate::{
    StoreError,
    codec::from_json,
    entity,
    open::for_update,
    sql::{query, query_in, rows_in},
};
use comity_domain::{OrganizationId, inbound::InboundEvent};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// The author of our own posts, as long as the platform has not said who that is.
pub(super) const OURSELVES: &str = "self";

const DOING: &str = "read what the new events touch";

/// What the events name, by kind.
#[derive(Default)]
struct Named {
    posts: Vec<Uuid>,
    edited: Vec<Uuid>,
    contacts: Vec<Uuid>,
    erased: Vec<Uuid>,
    anchors: Vec<Uuid>,
    reactions: Vec<Uuid>,
    /// Idempotency keys, and the ids that the platform says their posts have.
    deliveries: Vec<(String, Option<String>)>,
}

impl Engine {
    /// Ingests into one organization happen one after the other: they number its cases and connect its threads.
    pub async fn open(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Self, StoreError> {
        let sql = format!("SELECT cases FROM organizations WHERE id = $1{}", for_update(db));
        let found = query(db, DOING, &sql, [organization.0.into()]).await?;
        let row = found.first().ok_or(StoreError::NotFound { what: "organization" })?;
        Ok(Self {
            organization,
            cases_before: get(row, "cases")?,
            cases: HashMap::new(),
            new_cases: Vec::new(),
            merges: Vec::new(),
            anchors: HashMap::new(),
            changed_anchors: HashSet::new(),
            posts: HashMap::new(),
            new_posts: Vec::new(),
            contacts: HashMap::new(),
            early: BTreeMap::new(),
            known_events: HashSet::new(),
            events: Vec::new(),
            revisions: Vec::new(),
            deliveries: HashMap::new(),
            settled_deliveries: Vec::new(),
            audit: Vec::new(),
        })
    }

    pub async fn load<'a>(
        &mut self,
        db: &impl ConnectionTrait,
        batches: impl Iterator<Item = &'a IngestBatch>,
    ) -> Result<(), StoreError> {
        let mut named = Named::default();
        let mut connections = Vec::new();
        for batch in batches {
            connections.push(batch.connection.0);
            for event in &batch.events {
                named.add(batch.connection.0, event);
            }
        }
        self.check_connections(db, connections).await?;
        self.load_deliveries(db, &mut named).await?;
        self.load_named(db, named).await
    }

    /// Everything about one reply that has been sent under this id.
    pub async fn load_sent(
        &mut self,
        db: &impl ConnectionTrait,
        delivery: &entity::delivery::Model,
        author: &str,
        external_id: &str,
    ) -> Result<(), StoreError> {
        let mut named = Named::default();
        named.sent(delivery, author, external_id);
        self.load_named(db, named).await?;
        self.load_cases(db, vec![delivery.case_id]).await
    }

    async fn load_named(&mut self, db: &impl ConnectionTrait, mut named: Named) -> Result<(), StoreError> {
        for ids in [&mut named.posts, &mut named.edited, &mut named.contacts, &mut named.anchors, &mut named.erased] {
            ids.sort_unstable();
            ids.dedup();
        }
        let posts: Vec<entity::post::Model> =
            rows_in(db, DOING, "SELECT * FROM posts WHERE id IN {}", &named.posts).await?;
        let of_erased: Vec<entity::post::Model> =
            rows_in(db, DOING, "SELECT * FROM posts WHERE author_id IN {}", &named.erased).await?;
        for row in posts.into_iter().chain(of_erased) {
            let state =
                PostState { row, is_new: false, is_changed: false, is_emptied: false, revisions: HashSet::new() };
            self.posts.insert(state.row.id, state);
        }
        let revisions =
            query_in(db, DOING, "SELECT post_id, revision FROM post_revisions WHERE post_id IN {}", &named.edited)
                .await?;
        for row in revisions {
            if let Some(post) = self.posts.get_mut(&get::<Uuid>(&row, "post_id")?) {
                post.revisions.insert(get(&row, "revision")?);
            }
        }
        let early: Vec<entity::early_change::Model> =
            rows_in(db, DOING, "SELECT * FROM early_changes WHERE post_id IN {}", &named.posts).await?;
        for row in early {
            let event = from_json("an early change", &row.event)?;
            let state = EarlyState { event, received_at: row.received_at, is_new: false, is_done: false };
            self.early.insert((row.post_id, row.change), state);
        }
        let contacts: Vec<entity::contact::Model> =
            rows_in(db, DOING, "SELECT * FROM contacts WHERE id IN {}", &named.contacts).await?;
        self.contacts.extend(contacts.into_iter().map(|row| (row.id, ContactState { row, is_changed: false })));
        let events = query_in(db, DOING, "SELECT id FROM events WHERE id IN {}", &named.reactions).await?;
        for row in events {
            self.known_events.insert(get(&row, "id")?);
        }
        let anchors = query_in(db, DOING, "SELECT id, case_id FROM anchors WHERE id IN {}", &named.anchors).await?;
        for row in anchors {
            self.anchors.insert(get(&row, "id")?, get(&row, "case_id")?);
        }
        let of_posts = self.posts.values().map(|post| post.row.case_id);
        let of_deliveries = self.deliveries.values().map(|delivery| delivery.case_id);
        let cases = self.anchors.values().copied().chain(of_posts).chain(of_deliveries).collect();
        self.load_cases(db, cases).await
    }

    /// The cases, and those that they were merged into.
    async fn load_cases(&mut self, db: &impl ConnectionTrait, mut wanted: Vec<Uuid>) -> Result<(), StoreError> {
        loop {
            wanted.retain(|case| !self.cases.contains_key(case));
            wanted.sort_unstable();
            wanted.dedup();
            if wanted.is_empty() {
                return Ok(());
            }
            let sql = format!(
                "SELECT id, number, merged_into, connection_id, updated_at FROM cases WHERE id IN {{}} ORDER BY id{}",
                for_update(db)
            );
            let mut next = Vec::new();
            for row in query_in(db, DOING, &sql, &wanted).await? {
                let state = CaseState {
                    number: get(&row, "number")?,
                    merged_into: get(&row, "merged_into")?,
                    is_new: false,
                    is_touched: false,
                    connection: get(&row, "connection_id")?,
                    received_at: get(&row, "updated_at")?,
                };
                next.extend(state.merged_into);
                self.cases.insert(get(&row, "id")?, state);
            }
            wanted = next;
        }
    }

    async fn check_connections(&self, db: &impl ConnectionTrait, mut wanted: Vec<Uuid>) -> Result<(), StoreError> {
        wanted.sort_unstable();
        wanted.dedup();
        let sql = "SELECT id, organization_id FROM connections WHERE deleted_at IS NULL AND id IN {}";
        let mut found = HashSet::new();
        for row in query_in(db, DOING, sql, &wanted).await? {
            if get::<Uuid>(&row, "organization_id")? == self.organization.0 {
                found.insert(get::<Uuid>(&row, "id")?);
            }
        }
        let is_known = wanted.iter().all(|connection| found.contains(connection));
        if is_known { Ok(()) } else { Err(StoreError::NotFound { what: "connection" }) }
    }

    async fn load_deliveries(&mut self, db: &impl ConnectionTrait, named: &mut Named) -> Result<(), StoreError> {
        let sql = "SELECT * FROM deliveries WHERE organization_id = $1 AND idempotency_key = $2";
        for (key, external_id) in std::mem::take(&mut named.deliveries) {
            let values: [Value; 2] = [self.organization.0.into(), key.as_str().into()];
            let found: Vec<entity::delivery::Model> = crate::sql::rows(db, DOING, sql, values).await?;
            for delivery in found {
                if let Some(external_id) = &external_id {
                    named.sent(&delivery, OURSELVES, external_id);
                }
                self.deliveries.insert(key.clone(), delivery);
            }
        }
        Ok(())
    }
}

impl Named {
    fn add(&mut self, connection: Uuid, event: &InboundEvent) {
        match event {
            InboundEvent::PostCreated(post) => {
                self.posts.push(ids::post(connection, &post.external_id));
                self.contacts.push(ids::contact(connection, &post.author.external_id));
                self.anchors.extend(ids::anchors(connection, post));
            }
            InboundEvent::PostEdited(post) => {
                self.posts.push(ids::post(connection, &post.external_id));
                self.edited.push(ids::post(connection, &post.external_id));
            }
            InboundEvent::PostDeleted { external_id, .. } => self.posts.push(ids::post(connection, external_id)),
            InboundEvent::AccountErased { author_external_id, .. } => {
                self.contacts.push(ids::contact(connection, author_external_id));
                self.erased.push(ids::contact(connection, author_external_id));
            }
            InboundEvent::Reaction { external_id, .. } => {
                self.posts.push(ids::post(connection, external_id));
                self.reactions.push(ids::event(connection, &event.dedupe_key()));
            }
            InboundEvent::DeliveryStatus { idempotency_key, external_id, .. } => {
                self.deliveries.push((idempotency_key.clone(), external_id.clone()));
            }
            InboundEvent::Gap { .. } => {}
        }
    }

    fn sent(&mut self, delivery: &entity::delivery::Model, author: &str, external_id: &str) {
        let connection = delivery.connection_id;
        self.posts.push(ids::post(connection, external_id));
        self.contacts.push(ids::contact(connection, author));
        let names = [Some(external_id), delivery.in_reply_to.as_deref(), delivery.root.as_deref()];
        self.anchors.extend(names.into_iter().flatten().map(|name| ids::post_anchor(connection, name)));
    }
}

pub(super) fn get<T: sea_orm::TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|source| StoreError::Database { doing: DOING, source })
}
