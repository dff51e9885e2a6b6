//! What a version beside the live one would have decided: counted in the commit of the decisions themselves.
//!
//! One row of sums for each version, and the newest decisions that came out otherwise. A canary whose sums say so is sent
//! back in the very commit that makes them say so.

use super::{DOING, failed, subject};
use crate::{
    Store, StoreError,
    audit::entry,
    codec::{from_json, json, micros, time},
    decide::CaseCommit,
    entity::event,
    open::for_update,
    sql::{Rows, execute, query, query_in, rows_in},
};
use comity_domain::{
    CaseId, EventId, OrganizationId, PolicyVersionId, Timestamp,
    audit::{Actor, AuditEntry},
    case::Status,
    compare::{CaseDiff, CaseRef, Change, Tally},
    life::{State, Stopped, Trial},
};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable, Value};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Differing decisions kept of each version.
const KEPT: usize = 100;

/// One case's decisions, next to what the other version makes of the same facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    pub version: PolicyVersionId,
    pub tally: Tally,
    /// Decisions that came out otherwise, with the moment decided about.
    pub changes: Vec<(EventId, Timestamp, Change)>,
    /// What the version decided itself.
    pub trial: Trial,
}

/// All of it, for one version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// Nothing when it never ran beside a live version.
    pub since: Option<Timestamp>,
    pub tally: Tally,
    pub trial: Trial,
    /// The newest first.
    pub cases: Vec<CaseDiff>,
}

impl Store {
    pub async fn policy_beside(
        &self,
        organization: OrganizationId,
        version: PolicyVersionId,
    ) -> Result<Beside, StoreError> {
        let sql = "SELECT since, tally, trial FROM policy_beside WHERE organization_id = $1 AND version_id = $2";
        let found = query(&self.read, DOING, sql, [organization.0.into(), version.0.into()]).await?;
        let Some(row) = found.first() else { return Ok(Beside::default()) };
        let sql = "SELECT case_id, event_id, at, difference FROM policy_differences \
                   WHERE organization_id = $1 AND version_id = $2 ORDER BY id DESC LIMIT $3";
        let values: [Value; 3] = [organization.0.into(), version.0.into(), (KEPT as i64).into()];
        let differences = query(&self.read, DOING, sql, values).await?;
        Ok(Beside {
            since: Some(time(get(row, "since")?)),
            tally: from_json("a comparison", &get::<String>(row, "tally")?)?,
            trial: from_json("a comparison", &get::<String>(row, "trial")?)?,
            cases: self.with_cases(&differences).await?,
        })
    }

    async fn with_cases(&self, differences: &[QueryResult]) -> Result<Vec<CaseDiff>, StoreError> {
        let ids = |column| differences.iter().map(|row| get(row, column)).collect::<Result<Vec<Uuid>, _>>();
        let sql = "SELECT id, number, subject, status, closed_reason FROM cases WHERE id IN {}";
        let mut cases: HashMap<Uuid, QueryResult> = HashMap::new();
        for row in query_in(&self.read, DOING, sql, &ids("case_id")?).await? {
            cases.insert(get(&row, "id")?, row);
        }
        let sql = "SELECT * FROM events WHERE id IN {}";
        let events: Vec<event::Model> = rows_in(&self.read, DOING, sql, &ids("event_id")?).await?;
        let events: HashMap<Uuid, event::Model> = events.into_iter().map(|row| (row.id, row)).collect();
        let mut all = Vec::with_capacity(differences.len());
        for row in differences {
            let (case, event): (Uuid, Uuid) = (get(row, "case_id")?, get(row, "event_id")?);
            let (Some(found), Some(event)) = (cases.get(&case), events.get(&event)) else { continue };
            let status: String = get(found, "status")?;
            let case = CaseRef {
                id: CaseId(case),
                number: get(found, "number")?,
                subject: get(found, "subject")?,
                status: crate::codec::word("the status of a case", &status, Status::parse)?,
                closed_reason: get(found, "closed_reason")?,
            };
            let change = from_json("a difference", &get::<String>(row, "difference")?)?;
            all.push(CaseDiff { case, event: event.clone().event()?, change });
        }
        Ok(all)
    }
}

