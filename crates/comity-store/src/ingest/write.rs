//! Writes what the engine worked out, many rows a statement.

use super::{
    IngestBatch,
    engine::{Engine, PostState},
    load::get,
    summary::Summary,
};
use crate::{
    StoreError,
    audit::append,
    codec::{json, micros},
    connections::write_state,
    counts::Counts,
    entity::{case, decision},
    sql::{Rows, execute, execute_in, query_in, rows_in},
};
use comity_domain::{
    case::{Priority, Status},
    decision::Decision,
};
use sea_orm::{ConnectionTrait, Value};
use std::collections::HashSet;
use uuid::Uuid;

const DOING: &str = "store new events";

impl Engine {
    pub async fn write(mut self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut counts = Counts::default();
        self.write_contacts(db).await?;
        self.write_new_cases(db, &mut counts).await?;
        self.merge_cases(db, &mut counts).await?;
        self.write_posts(db).await?;
        self.write_revisions(db).await?;
        self.write_anchors(db).await?;
        self.write_early(db).await?;
        self.write_events(db).await?;
        self.settle_deliveries(db).await?;
        self.sum_up(db).await?;
        self.forget_emptied(db).await?;
        append(db, self.organization, std::mem::take(&mut self.audit)).await?;
        counts.write(db, self.organization).await
    }

    async fn write_contacts(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut contacts = Rows::insert(
            "contacts",
            "id, organization_id, connection_id, external_id, handle, display_name, followers, is_staff, is_customer, \
             customer_since, seen_at, erased_at",
            "ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, display_name = excluded.display_name, \
             followers = excluded.followers, is_staff = excluded.is_staff, seen_at = excluded.seen_at, \
             erased_at = excluded.erased_at",
        );
        for row in self.contacts.values().filter(|contact| contact.is_changed).map(|contact| &contact.row) {
            contacts.push([
                row.id.into(),
                row.organization_id.into(),
                row.connection_id.into(),
                row.external_id.as_str().into(),
                row.handle.as_str().into(),
                row.display_name.clone().into(),
                row.followers.into(),
                row.is_staff.into(),
                row.is_customer.into(),
                row.customer_since.into(),
                row.seen_at.into(),
                row.erased_at.into(),
            ]);
        }
        contacts.write(db, DOING).await?;
        Ok(())
    }

    async fn write_new_cases(&mut self, db: &impl ConnectionTrait, counts: &mut Counts) -> Result<(), StoreError> {
        let mut cases = Rows::insert(
            "cases",
            "id, organization_id, number, connection_id, contact_id, company, subject, status, priority, labels, data, \
             opened_at, updated_at, version, excerpt, handle, posts, asked_at, answered_at, due_sort, is_overdue",
            "",
        );
        let mut lines = self.new_lines();
        let mut number = self.cases_before;
        let data = case::no_data();
        for id in self.new_cases.clone() {
            let Some(state) = self.cases.get(&id).filter(|state| state.merged_into.is_none()) else { continue };
            let (connection, received_at) = (state.connection, state.received_at);
            let Some(lines) = lines.remove(&id) else { continue };
            let summary = Summary::of(lines);
            number += 1;
            counts.enter(Status::Open, None, false, false);
            cases.push([
                id.into(),
                self.organization.0.into(),
                number.into(),
                connection.into(),
                summary.contact.into(),
                summary.company.into(),
                summary.subject.into(),
                Status::Open.as_str().into(),
                Priority::default().as_str().into(),
                "[]".into(),
                data.as_str().into(),
                summary.opened_at.into(),
                received_at.into(),
                1_i64.into(),
                summary.excerpt.into(),
                summary.handle.into(),
                summary.posts.into(),
                summary.asked_at.into(),
                summary.answered_at.into(),
                case::NEVER.into(),
                false.into(),
            ]);
            let detail = serde_json::json!({ "number": number });
            self.note(connection, received_at, "case.open", format!("case/{id}"), Some(id), detail);
        }
        if number > self.cases_before {
            cases.write(db, DOING).await?;
            let values: [Value; 2] = [number.into(), self.organization.0.into()];
            execute(db, DOING, "UPDATE organizations SET cases = $1 WHERE id = $2", values).await?;
        }
        Ok(())
    }

