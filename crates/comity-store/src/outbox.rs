//! Replies on their way out.
//!
//! A worker leases a reply, and the lease counts the attempt and raises the fence before anything is sent. What it did is
//! recorded under that fence; a worker whose lease was taken over records nothing. A lease that ran out says nothing about
//! whether the reply left, so it becomes `unknown` and is looked up.

use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{from_json, json, micros, time},
    entity::{connection, delivery},
    ingest::Engine,
    open::{commit, for_update, skip_locked},
    sql::{Rows, execute, query, rows},
};
use comity_domain::{
    CaseId, DeliveryId, EventId, OrganizationId, Timestamp, UserId,
    audit::Actor,
    delivery::{Approval, Attempt, Delivery, State},
    event::EventKind,
    inbound::InboundAuthor,
};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;

const DOING: &str = "work on the outbox";

/// A reply waits while its connection is paused and while a team holds the replies of its case.
const MAY_LEAVE: &str = "connection_id NOT IN (SELECT id FROM connections WHERE organization_id = $1 \
                         AND status = 'paused' AND deleted_at IS NULL) \
                         AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = case_id AND held_for IS NOT NULL)";

/// A reply in a worker's hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Leased {
    /// As leased: state `leased`, attempts counted, fence raised.
    pub delivery: Delivery,
    /// It may have arrived already: look it up before sending.
    pub look_up: bool,
}

/// What recording an attempt changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub case: CaseId,
    pub state: State,
}

impl Store {
    /// Takes what is due, and what another worker's lease left behind.
    pub async fn lease_deliveries(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        until: Timestamp,
        limit: u64,
        worker: &str,
    ) -> Result<Vec<Leased>, StoreError> {
        // Most of the time nothing is due, and asking takes no lock.
        if self.next_delivery_at(organization).await?.is_none_or(|next| next > now) {
            return Ok(Vec::new());
        }
        let transaction = self.begin().await?;
        let sql = format!(
            "SELECT * FROM deliveries WHERE organization_id = $1 AND state IN ('pending', 'unknown', 'leased') \
             AND due_at <= $2 AND {MAY_LEAVE} ORDER BY due_at LIMIT $3{}",
            skip_locked(&transaction)
        );
        let values: [Value; 3] = [organization.0.into(), micros(now).into(), (limit as i64).into()];
        let due: Vec<delivery::Model> = rows(&transaction, DOING, &sql, values).await?;
        let mut taken = Rows::update(
            "UPDATE deliveries SET state = 'leased', attempts = attempts + 1, fence = fence + 1, due_at = v.column2, \
             look_up = v.column3, worker = v.column4",
            ") AS v WHERE deliveries.id = v.column1",
            4,
        );
        let mut leased = Vec::with_capacity(due.len());
        for row in due {
            let look_up = row.look_up || row.state != State::Pending.as_str();
            taken.push([row.id.into(), micros(until).into(), look_up.into(), worker.into()]);
            let delivery = row.delivery()?;
            let (attempts, fence) = (delivery.attempts + 1, delivery.fence + 1);
            let delivery = Delivery { state: State::Leased, attempts, fence, due_at: until, ..delivery };
            leased.push(Leased { delivery, look_up });
        }
        taken.write(&transaction, DOING).await?;
        commit(transaction).await?;
        Ok(leased)
    }

    /// A look-up said that the reply has not arrived: sending it is no repetition, in this attempt and in later ones. Fails
    /// when another worker has taken it over, and then it must not be sent.
    pub async fn is_not_there(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        fence: i64,
    ) -> Result<(), StoreError> {
        let sql =
            "UPDATE deliveries SET look_up = $4 WHERE organization_id = $1 AND id = $2 AND fence = $3 AND state = $5";
        let leased = State::Leased.as_str();
        let values: [Value; 5] = [organization.0.into(), id.0.into(), fence.into(), false.into(), leased.into()];
        if execute(&self.write, DOING, sql, values).await? == 0 { Err(StoreError::StaleFence) } else { Ok(()) }
    }

