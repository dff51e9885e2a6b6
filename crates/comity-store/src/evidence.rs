//! Decisions by the thousand: the newest ones, and all of them case by case.
//!
//! Rows come out as they are stored and are read ([`StoredDecision::read`]) by whoever has a thread to spare for it: that is
//! most of the work.

use crate::{
    Range, Store, StoreError,
    codec::{from_json, micros, time, word},
    entity::{case, decision, event},
    sql::{query, query_in, rows, rows_in},
};
use comity_domain::{
    CaseId, DecisionId, EventId, OrganizationId, Timestamp,
    case::Status,
    compare::{CaseDiff, CaseRef, Change, Record, outcome},
    event::Event,
};
use sea_orm::{FromQueryResult, QueryResult, TryGetable, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

const DOING: &str = "read decisions";

/// A decision as its row has it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct StoredDecision {
    id: Uuid,
    case_id: Uuid,
    decided_at: i64,
    data: String,
}

/// Where a decision stands when they are read case by case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionKey {
    pub case: CaseId,
    pub id: DecisionId,
}

/// A decision by its id and how much is stored of it. That becomes less when the words decided about are deleted, and
/// changes for no other reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DecisionSize {
    pub id: DecisionId,
    pub bytes: i64,
}

impl StoredDecision {
    #[must_use]
    pub fn key(&self) -> DecisionKey {
        DecisionKey { case: CaseId(self.case_id), id: DecisionId(self.id) }
    }

    #[must_use]
    pub fn decided_at(&self) -> Timestamp {
        time(self.decided_at)
    }

    /// What a comparison needs of it.
    pub fn read(&self) -> Result<Record, StoreError> {
        let record: Record = from_json("a decision", &self.data)?;
        // The case it was made for may have been merged into another since.
        Ok(Record { case: CaseId(self.case_id), ..record })
    }
}

impl From<decision::Model> for StoredDecision {
    fn from(row: decision::Model) -> Self {
        Self { id: row.id, case_id: row.case_id, decided_at: row.decided_at, data: row.data }
    }
}

impl Store {
    /// Which decisions are the newest, newest first.
    pub async fn newest_decisions(
        &self,
        organization: OrganizationId,
        limit: u64,
    ) -> Result<Vec<DecisionSize>, StoreError> {
        let sql = "SELECT id, octet_length(data) AS bytes FROM decisions WHERE organization_id = $1 \
                   ORDER BY decided_at DESC, id DESC LIMIT $2";
        let found = query(&self.read, DOING, sql, [organization.0.into(), (limit as i64).into()]).await?;
        let size = |row: &QueryResult| {
            // SQLite counts in 64 bits, PostgreSQL in 32.
            let bytes = row.try_get::<i64>("", "bytes").or_else(|_| row.try_get::<i32>("", "bytes").map(i64::from));
            Ok(DecisionSize { id: DecisionId(get(row, "id")?), bytes: bytes.map_err(failed)? })
        };
        found.iter().map(size).collect()
    }

    pub async fn decisions_by_id(
        &self,
        organization: OrganizationId,
        ids: &[DecisionId],
    ) -> Result<Vec<StoredDecision>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let mut found: Vec<decision::Model> =
            rows_in(&self.read, DOING, "SELECT * FROM decisions WHERE id IN {}", &ids).await?;
        found.retain(|row| row.organization_id == organization.0);
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Decisions made since a moment, newest first, in parts: those after `before`.
    pub async fn decisions_since(
        &self,
        organization: OrganizationId,
        since: Timestamp,
        before: Option<(Timestamp, DecisionId)>,
        limit: u64,
    ) -> Result<Vec<StoredDecision>, StoreError> {
        let (at, id) = before.map_or((i64::MAX, Uuid::max()), |(at, id)| (micros(at), id.0));
        let sql = "SELECT id, case_id, decided_at, data FROM decisions WHERE organization_id = $1 AND decided_at >= $2 \
                   AND (decided_at, id) < ($3, $4) ORDER BY decided_at DESC, id DESC LIMIT $5";
        let values: [Value; 5] =
            [organization.0.into(), micros(since).into(), at.into(), id.into(), (limit as i64).into()];
        rows(&self.read, DOING, sql, values).await
    }