    async fn write_posts(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut posts = Rows::insert(
            "posts",
            "id, organization_id, case_id, connection_id, external_id, author_id, party, at, received_at, text, revision, \
             revised_at, edits, asks, lang, url, in_reply_to, parent_id, root, visibility, names_us, company, deleted_at",
            "",
        );
        for row in self.new_posts.iter().filter_map(|id| self.posts.get(id)).map(|post| &post.row) {
            posts.push([
                row.id.into(),
                row.organization_id.into(),
                self.find(row.case_id).into(),
                row.connection_id.into(),
                row.external_id.as_str().into(),
                row.author_id.into(),
                row.party.as_str().into(),
                row.at.into(),
                row.received_at.into(),
                row.text.as_str().into(),
                row.revision.as_str().into(),
                row.revised_at.into(),
                row.edits.into(),
                row.asks.into(),
                row.lang.clone().into(),
                row.url.clone().into(),
                row.in_reply_to.clone().into(),
                row.parent_id.into(),
                row.root.clone().into(),
                row.visibility.as_str().into(),
                row.names_us.into(),
                row.company.clone().into(),
                row.deleted_at.into(),
            ]);
        }
        posts.write(db, DOING).await?;
        let mut changed = Rows::update(
            "UPDATE posts SET text = v.column2, revision = v.column3, revised_at = v.column4, edits = v.column5, \
             asks = v.column6, deleted_at = v.column7",
            ") AS v WHERE posts.id = v.column1",
            7,
        );
        for row in self.posts.values().filter(|post| post.is_changed && !post.is_new).map(|post| &post.row) {
            changed.push([
                row.id.into(),
                row.text.as_str().into(),
                row.revision.as_str().into(),
                row.revised_at.into(),
                row.edits.into(),
                row.asks.into(),
                row.deleted_at.into(),
            ]);
        }
        changed.write(db, DOING).await?;
        Ok(())
    }

    async fn write_revisions(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut revisions = Rows::insert("post_revisions", "post_id, revision, is_first, at, text", "");
        for row in &self.revisions {
            revisions.push([
                row.post_id.into(),
                row.revision.as_str().into(),
                row.is_first.into(),
                row.at.into(),
                row.text.as_str().into(),
            ]);
        }
        revisions.write(db, DOING).await?;
        Ok(())
    }

    async fn write_anchors(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut anchors =
            Rows::insert("anchors", "id, case_id", "ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id");
        for name in &self.changed_anchors {
            if let Some(&case) = self.anchors.get(name) {
                anchors.push([(*name).into(), self.find(case).into()]);
            }
        }
        anchors.write(db, DOING).await?;
        Ok(())
    }

    async fn write_early(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut waiting = Rows::insert("early_changes", "post_id, change, event, received_at", "");
        let mut done = Vec::new();
        for ((post, change), early) in &self.early {
            match (early.is_new, early.is_done) {
                (true, false) => waiting.push([
                    (*post).into(),
                    change.as_str().into(),
                    json(&early.event).into(),
                    early.received_at.into(),
                ]),
                (false, true) => done.push(*post),
                _ => {}
            }
        }
        waiting.write(db, DOING).await?;
        execute_in(db, DOING, "DELETE FROM early_changes WHERE post_id IN {}", &done).await?;
        Ok(())
    }

    async fn write_events(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut events = Rows::insert(
            "events",
            "id, organization_id, case_id, at, received_at, kind, post_id, pending",
            "ON CONFLICT (id) DO NOTHING",
        );
        for row in &self.events {
            events.push([
                row.id.into(),
                row.organization_id.into(),
                self.find(row.case_id).into(),
                row.at.into(),
                row.received_at.into(),
                row.kind.as_str().into(),
                row.post_id.into(),
                row.pending.into(),
            ]);
        }
        events.write(db, DOING).await?;
        Ok(())
    }

