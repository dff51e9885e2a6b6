//! What the sides say of how a case stands: told as events, and counted by the version that they came under.

use crate::{
    CaseCommit, IngestBatch, Store, StoreError,
    audit::append_new,
    codec::{json, micros},
    ingest,
    open::{commit, for_update},
    sql::{Rows, execute, query},
};
use comity_domain::{
    CaseId, OrganizationId, PostId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    event::Event,
    outcome::Ask,
};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

const DOING: &str = "keep what the sides say of a case";

/// What the sides said in a while under one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidFigures {
    /// Of the version, when it is one of ours.
    pub number: Option<i64>,
    /// How often the person concerned said that it is solved, and that it is not.
    pub solved: u64,
    pub not_solved: u64,
    /// Of the cases that our side said are solved, those in which the person concerned said afterwards that they are not.
    pub disputed: u64,
    pub asked: BTreeMap<Ask, AskedFigures>,
}

/// What became of what was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedFigures {
    pub asked: u64,
    pub granted: u64,
    pub refused: u64,
}

impl Store {
    /// Makes what somebody said of a case durable, together with what they wrote. The event goes to what the case has become,
    /// and waits for its decision. Said twice under one id, it is said once; then this is false.
    pub async fn tell(
        &self,
        organization: OrganizationId,
        wrote: Option<IngestBatch>,
        event: &Event,
        post: Option<PostId>,
        audit: AuditEntry,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        if let Some(batch) = wrote {
            ingest::store(&transaction, &[batch]).await?;
        }
        let case = standing(&transaction, organization, event.case).await?;
        let sql = "INSERT INTO events (id, organization_id, case_id, at, received_at, kind, post_id, pending) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE) ON CONFLICT (id) DO NOTHING";
        let values: [Value; 7] = [
            event.id.0.into(),
            organization.0.into(),
            case.into(),
            micros(event.at).into(),
            micros(event.received_at).into(),
            json(&event.kind).into(),
            post.map(|post| post.0).into(),
        ];
        let is_new = execute(&transaction, DOING, sql, values).await? > 0;
        if is_new {
            append_new(&transaction, organization, vec![audit]).await?;
        }
        commit(transaction).await?;
        Ok(is_new)
    }

    /// Whether somebody changed the case before then; each change is in the audit log.
    pub async fn changed_case_before(
        &self,
        organization: OrganizationId,
        case: CaseId,
        user: UserId,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM audit WHERE organization_id = $1 AND subject = $2 AND actor = $3 AND at < $4 LIMIT 1";
        let actor = json(&Actor::User { user });
        let values: [Value; 4] =
            [organization.0.into(), format!("case/{case}").into(), actor.into(), micros(before).into()];
        Ok(!query(&self.read, DOING, sql, values).await?.is_empty())
    }