    /// Records what an attempt came to; `most_attempts` decides when retries end in the dead letters. A sent reply becomes
    /// our own post in the same transaction; a refused or given-up one becomes a `delivery_failed` event.
    pub async fn record_attempt(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        fence: i64,
        attempt: &Attempt,
        most_attempts: i32,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let transaction = self.begin().await?;
        // Before the reply's own row, in the order in which everybody locks.
        let engine = Engine::open(&transaction, organization).await?;
        let row = locked(&transaction, organization, id).await?;
        if row.fence != fence || row.state != State::Leased.as_str() {
            return Err(StoreError::StaleFence);
        }
        let gives_up = row.attempts >= i64::from(most_attempts);
        let (state, due_at, error, look_up) = match attempt {
            Attempt::Sent { .. } => (State::Sent, now, None, false),
            // What an earlier attempt left open stays open: only a look-up clears the mark.
            Attempt::Retry { error, .. } if gives_up => (State::Dead, now, Some(error), row.look_up),
            Attempt::Retry { error, at } => (State::Pending, *at, Some(error), row.look_up),
            Attempt::Unknown { error, .. } if gives_up => (State::Dead, now, Some(error), true),
            Attempt::Unknown { error, look_up_at } => (State::Unknown, *look_up_at, Some(error), true),
            Attempt::Refused { error } => (State::Dead, now, Some(error), false),
        };
        let sql =
            "UPDATE deliveries SET state = $2, due_at = $3, last_error = $4, look_up = $5, worker = NULL WHERE id = $1";
        let values: [Value; 5] =
            [id.0.into(), state.as_str().into(), micros(due_at).into(), error.cloned().into(), look_up.into()];
        execute(&transaction, DOING, sql, values).await?;
        let case = row.case_id;
        let detail = json!({ "state": state, "attempt": row.attempts, "error": error });
        let entry = entry(&Actor::System, now, "delivery.attempt", format!("delivery/{id}"), detail);
        let entry = comity_domain::audit::AuditEntry { case: Some(CaseId(case)), ..entry };
        append_new(&transaction, organization, vec![entry]).await?;
        match attempt {
            Attempt::Sent { external_id, url, at } => {
                sent(&transaction, engine, &row, external_id, url.as_deref(), (*at).min(now), now).await?;
            }
            _ if state == State::Dead => failed(&transaction, &row, now).await?,
            _ => {}
        }
        commit(transaction).await?;
        Ok(Recorded { case: CaseId(case), state })
    }

    /// When the next reply that may leave is due, or a lease ends.
    pub async fn next_delivery_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        let sql = format!(
            "SELECT MIN(due_at) AS at FROM deliveries WHERE organization_id = $1 AND state = $2 AND {MAY_LEAVE}"
        );
        let mut next: Option<i64> = None;
        // One look into the index for each state.
        for state in [State::Pending, State::Unknown, State::Leased] {
            let found = query(&self.read, DOING, &sql, [organization.0.into(), state.as_str().into()]).await?;
            let at = found.first().map(|row| row.try_get::<Option<i64>>("", "at")).transpose();
            let at = at.map_err(|source| StoreError::Database { doing: DOING, source })?.flatten();
            next = next.into_iter().chain(at).min();
        }
        Ok(next.map(time))
    }

    /// Replies in this state, oldest first.
    pub async fn deliveries(
        &self,
        organization: OrganizationId,
        state: State,
        limit: u64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let sql = "SELECT * FROM deliveries WHERE organization_id = $1 AND state = $2 ORDER BY created_at, id LIMIT $3";
        let values: [Value; 3] = [organization.0.into(), state.as_str().into(), (limit as i64).into()];
        let found: Vec<delivery::Model> = rows(&self.read, DOING, sql, values).await?;
        found.into_iter().map(delivery::Model::delivery).collect()
    }

    /// Sends a dead letter again, with its attempts counted anew. If nobody could say whether it had arrived, it is looked up
    /// first.
    pub async fn redrive(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.end_dead_letter(organization, id, State::Pending, "retry", actor, now).await
    }

    /// Gives a dead letter up for good.
    pub async fn drop_delivery(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        self.end_dead_letter(organization, id, State::Cancelled, "drop", actor, now).await
    }

    /// Lets a reply leave that waited for a second person, or ends it with the reason why not. Whether they may was worked
    /// out on this version of its case; on a newer one nothing is done, and nothing returned.
    pub async fn decide_approval(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        by: UserId,
        case_version: i64,
        declined: Option<String>,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        let transaction = self.begin().await?;
        // Before the reply's own row, in the order in which everybody locks.
        let sql = format!(
            "SELECT version FROM cases WHERE id = (SELECT case_id FROM deliveries WHERE id = $1){}",
            for_update(&transaction)
        );
        let found = query(&transaction, DOING, &sql, [id.0.into()]).await?;
        let version = found.first().map(|row| row.try_get::<i64>("", "version")).transpose();
        if version.map_err(|source| StoreError::Database { doing: DOING, source })? != Some(case_version) {
            return Ok(None);
        }
        let delivery = locked(&transaction, organization, id).await?.delivery()?;
        let (state, verb) = match declined {
            Some(_) => (State::Cancelled, "decline"),
            None => (State::Pending, "approve"),
        };
        if delivery.state != State::AwaitsApproval {
            return Err(StoreError::WrongState { state: delivery.state.as_str(), verb: "decided about" });
        }
        let why = delivery.approval.as_ref().map(|approval| approval.why.clone()).unwrap_or_default();
        let approval = Approval { why, by: Some(by), declined };
        let sql = "UPDATE deliveries SET state = $2, due_at = $3, approval = $4 WHERE id = $1";
        let values: [Value; 4] = [id.0.into(), state.as_str().into(), micros(now).into(), json(&approval).into()];
        execute(&transaction, DOING, sql, values).await?;
        let detail = json!({ "author": delivery.author, "declined": approval.declined });
        let entry =
            entry(&Actor::User { user: by }, now, &format!("delivery.{verb}"), format!("delivery/{id}"), detail);
        let entry = comity_domain::audit::AuditEntry { case: Some(delivery.case), ..entry };
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(Some(Delivery { state, due_at: now, approval: Some(approval), ..delivery }))
    }

    async fn end_dead_letter(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        state: State,
        verb: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        let transaction = self.begin().await?;
        let row = locked(&transaction, organization, id).await?;
        let case = CaseId(row.case_id);
        let delivery = row.delivery()?;
        if delivery.state != State::Dead {
            let verb = if state == State::Pending { "sent again" } else { "given up" };
            return Err(StoreError::WrongState { state: delivery.state.as_str(), verb });
        }
        let sql = "UPDATE deliveries SET state = $2, attempts = 0, due_at = $3 WHERE id = $1";
        execute(&transaction, DOING, sql, [id.0.into(), state.as_str().into(), micros(now).into()]).await?;
        let detail = json!({ "last_error": delivery.last_error });
        let entry = entry(actor, now, &format!("delivery.{verb}"), format!("delivery/{id}"), detail);
        let entry = comity_domain::audit::AuditEntry { case: Some(case), ..entry };
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(Delivery { state, attempts: 0, due_at: now, ..delivery })
    }
}