    async fn settle_deliveries(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        // The fence goes up, so that a worker that still holds the reply records nothing over this.
        let sql = "UPDATE deliveries SET state = $2, external_id = COALESCE($3, external_id), url = COALESCE($4, url), \
                   last_error = $5, worker = NULL, fence = fence + 1 WHERE id = $1";
        for settled in &self.settled_deliveries {
            let values: [Value; 5] = [
                settled.delivery.into(),
                settled.state.as_str().into(),
                settled.external_id.clone().into(),
                settled.url.clone().into(),
                settled.error.clone().into(),
            ];
            execute(db, DOING, sql, values).await?;
        }
        Ok(())
    }

    /// The words of a deleted post go from its earlier texts and from what was decided about it, too.
    async fn forget_emptied(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let emptied = self.posts.values().filter(|post| post.is_emptied && !post.is_new);
        let emptied: Vec<&PostState> = emptied.collect();
        if emptied.is_empty() {
            return Ok(());
        }
        let posts: Vec<Uuid> = emptied.iter().map(|post| post.row.id).collect();
        execute_in(db, DOING, "UPDATE post_revisions SET text = '' WHERE post_id IN {}", &posts).await?;
        let mut cases: Vec<Uuid> = emptied.iter().map(|post| self.find(post.row.case_id)).collect();
        cases.sort_unstable();
        cases.dedup();
        let about = "SELECT e.id, e.post_id FROM events e JOIN decisions d ON d.event_id = e.id WHERE d.case_id IN {}";
        let is_erased =
            |post: &PostState| self.contacts.get(&post.row.author_id).is_some_and(|c| c.row.erased_at.is_some());
        let erased: HashSet<Uuid> = emptied.iter().filter(|post| is_erased(post)).map(|post| post.row.id).collect();
        let (mut of_emptied, mut of_erased) = (HashSet::new(), HashSet::new());
        for row in query_in(db, DOING, about, &cases).await? {
            let Some(post) = get::<Option<Uuid>>(&row, "post_id")?.filter(|post| posts.contains(post)) else {
                continue;
            };
            let event = get::<Uuid>(&row, "id")?;
            of_emptied.insert(event);
            if erased.contains(&post) {
                of_erased.insert(event);
            }
        }
        let decisions: Vec<decision::Model> =
            rows_in(db, DOING, "SELECT * FROM decisions WHERE case_id IN {}", &cases).await?;
        for row in decisions.into_iter().filter(|row| of_emptied.contains(&row.event_id)) {
            let (id, row_event) = (row.id, row.event_id);
            let mut decision: Decision = row.decision()?;
            decision.facts.event.text.clear();
            // Notes quote what was found.
            for term in decision.rules.iter_mut().flat_map(|rule| &mut rule.terms) {
                term.note = None;
            }
            if of_erased.contains(&row_event) {
                decision.facts.author.handle.clear();
                decision.facts.author.display_name = None;
            }
            let values: [Value; 2] = [json(&decision).into(), id.into()];
            execute(db, DOING, "UPDATE decisions SET data = $1 WHERE id = $2", values).await?;
        }
        Ok(())
    }
}

/// What a batch says about the connection itself.
pub async fn connection(db: &impl ConnectionTrait, batch: &IngestBatch) -> Result<(), StoreError> {
    let id: Value = batch.connection.0.into();
    let now: Value = micros(batch.received_at).into();
    if let Some(cursor) = &batch.cursor {
        let sql = "UPDATE connections SET cursor = $1, updated_at = $2 WHERE id = $3";
        execute(db, DOING, sql, [cursor.clone().into(), now.clone(), id.clone()]).await?;
    }
    if let Some(secrets) = &batch.secrets {
        let sql = "UPDATE connections SET secrets = $1, updated_at = $2 WHERE id = $3";
        execute(db, DOING, sql, [secrets.clone().into(), now.clone(), id.clone()]).await?;
    }
    if let Some(account) = &batch.account {
        let sql = "UPDATE connections SET account = $1, updated_at = $2 WHERE id = $3";
        execute(db, DOING, sql, [json(account).into(), now, id]).await?;
    }
    write_state(db, batch.connection, &batch.state).await
}