    /// Whether something in a case waits for its decision.
    pub async fn is_undecided(&self, organization: OrganizationId, case: CaseId) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM events WHERE pending AND organization_id = $1 AND case_id = $2 LIMIT 1";
        Ok(!query(&self.read, DOING, sql, [organization.0.into(), case.0.into()]).await?.is_empty())
    }

    /// Of what was said after `since` and up to `now`, by content hash of the version.
    pub async fn said_figures(
        &self,
        organization: OrganizationId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<BTreeMap<String, SaidFigures>, StoreError> {
        let values = || [organization.0.into(), micros(since).into(), micros(now).into()];
        let mut figures: BTreeMap<String, SaidFigures> = BTreeMap::new();
        let sql = "SELECT a.policy_version AS version, \
                   SUM(CASE WHEN a.solved THEN 1 ELSE 0 END) AS solved, \
                   SUM(CASE WHEN a.solved THEN 0 ELSE 1 END) AS not_solved, \
                   COUNT(DISTINCT CASE WHEN NOT a.solved AND EXISTS (SELECT 1 FROM attestations o WHERE \
                   o.case_id = a.case_id AND o.party = 'company' AND o.solved AND o.at < a.at) THEN a.case_id END) AS disputed \
                   FROM attestations a WHERE a.organization_id = $1 AND a.at > $2 AND a.at <= $3 AND a.party = 'consumer' \
                   GROUP BY a.policy_version";
        for row in query(&self.read, DOING, sql, values()).await? {
            let of = figures.entry(column(&row, "version")?).or_default();
            of.solved = count(&row, "solved")?;
            of.not_solved = count(&row, "not_solved")?;
            of.disputed = count(&row, "disputed")?;
        }
        let sql = "SELECT policy_version AS version, ask, COUNT(*) AS asked, \
                   SUM(CASE WHEN granted THEN 1 ELSE 0 END) AS granted, \
                   SUM(CASE WHEN NOT granted THEN 1 ELSE 0 END) AS refused \
                   FROM requests WHERE organization_id = $1 AND at > $2 AND at <= $3 GROUP BY policy_version, ask";
        for row in query(&self.read, DOING, sql, values()).await? {
            let Some(ask) = Ask::parse(&column::<String>(&row, "ask")?) else { continue };
            let asked = AskedFigures {
                asked: count(&row, "asked")?,
                granted: count(&row, "granted")?,
                refused: count(&row, "refused")?,
            };
            figures.entry(column(&row, "version")?).or_default().asked.insert(ask, asked);
        }
        let sql = "SELECT hash, MAX(number) AS number FROM policy_versions WHERE organization_id = $1 GROUP BY hash";
        for row in query(&self.read, DOING, sql, [organization.0.into()]).await? {
            if let Some(of) = figures.get_mut(&column::<String>(&row, "hash")?) {
                of.number = column(&row, "number")?;
            }
        }
        Ok(figures)
    }
}

/// The case that this one has become, kept from changing into yet another until the end of the transaction.
async fn standing(db: &impl ConnectionTrait, organization: OrganizationId, case: CaseId) -> Result<Uuid, StoreError> {
    let sql = format!("SELECT merged_into FROM cases WHERE organization_id = $1 AND id = $2{}", for_update(db));
    let mut at = case.0;
    loop {
        let found = query(db, DOING, &sql, [organization.0.into(), at.into()]).await?;
        let row = found.first().ok_or(StoreError::NotFound { what: "case" })?;
        match column::<Option<Uuid>>(row, "merged_into")? {
            Some(next) => at = next,
            None => return Ok(at),
        }
    }
}

/// Writes what the commits say of both sides.
pub async fn write(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<(), StoreError> {
    let mut attestations = Rows::insert(
        "attestations",
        "case_id, party, at, organization_id, solved, policy_version",
        // What was written before keeps the version it was written under.
        "ON CONFLICT (case_id, party, at) DO NOTHING",
    );
    let mut requests = Rows::insert(
        "requests",
        "id, case_id, at, organization_id, ask, policy_version, answered_at, granted",
        "ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, answered_at = excluded.answered_at, \
         granted = excluded.granted",
    );
    for CaseCommit { case, policy_version, .. } in commits {
        for one in &case.attestations {
            attestations.push([
                case.id.0.into(),
                one.party.as_str().into(),
                micros(one.at).into(),
                organization.0.into(),
                one.solved.into(),
                policy_version.as_str().into(),
            ]);
        }
        for request in &case.requests {
            requests.push([
                request.id.0.into(),
                case.id.0.into(),
                micros(request.at).into(),
                organization.0.into(),
                request.ask.as_str().into(),
                policy_version.as_str().into(),
                request.answer.as_ref().map(|answer| micros(answer.at)).into(),
                request.answer.as_ref().map(|answer| answer.granted).into(),
            ]);
        }
    }
    attestations.write(db, DOING).await?;
    requests.write(db, DOING).await?;
    Ok(())
}

fn count(row: &QueryResult, name: &str) -> Result<u64, StoreError> {
    // PostgreSQL's sum of integers is wider than SQLite's, and nothing at all of nothing.
    column::<Option<i64>>(row, name).map(|count| count.unwrap_or(0).unsigned_abs())
}

fn column<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(|source| StoreError::Database { doing: DOING, source })
}
