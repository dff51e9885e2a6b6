//! Figures over the ledger, straight from what was posted.

use crate::{Store, StoreError, codec::time, sql::query};
use comity_domain::{OrganizationId, Timestamp};

/// A case in which a consumer wrote, and when the company first answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    pub company: Option<String>,
    pub asked_at: Timestamp,
    pub answered_at: Option<Timestamp>,
}

impl Store {
    /// Of every case that a consumer wrote in; merged cases count as the one they became.
    pub async fn first_answers(&self, organization: OrganizationId) -> Result<Vec<FirstAnswer>, StoreError> {
        let doing = "count first answers";
        let failed = |source| StoreError::Database { doing, source };
        let sql = "SELECT company, asked_at, answered_at FROM cases \
                   WHERE organization_id = $1 AND asked_at IS NOT NULL AND merged_into IS NULL";
        let found = query(&self.read, doing, sql, [organization.0.into()]).await?;
        let answer = |row: &sea_orm::QueryResult| {
            Ok(FirstAnswer {
                company: row.try_get("", "company").map_err(failed)?,
                asked_at: time(row.try_get("", "asked_at").map_err(failed)?),
                answered_at: row.try_get::<Option<i64>>("", "answered_at").map_err(failed)?.map(time),
            })
        };
        found.iter().map(answer).collect()
    }
}
