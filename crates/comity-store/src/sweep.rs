//! Looks whether every timer is there that the ledger asks for, and none besides, and puts right what is not.
//!
//! Ledger and timers are written in one transaction, so a difference is a defect, or a database that was mended by hand. It is
//! put right all the same, because a promise whose timer is lost would never be told as broken; and it is recorded, so that
//! somebody finds the cause. A flow's timer is a column of its own row and cannot differ from it.

use crate::{
    Store, StoreError,
    audit::append_new,
    codec::{micros, time},
    open::commit,
    sql::{Rows, execute, query},
    timers::rank,
};
use comity_domain::{
    CaseId, OrganizationId, Timestamp,
    audit::{Actor, AuditEntry},
    case::Priority,
};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;
use uuid::Uuid;

const DOING: &str = "look through the timers";
/// Most timers put right at once; the next look finds the rest.
const MOST: i64 = 1_000;

/// What was wrong, and is right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Running obligations that had no timer, or one that had fired without a breach.
    pub missing: usize,
    /// Armed timers of obligations that do not run any more, or are due at another time.
    pub stray: usize,
}

struct Drift {
    subject: Uuid,
    case: Uuid,
    article: String,
    party: String,
    due_at: i64,
    priority: Option<String>,
}

impl Store {
    /// Compares the timers with the ledger as of `now`.
    pub async fn sweep_timers(&self, organization: OrganizationId, now: Timestamp) -> Result<Swept, StoreError> {
        // Most of the time nothing is wrong, and looking takes no lock.
        let found = |drift: &[Vec<Drift>; 2]| drift.iter().all(Vec::is_empty);
        if found(&drift(&self.read, organization, now).await?) {
            return Ok(Swept::default());
        }
        let transaction = self.begin().await?;
        let [missing, stray] = drift(&transaction, organization, now).await?;
        let mut armed = Rows::insert(
            "timers",
            "subject, kind, generation, organization_id, case_id, article, party, due_at, fire_at, priority",
            "ON CONFLICT (subject, kind, generation) DO UPDATE SET fired_at = NULL",
        );
        for one in &missing {
            armed.push([
                one.subject.into(),
                "due".into(),
                one.due_at.into(),
                organization.0.into(),
                one.case.into(),
                one.article.as_str().into(),
                one.party.as_str().into(),
                one.due_at.into(),
                one.due_at.into(),
                rank(one.priority.as_deref().and_then(Priority::parse).unwrap_or_default()).into(),
            ]);
        }
        armed.write(&transaction, DOING).await?;
        for one in &stray {
            let sql = "DELETE FROM timers WHERE subject = $1 AND kind = 'due' AND generation = $2";
            execute(&transaction, DOING, sql, [one.subject.into(), one.due_at.into()]).await?;
        }
        let entry = |what: &str, one: &Drift| AuditEntry {
            at: now,
            actor: Actor::System,
            action: format!("timer.{what}"),
            subject: format!("case/{}", one.case),
            case: Some(CaseId(one.case)),
            detail: json!({ "obligation": one.subject, "article": one.article, "due_at": time(one.due_at) }),
        };
        let missing_entries = missing.iter().map(|one| entry("missing", one));
        let entries = missing_entries.chain(stray.iter().map(|one| entry("stray", one))).collect();
        append_new(&transaction, organization, entries).await?;
        commit(transaction).await?;
        Ok(Swept { missing: missing.len(), stray: stray.len() })
    }
}

/// What is missing, and what is there and should not be.
async fn drift(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<[Vec<Drift>; 2], StoreError> {
    let missing = "SELECT id AS subject, case_id, article, party, due_at, \
                   (SELECT priority FROM cases WHERE cases.id = o.case_id) AS priority FROM obligations o \
                   WHERE organization_id = $1 AND state = 'running' AND NOT EXISTS (SELECT 1 FROM timers t \
                   WHERE t.subject = o.id AND t.kind = 'due' AND t.generation = o.due_at \
                   AND (t.fired_at IS NULL OR o.due_at > $2)) \
                   AND NOT EXISTS (SELECT 1 FROM events WHERE pending AND events.case_id = o.case_id) LIMIT $3";
    let stray = "SELECT subject, case_id, article, party, generation AS due_at, CAST(NULL AS text) AS priority FROM timers t \
                 WHERE organization_id = $1 AND fired_at IS NULL AND kind = 'due' AND NOT EXISTS (SELECT 1 FROM obligations o \
                 WHERE o.id = t.subject AND o.state = 'running' AND o.due_at = t.generation) LIMIT $2";
    let values: [Value; 3] = [organization.0.into(), micros(now).into(), MOST.into()];
    let missing = read(db, missing, values).await?;
    let stray = read(db, stray, [organization.0.into(), MOST.into()]).await?;
    Ok([missing, stray])
}

async fn read(
    db: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Drift>, StoreError> {
    let rows = query(db, DOING, sql, values).await?;
    let one = |row: &sea_orm::QueryResult| {
        Ok(Drift {
            subject: row.try_get("", "subject")?,
            case: row.try_get("", "case_id")?,
            article: row.try_get("", "article")?,
            party: row.try_get("", "party")?,
            due_at: row.try_get("", "due_at")?,
            priority: row.try_get("", "priority")?,
        })
    };
    let drift: Result<Vec<Drift>, sea_orm::DbErr> = rows.iter().map(one).collect();
    drift.map_err(|source| StoreError::Database { doing: DOING, source })
}
