//! Figures over the ledger, straight from what was posted.

use crate::{
    Store, StoreError,
    codec::{micros, party},
    sql::query,
};
use comity_domain::{OrganizationId, Party, Timestamp};
use jiff::SignedDuration;
use sea_orm::QueryResult;

/// How soon one company answered the cases in which a consumer wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswers {
    pub company: Option<String>,
    pub cases: u64,
    pub answered: u64,
    pub answered_within: u64,
}

/// What became of one article's obligations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleFigures {
    pub article: String,
    pub party: Party,
    /// Met in time.
    pub kept: u64,
    /// Fell due before they were met.
    pub broken: u64,
    /// Of those, the ones that are still owed.
    pub late: u64,
    pub waived: u64,
    /// Ended with their case before they were due.
    pub cancelled: u64,
    /// Not due yet.
    pub running: u64,
}

/// How long people waited for a first answer: of those who asked, and of the answers the time at each rank that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstAnswerTimes {
    pub asked: u64,
    pub answered: u64,
    pub percentiles: Vec<Option<SignedDuration>>,
}

impl Store {
    /// What came to an end after `since` and up to `now`, and what is open, by article and side.
    pub async fn promise_figures(
        &self,
        organization: OrganizationId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<ArticleFigures>, StoreError> {
        let doing = "count promises";
        let sql = "SELECT article, party, \
                   COUNT(CASE WHEN state = 'met' AND settled_at > $2 AND settled_at <= $3 THEN 1 END) AS kept, \
                   COUNT(CASE WHEN state = 'breached' AND due_at > $2 AND due_at <= $3 THEN 1 END) AS broken, \
                   COUNT(CASE WHEN state = 'breached' AND settled_at IS NULL THEN 1 END) AS late, \
                   COUNT(CASE WHEN state = 'waived' AND settled_at > $2 AND settled_at <= $3 THEN 1 END) AS waived, \
                   COUNT(CASE WHEN state = 'cancelled' AND settled_at > $2 AND settled_at <= $3 THEN 1 END) AS cancelled, \
                   COUNT(CASE WHEN state IN ('running', 'paused') THEN 1 END) AS running \
                   FROM obligations WHERE organization_id = $1 GROUP BY article, party ORDER BY article, party";
        let values = [organization.0.into(), micros(since).into(), micros(now).into()];
        let found = query(&self.read, doing, sql, values).await?;
        let failed = |source| StoreError::Database { doing, source };
        let read = |row: &QueryResult| -> Result<ArticleFigures, StoreError> {
            let count = |column| row.try_get::<i64>("", column).map(i64::unsigned_abs).map_err(failed);
            Ok(ArticleFigures {
                article: row.try_get("", "article").map_err(failed)?,
                party: party(&row.try_get::<String>("", "party").map_err(failed)?)?,
                kept: count("kept")?,
                broken: count("broken")?,
                late: count("late")?,
                waived: count("waived")?,
                cancelled: count("cancelled")?,
                running: count("running")?,
            })
        };
        found.iter().map(read).collect()
    }

    /// Of cases in which somebody first asked after `since` and up to `now`; merged ones count as the one they became. A
    /// percentile is the time of the answer at its nearest rank, so it is one that somebody really waited.
    pub async fn first_answer_times(
        &self,
        organization: OrganizationId,
        since: Timestamp,
        now: Timestamp,
        percentiles: &[u32],
    ) -> Result<FirstAnswerTimes, StoreError> {
        const OF: &str =
            "FROM cases WHERE organization_id = $1 AND merged_into IS NULL AND asked_at > $2 AND asked_at <= $3";
        let doing = "count first answers";
        let values = || [organization.0.into(), micros(since).into(), micros(now).into()];
        let failed = |source| StoreError::Database { doing, source };
        let sql = format!("SELECT COUNT(*) AS asked, COUNT(answered_at) AS answered {OF}");
        let found = query(&self.read, doing, &sql, values()).await?;
        let count = |column| match found.first() {
            Some(row) => row.try_get::<i64>("", column).map(i64::unsigned_abs).map_err(failed),
            None => Ok(0),
        };
        let (asked, answered) = (count("asked")?, count("answered")?);
        let mut times = Vec::with_capacity(percentiles.len());
        for percent in percentiles {
            let rank = (answered * u64::from(*percent)).div_ceil(100).saturating_sub(1);
            let sql = format!(
                "SELECT answered_at - asked_at AS waited {OF} AND answered_at IS NOT NULL ORDER BY 1 LIMIT 1 OFFSET {rank}"
            );
            let found = query(&self.read, doing, &sql, values()).await?;
            let waited = found.first().map(|row| row.try_get::<i64>("", "waited")).transpose().map_err(failed)?;
            times.push(waited.map(SignedDuration::from_micros));
        }
        Ok(FirstAnswerTimes { asked, answered, percentiles: times })
    }

    /// Merged cases count as the one they became.
    pub async fn first_answers(
        &self,
        organization: OrganizationId,
        within: SignedDuration,
    ) -> Result<Vec<FirstAnswers>, StoreError> {
        let doing = "count first answers";
        let sql = "SELECT company, COUNT(*) AS cases, COUNT(answered_at) AS answered, \
                   COUNT(CASE WHEN answered_at - asked_at <= $2 THEN 1 END) AS answered_within FROM cases \
                   WHERE organization_id = $1 AND asked_at IS NOT NULL AND merged_into IS NULL \
                   GROUP BY company ORDER BY company";
        let within = i64::try_from(within.as_micros()).unwrap_or(i64::MAX);
        let found = query(&self.read, doing, sql, [organization.0.into(), within.into()]).await?;
        let read = |row: &QueryResult| -> Result<FirstAnswers, sea_orm::DbErr> {
            let count = |column| row.try_get::<i64>("", column).map(i64::unsigned_abs);
            Ok(FirstAnswers {
                company: row.try_get("", "company")?,
                cases: count("cases")?,
                answered: count("answered")?,
                answered_within: count("answered_within")?,
            })
        };
        let failed = |source| StoreError::Database { doing, source };
        found.iter().map(|row| read(row).map_err(failed)).collect()
    }
}