    /// Decisions case by case, the newest cases first, in parts: those after `after`.
    pub async fn decisions_by_case(
        &self,
        organization: OrganizationId,
        range: &Range,
        after: Option<DecisionKey>,
        limit: u64,
    ) -> Result<Vec<StoredDecision>, StoreError> {
        let (case, id) = after.map_or((Uuid::max(), Uuid::max()), |key| (key.case.0, key.id.0));
        let (within, mut values) = range.condition(organization);
        let next = values.len();
        // `IS TRUE` keeps SQLite from going through the index of another order and sorting all of it for each part.
        let sql = format!(
            "SELECT d.id, d.case_id, d.decided_at, d.data FROM decisions d WHERE ({within}) IS TRUE \
             AND (d.case_id, d.id) < (${}, ${}) ORDER BY d.case_id DESC, d.id DESC LIMIT ${}",
            next + 1,
            next + 2,
            next + 3
        );
        values.extend([case.into(), id.into(), (limit as i64).into()]);
        rows(&self.read, DOING, &sql, values).await
    }

    /// How many decisions there are in a range.
    pub async fn count_decisions(&self, organization: OrganizationId, range: &Range) -> Result<u64, StoreError> {
        let (within, values) = range.condition(organization);
        let sql = format!("SELECT COUNT(*) AS decisions FROM decisions d WHERE {within}");
        let found = query(&self.read, DOING, &sql, values).await?;
        found.first().map_or(Ok(0), |row| get::<i64>(row, "decisions")).map(i64::unsigned_abs)
    }

    /// Cases by what lists say of them.
    pub async fn case_refs(
        &self,
        organization: OrganizationId,
        mut cases: Vec<CaseId>,
    ) -> Result<HashMap<CaseId, CaseRef>, StoreError> {
        cases.sort_unstable();
        cases.dedup();
        let ids: Vec<Uuid> = cases.into_iter().map(|case| case.0).collect();
        let found: Vec<case::Model> = rows_in(&self.read, DOING, "SELECT * FROM cases WHERE id IN {}", &ids).await?;
        let of_this = found.into_iter().filter(|row| row.organization_id == organization.0);
        of_this
            .map(|row| {
                let case = row.case()?;
                let (id, number, status) = (case.id, case.number, case.status);
                Ok((id, CaseRef { id, number, subject: case.subject, status, closed_reason: case.closed_reason }))
            })
            .collect()
    }

    pub async fn events_by_id(
        &self,
        organization: OrganizationId,
        ids: &[EventId],
    ) -> Result<HashMap<EventId, Event>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let mut found: Vec<event::Model> =
            rows_in(&self.read, DOING, "SELECT * FROM events WHERE id IN {}", &ids).await?;
        found.retain(|row| row.organization_id == organization.0);
        found.into_iter().map(|row| Ok((EventId(row.id), row.event()?))).collect()
    }

    /// What becomes different about events, with events and cases as they are by now.
    pub async fn case_diffs(
        &self,
        organization: OrganizationId,
        changes: Vec<(CaseId, EventId, Change)>,
    ) -> Result<Vec<CaseDiff>, StoreError> {
        let cases = self.case_refs(organization, changes.iter().map(|(case, ..)| *case).collect()).await?;
        let events: Vec<EventId> = changes.iter().map(|(_, event, _)| *event).collect();
        let events = self.events_by_id(organization, &events).await?;
        let diff = |(case, event, change)| {
            Some(CaseDiff { case: cases.get(&case)?.clone(), event: events.get(&event)?.clone(), change })
        };
        Ok(changes.into_iter().filter_map(diff).collect())
    }

    /// Whether something waits to be decided, which goes before everything that can wait.
    pub async fn anything_undecided(&self, organization: OrganizationId) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM events WHERE pending AND organization_id = $1 LIMIT 1";
        Ok(!query(&self.read, DOING, sql, [organization.0.into()]).await?.is_empty())
    }

    /// How cases ended: why they were closed, or `open`.
    pub async fn case_outcomes(
        &self,
        organization: OrganizationId,
        cases: &[CaseId],
    ) -> Result<HashMap<CaseId, String>, StoreError> {
        let ids: Vec<Uuid> = cases.iter().map(|case| case.0).collect();
        let sql = "SELECT id, organization_id, status, closed_reason FROM cases WHERE id IN {}";
        let mut outcomes = HashMap::with_capacity(cases.len());
        for row in query_in(&self.read, DOING, sql, &ids).await? {
            if get::<Uuid>(&row, "organization_id")? == organization.0 {
                let status = word("a case status", &get::<String>(&row, "status")?, Status::parse)?;
                let reason: Option<String> = get(&row, "closed_reason")?;
                outcomes.insert(CaseId(get(&row, "id")?), outcome(status, reason.as_deref()).to_owned());
            }
        }
        Ok(outcomes)
    }
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(failed)
}

fn failed(source: sea_orm::DbErr) -> StoreError {
    StoreError::Database { doing: DOING, source }
}