async fn locked(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: DeliveryId,
) -> Result<delivery::Model, StoreError> {
    let sql = format!("SELECT * FROM deliveries WHERE organization_id = $1 AND id = $2{}", for_update(db));
    let found: Vec<delivery::Model> = rows(db, DOING, &sql, [organization.0.into(), id.0.into()]).await?;
    found.into_iter().next().ok_or(StoreError::NotFound { what: "reply" })
}

/// The reply is a post of ours now. The platform may have shown it to us already; then it is there.
async fn sent(
    db: &impl ConnectionTrait,
    mut engine: Engine,
    row: &delivery::Model,
    external_id: &str,
    url: Option<&str>,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE deliveries SET external_id = $2, url = $3 WHERE id = $1";
    let values: [Value; 3] = [row.id.into(), external_id.into(), url.map(str::to_owned).into()];
    execute(db, DOING, sql, values).await?;
    let connections: Vec<connection::Model> =
        rows(db, DOING, "SELECT * FROM connections WHERE id = $1", [row.connection_id.into()]).await?;
    let author = ourselves(connections.into_iter().next())?;
    engine.load_sent(db, row, &author.external_id, external_id).await?;
    engine.sent(row, author, external_id, url, at, now);
    engine.write(db).await
}

/// Whom the connection speaks as, as far as that is known.
fn ourselves(connection: Option<connection::Model>) -> Result<InboundAuthor, StoreError> {
    let Some(connection) = connection else {
        return Ok(InboundAuthor { external_id: "self".into(), ..Default::default() });
    };
    let account: serde_json::Value = match &connection.account {
        Some(account) => from_json("a connection", account)?,
        None => serde_json::Value::Null,
    };
    let text = |name: &str| account.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let handle = text("handle").unwrap_or(connection.name);
    let external_id = text("external_id").or_else(|| text("id")).unwrap_or_else(|| "self".into());
    Ok(InboundAuthor { external_id, handle, display_name: text("display_name"), followers: None })
}

/// Policies hear of it.
async fn failed(db: &impl ConnectionTrait, row: &delivery::Model, now: Timestamp) -> Result<(), StoreError> {
    let columns = "id, organization_id, case_id, at, received_at, kind, pending";
    let mut events = Rows::insert("events", columns, "ON CONFLICT (id) DO NOTHING");
    let kind = EventKind::DeliveryFailed { delivery: DeliveryId(row.id) };
    events.push([
        EventId::derived(&[b"delivery failed", row.id.as_bytes(), &row.fence.to_le_bytes()]).0.into(),
        row.organization_id.into(),
        row.case_id.into(),
        micros(now).into(),
        micros(now).into(),
        json(&kind).into(),
        true.into(),
    ]);
    events.write(db, DOING).await?;
    Ok(())
}
