//! Figures over the ledger, straight from what was posted.

use crate::{Store, StoreError, sql::query};
use comity_domain::OrganizationId;
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

impl Store {
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
