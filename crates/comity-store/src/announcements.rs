//! What another system is told of escalations, if one wants to know.
//!
//! Written with what it tells of, and a row until it has been heard. Taking one puts its next attempt off first, so that a worker
//! that dies costs a delay and an announcement that may come twice under its one id, and never one that is lost.

use crate::{
    Store, StoreError,
    audit::append_new,
    codec::{from_json, json, micros, time},
    open::{commit, skip_locked},
    sql::{Rows, execute, query},
};
use comity_domain::{
    CaseId, EventId, OrganizationId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    flow::{Ended, Run, Told},
};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::json;
use std::sync::atomic::Ordering;
use uuid::Uuid;

const DOING: &str = "tell another system";

/// One thing that another system is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Announcement {
    /// The same however often it is sent.
    pub id: Uuid,
    /// `escalation.told`, `escalation.acknowledged`, `escalation.ended`.
    pub kind: String,
    pub at: Timestamp,
    pub case: CaseId,
    pub data: serde_json::Value,
    /// How often it has been tried, this time included.
    pub attempts: i64,
}

/// What happened to a run.
pub enum Happened<'a> {
    Told(&'a Told),
    Acknowledged { by: UserId, at: Timestamp },
    Ended(&'a Ended),
}

impl Store {
    /// From now on what happens to escalations is kept for another system.
    pub fn announce(&self) {
        self.announces.store(true, Ordering::Relaxed);
    }

    pub(crate) fn announces(&self) -> bool {
        self.announces.load(Ordering::Relaxed)
    }

    /// Those that are due, the oldest first; each is due again at `again_at` unless it is settled before.
    pub async fn take_announcements(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        again_at: Timestamp,
        limit: u64,
    ) -> Result<Vec<Announcement>, StoreError> {
        // Most of the time nothing is due, and asking takes no lock.
        if self.next_announcement_at(organization).await?.is_none_or(|next| next > now) {
            return Ok(Vec::new());
        }
        let transaction = self.begin().await?;
        let sql = format!(
            "UPDATE announcements SET send_at = $3, attempts = attempts + 1 WHERE id IN \
             (SELECT id FROM announcements WHERE organization_id = $1 AND send_at <= $2 ORDER BY at, id LIMIT $4{}) \
             RETURNING id, kind, at, case_id, data, attempts",
            skip_locked(&transaction)
        );
        let values: [Value; 4] =
            [organization.0.into(), micros(now).into(), micros(again_at).into(), (limit as i64).into()];
        let found = query(&transaction, DOING, &sql, values).await?;
        let mut taken = found.iter().map(announcement).collect::<Result<Vec<_>, _>>()?;
        commit(transaction).await?;
        taken.sort_by_key(|one| (one.at, one.id));
        Ok(taken)
    }

    pub async fn next_announcement_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(send_at) AS at FROM announcements WHERE organization_id = $1";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let at: Option<i64> = found.first().map_or(Ok(None), |row| column(row, "at"))?;
        Ok(at.map(time))
    }

    /// It has been heard.
    pub async fn announced(&self, id: Uuid) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        execute(&transaction, DOING, "DELETE FROM announcements WHERE id = $1", [id.into()]).await?;
        commit(transaction).await
    }

    /// It has not been heard: it is tried again then, or given up, which the audit log keeps.
    pub async fn not_announced(
        &self,
        organization: OrganizationId,
        one: &Announcement,
        again_at: Option<Timestamp>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        if let Some(again_at) = again_at {
            let sql = "UPDATE announcements SET send_at = $2 WHERE id = $1";
            execute(&transaction, DOING, sql, [one.id.into(), micros(again_at).into()]).await?;
        } else {
            execute(&transaction, DOING, "DELETE FROM announcements WHERE id = $1", [one.id.into()]).await?;
            let entry = AuditEntry {
                at: now,
                actor: Actor::System,
                action: "flow.announcement_failed".to_owned(),
                subject: format!("case/{}", one.case),
                case: Some(one.case),
                detail: json!({ "announcement": one.id, "kind": one.kind, "why": why }),
            };
            append_new(&transaction, organization, vec![entry]).await?;
        }
        commit(transaction).await
    }
}

/// Keeps what happened to runs, to be told.
pub async fn note(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    happened: Vec<(&Run, Happened<'_>)>,
) -> Result<(), StoreError> {
    let mut rows = Rows::insert(
        "announcements",
        "id, organization_id, case_id, kind, at, data, send_at, attempts",
        "ON CONFLICT (id) DO NOTHING",
    );
    for (run, happened) in happened {
        let (kind, at, more) = match &happened {
            Happened::Told(told) => {
                let more = json!({ "step": told.number, "target": told.target, "people": told.people });
                ("escalation.told", told.at, more)
            }
            Happened::Acknowledged { by, at } => ("escalation.acknowledged", *at, json!({ "by": by })),
            Happened::Ended(ended) => ("escalation.ended", ended.at, json!({ "how": ended.how, "note": ended.note })),
        };
        // Several may be told at one moment.
        let number = if let Happened::Told(told) = &happened { told.number } else { 0 };
        let moment = at.as_microsecond().to_le_bytes();
        let id = EventId::derived(&[run.id.0.as_bytes(), kind.as_bytes(), &moment, &number.to_le_bytes()]);
        let data = json!({
            "escalation": run.id, "case": run.case, "flow": run.flow, "rule": run.rule, "because": run.because, "details": more,
        });
        rows.push([
            id.0.into(),
            organization.0.into(),
            run.case.0.into(),
            kind.into(),
            micros(at).into(),
            json(&data).into(),
            micros(at).into(),
            0_i64.into(),
        ]);
    }
    rows.write(db, DOING).await?;
    Ok(())
}

fn announcement(row: &QueryResult) -> Result<Announcement, StoreError> {
    Ok(Announcement {
        id: column(row, "id")?,
        kind: column(row, "kind")?,
        at: time(column(row, "at")?),
        case: CaseId(column(row, "case_id")?),
        data: from_json("an announcement", &column::<String>(row, "data")?)?,
        attempts: column(row, "attempts")?,
    })
}

fn column<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(|source| StoreError::Database { doing: DOING, source })
}
