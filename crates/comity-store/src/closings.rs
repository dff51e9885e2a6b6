//! How cases ended: each time that one was closed, why, under which version, and whether it was opened again.

use crate::{
    CaseCommit, Store, StoreError,
    codec::micros,
    sql::{Rows, execute, query},
};
use comity_domain::{
    OrganizationId, Timestamp,
    case::{Case, Status},
    ledger::Move,
};
use jiff::SignedDuration;
use sea_orm::{ConnectionTrait, QueryResult, Value};

const DOING: &str = "count how cases ended";

/// Cases that ended for one reason under one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonFigures {
    /// Content hash; empty where that was not recorded.
    pub policy_version: String,
    /// Of the version, when it is one of ours.
    pub number: Option<i64>,
    pub reason: String,
    pub closed: u64,
    /// Of those, the ones that were opened again.
    pub reopened: u64,
}

/// How cases ended in a while.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutcomeFigures {
    pub reasons: Vec<ReasonFigures>,
    /// From when a case was opened to when it was closed for good, at each rank that was asked for.
    pub percentiles: Vec<Option<SignedDuration>>,
}

impl Store {
    /// Of what was closed after `since` and up to `now`. A percentile is the time at its nearest rank, so that it is one that a
    /// case really took; what was opened again took longer and is not among them.
    pub async fn outcome_figures(
        &self,
        organization: OrganizationId,
        since: Timestamp,
        now: Timestamp,
        percentiles: &[u32],
    ) -> Result<OutcomeFigures, StoreError> {
        const OF: &str = "FROM closings JOIN cases ON cases.id = case_id WHERE closings.organization_id = $1 \
                          AND closings.at > $2 AND closings.at <= $3";
        let values = || [organization.0.into(), micros(since).into(), micros(now).into()];
        let failed = |source| StoreError::Database { doing: DOING, source };
        let sql = format!(
            "SELECT closings.policy_version AS version, reason, COUNT(*) AS closed, COUNT(reopened_at) AS reopened, \
             (SELECT MAX(number) FROM policy_versions WHERE policy_versions.organization_id = $1 \
             AND policy_versions.hash = closings.policy_version) AS number {OF} \
             GROUP BY closings.policy_version, reason ORDER BY closed DESC, reason, version"
        );
        let read = |row: &QueryResult| -> Result<ReasonFigures, sea_orm::DbErr> {
            let count = |column| row.try_get::<i64>("", column).map(i64::unsigned_abs);
            Ok(ReasonFigures {
                policy_version: row.try_get("", "version")?,
                number: row.try_get("", "number")?,
                reason: row.try_get("", "reason")?,
                closed: count("closed")?,
                reopened: count("reopened")?,
            })
        };
        let found = query(&self.read, DOING, &sql, values()).await?;
        let reasons = found.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let stayed: u64 = reasons.iter().map(|one| one.closed - one.reopened).sum();
        let mut times = Vec::with_capacity(percentiles.len());
        for percent in percentiles {
            let rank = (stayed * u64::from(*percent)).div_ceil(100).saturating_sub(1);
            let sql = format!(
                "SELECT closings.at - cases.opened_at AS took {OF} AND reopened_at IS NULL ORDER BY 1 LIMIT 1 OFFSET {rank}"
            );
            let found = query(&self.read, DOING, &sql, values()).await?;
            let took = found.first().map(|row| row.try_get::<i64>("", "took")).transpose().map_err(failed)?;
            times.push(took.map(SignedDuration::from_micros));
        }
        Ok(OutcomeFigures { reasons, percentiles: times })
    }
}

/// Writes what the commits say of closing and opening again.
pub async fn write(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<(), StoreError> {
    let mut closings = Rows::insert(
        "closings",
        "case_id, at, organization_id, reason, policy_version",
        // One that was written before keeps the version it was written under.
        "ON CONFLICT (case_id, at) DO NOTHING",
    );
    for CaseCommit { case, policy_version, .. } in commits {
        let Some(closed_at) = last(case, &Move::Close) else { continue };
        let is_closed = case.status == Status::Closed;
        if let Some(reopened_at) = last(case, &Move::Reopen) {
            let sql = "UPDATE closings SET reopened_at = $2 WHERE case_id = $1 AND reopened_at IS NULL AND at <= $2 \
                       AND (at < $3 OR $4)";
            let values: [Value; 4] =
                [case.id.0.into(), micros(reopened_at).into(), micros(closed_at).into(), (!is_closed).into()];
            execute(db, DOING, sql, values).await?;
        }
        if is_closed {
            closings.push([
                case.id.0.into(),
                micros(closed_at).into(),
                organization.0.into(),
                case.closed_reason.clone().unwrap_or_default().into(),
                policy_version.as_str().into(),
            ]);
        }
    }
    closings.write(db, DOING).await?;
    Ok(())
}

fn last(case: &Case, what: &Move) -> Option<Timestamp> {
    case.moments.iter().filter(|moment| moment.what == *what).map(|moment| moment.at).max()
}