/// Begins to count what a version comes to that was in this state: from nothing, unless it ran beside the live one already.
/// What it decided itself is counted from nothing in any case.
pub(super) async fn begin(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    version: PolicyVersionId,
    was: State,
    now: Timestamp,
) -> Result<(), StoreError> {
    let trial = json(&Trial::default());
    if was.is_beside() {
        let sql = "UPDATE policy_beside SET trial = $2 WHERE version_id = $1";
        execute(db, DOING, sql, [version.0.into(), trial.into()]).await?;
        return Ok(());
    }
    let sql = "INSERT INTO policy_beside (version_id, organization_id, since, tally, trial) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (version_id) DO UPDATE SET since = excluded.since, tally = excluded.tally, \
               trial = excluded.trial";
    let tally = json(&Tally::default());
    let values: [Value; 5] = [version.0.into(), organization.0.into(), micros(now).into(), tally.into(), trial.into()];
    execute(db, DOING, sql, values).await?;
    execute(db, DOING, "DELETE FROM policy_differences WHERE version_id = $1", [version.0.into()]).await?;
    Ok(())
}

/// Adds what these commits compared; the audit entries of what follows from it.
pub(crate) async fn record(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
    now: Timestamp,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut entries = Vec::new();
    let mut by_version: BTreeMap<PolicyVersionId, Vec<(CaseId, &Compared)>> = BTreeMap::new();
    for commit in commits {
        if let Some(compared) = &commit.beside {
            by_version.entry(compared.version).or_default().push((commit.case.id, compared));
        }
    }
    for (version, compared) in by_version {
        if let Some(trial) = add(db, organization, version, &compared).await? {
            keep_differences(db, organization, version, &compared).await?;
            let decided_now = compared.iter().any(|(_, compared)| compared.trial.decided > 0);
            if let Some(reason) = trial.verdict().filter(|_| decided_now) {
                entries.extend(stop(db, organization, version, reason, now).await?);
            }
        }
    }
    Ok(entries)
}

/// The sum of what it decided itself; nothing when it runs beside no live version any more.
async fn add(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    version: PolicyVersionId,
    compared: &[(CaseId, &Compared)],
) -> Result<Option<Trial>, StoreError> {
    let sql = format!(
        "SELECT tally, trial FROM policy_beside WHERE organization_id = $1 AND version_id = $2 AND EXISTS (SELECT 1 \
         FROM policy_versions v WHERE v.id = version_id AND v.state IN ('shadow', 'canary')){}",
        for_update(db)
    );
    let found = query(db, DOING, &sql, [organization.0.into(), version.0.into()]).await?;
    let Some(row) = found.first() else { return Ok(None) };
    let mut tally: Tally = from_json("a comparison", &get::<String>(row, "tally")?)?;
    let mut trial: Trial = from_json("a comparison", &get::<String>(row, "trial")?)?;
    for (_, compared) in compared {
        tally.sum(&compared.tally);
        trial.add(&compared.trial);
    }
    let sql = "UPDATE policy_beside SET tally = $2, trial = $3 WHERE version_id = $1";
    execute(db, DOING, sql, [version.0.into(), json(&tally).into(), json(&trial).into()]).await?;
    Ok(Some(trial))
}

async fn keep_differences(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    version: PolicyVersionId,
    compared: &[(CaseId, &Compared)],
) -> Result<(), StoreError> {
    let all: Vec<_> = compared.iter().flat_map(|(case, one)| one.changes.iter().map(move |d| (case, d))).collect();
    if all.is_empty() {
        return Ok(());
    }
    let columns = "id, organization_id, version_id, case_id, event_id, at, difference";
    let mut rows = Rows::insert("policy_differences", columns, "");
    for (case, (event, at, change)) in &all[all.len().saturating_sub(KEPT)..] {
        rows.push([
            Uuid::now_v7().into(),
            organization.0.into(),
            version.0.into(),
            case.0.into(),
            event.0.into(),
            micros(*at).into(),
            json(change).into(),
        ]);
    }
    rows.write(db, DOING).await?;
    let sql = "DELETE FROM policy_differences WHERE version_id = $1 AND id NOT IN (SELECT id FROM policy_differences \
               WHERE version_id = $1 ORDER BY id DESC LIMIT $2)";
    execute(db, DOING, sql, [version.0.into(), (KEPT as i64).into()]).await?;
    Ok(())
}

/// A canary that is none any more decides nothing, so there is nothing to stop.
async fn stop(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    version: PolicyVersionId,
    reason: String,
    now: Timestamp,
) -> Result<Option<AuditEntry>, StoreError> {
    let sql = "UPDATE policy_versions SET state = 'shadow', canary_percent = NULL, canary_stopped = $3 \
               WHERE organization_id = $1 AND id = $2 AND state = 'canary'";
    let stopped = json(&Stopped { at: now, reason: reason.clone() });
    let changed = execute(db, DOING, sql, [organization.0.into(), version.0.into(), stopped.into()]).await?;
    let detail = json!({ "reason": reason });
    Ok((changed > 0).then(|| entry(&Actor::System, now, "policy.canary_stop", subject(version), detail)))
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(failed)
}
