//! How well each article is kept, straight from the ledger.

use crate::{Store, StoreError, codec::micros, sql::query};
use comity_domain::{
    OrganizationId, Timestamp,
    facts::PromiseFacts,
    promises::{Promises, WINDOW},
};
use sea_orm::{DbErr, QueryResult};
use std::collections::BTreeMap;

const DOING: &str = "count promises";

impl Store {
    /// What came to an end in the time before `now` that is looked at; an article of which nothing did is not there.
    pub async fn promises(&self, organization: OrganizationId, now: Timestamp) -> Result<Promises, StoreError> {
        // Each half goes along its own index.
        let sql = "SELECT article, CAST(SUM(kept) AS bigint) AS kept, CAST(SUM(broken) AS bigint) AS broken FROM (\
                   SELECT article, COUNT(*) AS kept, 0 AS broken FROM obligations WHERE organization_id = $1 \
                   AND state = 'met' AND settled_at > $2 AND settled_at <= $3 GROUP BY article \
                   UNION ALL \
                   SELECT article, 0 AS kept, COUNT(*) AS broken FROM obligations WHERE organization_id = $1 \
                   AND state = 'breached' AND due_at > $2 AND due_at <= $3 GROUP BY article\
                   ) AS ended GROUP BY article";
        let since = now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
        let values = [organization.0.into(), micros(since).into(), micros(now).into()];
        let rows = query(&self.read, DOING, sql, values).await?;
        let read = |row: &QueryResult| -> Result<(String, PromiseFacts), DbErr> {
            let (kept, broken) = (row.try_get("", "kept")?, row.try_get("", "broken")?);
            Ok((row.try_get("", "article")?, PromiseFacts { kept: Some(kept), broken: Some(broken) }))
        };
        let failed = |source| StoreError::Database { doing: DOING, source };
        let articles = rows.iter().map(|row| read(row).map_err(failed)).collect::<Result<BTreeMap<_, _>, _>>()?;
        Ok(Promises { at: now, articles })
    }
}
