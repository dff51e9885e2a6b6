//! What was done under quotas, one number for each window.
//!
//! A decision is made with the numbers as they were read, and committed only while they still leave room: of two nodes that
//! decide at once, the second decides again. A window that is over is of no use to anybody, so its numbers go.

use crate::{
    Store, StoreError,
    codec::{micros, time, word},
    decide::CaseCommit,
    open::for_update,
    sql::{Rows, execute, query},
};
use comity_domain::{
    OrganizationId, Timestamp,
    quota::{self, Count, Limited, Per, Used},
};
use jiff::SignedDuration;
use sea_orm::{ConnectionTrait, QueryResult, TryGetable, Value};
use std::collections::BTreeMap;

const DOING: &str = "count for quotas";
/// Longer than any window.
const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// A window of one quota: since when, of what, for how long.
type Window = (i64, String, &'static str);

/// The numbers that a transaction's decisions count on.
#[derive(Default)]
pub(crate) struct QuotaCounts {
    used: BTreeMap<Window, i64>,
}

impl Store {
    /// Everything counted in windows that began at or after this moment.
    pub async fn quota_counts(&self, organization: OrganizationId, since: Timestamp) -> Result<Used, StoreError> {
        let sql = "SELECT since, subject, per, used FROM quota_counts WHERE organization_id = $1 AND since >= $2";
        let found = query(&self.read, DOING, sql, [organization.0.into(), micros(since).into()]).await?;
        let mut counts = Vec::with_capacity(found.len());
        for row in &found {
            let (subject, per): (String, String) = (get(row, "subject")?, get(row, "per")?);
            // An effect that there is no more has no quota either.
            let Ok(of) = Limited::try_from(subject) else { continue };
            let per = word("a quota", &per, Per::parse)?;
            counts.push(Count { of, per, since: time(get(row, "since")?), used: get(row, "used")? });
        }
        Ok(Used(counts))
    }
}

impl QuotaCounts {
    /// Reads the numbers that these commits would change, and keeps others from changing them.
    pub async fn lock(
        db: &impl ConnectionTrait,
        organization: OrganizationId,
        commits: &[CaseCommit],
    ) -> Result<Self, StoreError> {
        let windows = commits.iter().flat_map(|commit| taken(commit).into_keys());
        let mut counts = Self { used: windows.map(|window| (window, 0)).collect() };
        let Some((oldest, ..)) = counts.used.keys().next().cloned() else { return Ok(counts) };
        // A row that is not there cannot be held.
        let columns = "organization_id, since, subject, per, used";
        let mut rows = Rows::insert("quota_counts", columns, "ON CONFLICT DO NOTHING");
        for (since, subject, per) in counts.used.keys() {
            let none: Value = 0_i64.into();
            rows.push([organization.0.into(), (*since).into(), subject.as_str().into(), (*per).into(), none]);
        }
        rows.write(db, DOING).await?;
        let sql = format!(
            "SELECT since, subject, per, used FROM quota_counts WHERE organization_id = $1 AND since >= $2 \
             ORDER BY since, subject, per{}",
            for_update(db)
        );
        for row in query(db, DOING, &sql, [organization.0.into(), oldest.into()]).await? {
            let per: String = get(&row, "per")?;
            let per = word("a quota", &per, Per::parse)?.as_str();
            if let Some(used) = counts.used.get_mut(&(get(&row, "since")?, get(&row, "subject")?, per)) {
                *used = get(&row, "used")?;
            }
        }
        Ok(counts)
    }

    /// Takes what a commit's decisions do, if there is room for all of it.
    pub fn take(&mut self, commit: &CaseCommit) -> bool {
        let taken = taken(commit);
        let used = |window: &Window| self.used.get(window).copied().unwrap_or(0);
        let fits = taken.iter().all(|(window, (count, most))| used(window) + count <= *most);
        if fits {
            for (window, (count, _)) in taken {
                *self.used.entry(window).or_default() += count;
            }
        }
        fits
    }

    pub async fn write(
        self,
        db: &impl ConnectionTrait,
        organization: OrganizationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.used.is_empty() {
            return Ok(());
        }
        for ((since, subject, per), used) in self.used {
            let sql = "UPDATE quota_counts SET used = $5 \
                       WHERE organization_id = $1 AND since = $2 AND subject = $3 AND per = $4";
            let values: [Value; 5] = [organization.0.into(), since.into(), subject.into(), per.into(), used.into()];
            execute(db, DOING, sql, values).await?;
        }
        let over = micros(now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN));
        let sql = "DELETE FROM quota_counts WHERE organization_id = $1 AND since < $2";
        execute(db, DOING, sql, [organization.0.into(), over.into()]).await?;
        Ok(())
    }
}

/// How many effects of a commit come under each quota, and how many its window may have.
fn taken(commit: &CaseCommit) -> BTreeMap<Window, (i64, i64)> {
    let mut windows: BTreeMap<Window, (i64, i64)> = BTreeMap::new();
    for decision in &commit.decisions {
        for count in quota::taken(decision) {
            let standing = decision.quotas.iter().find(|standing| standing.count.of == count.of);
            let most = standing.map_or(i64::MAX, |standing| i64::from(standing.most));
            let window = (micros(count.since), count.of.to_string(), count.per.as_str());
            windows.entry(window).or_insert((0, most)).0 += count.used;
        }
    }
    windows
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|source| StoreError::Database { doing: DOING, source })
}
