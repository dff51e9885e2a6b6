//! How well each article is kept, and what is still promised, straight from the ledger.

use crate::{
    Store, StoreError,
    codec::{micros, time},
    sql::query,
};
use comity_domain::{
    CaseId, OrganizationId, Timestamp,
    facts::PromiseFacts,
    promises::{Promises, WINDOW},
};
use sea_orm::{DbErr, QueryResult, Value};
use std::collections::BTreeMap;

const DOING: &str = "count promises";

/// A promise that runs and is not late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPromise {
    pub case: CaseId,
    pub case_number: i64,
    pub article: String,
    pub started_at: Timestamp,
    /// What was promised first, and what that came to be by pauses.
    pub promised_at: Timestamp,
    pub due_at: Timestamp,
}

impl Store {
    /// How many promises of these articles run and are not late, and those of them that are due first.
    pub async fn open_promises(
        &self,
        organization: OrganizationId,
        articles: &[&str],
        now: Timestamp,
        most: u64,
    ) -> Result<(u64, Vec<OpenPromise>), StoreError> {
        if articles.is_empty() {
            return Ok((0, Vec::new()));
        }
        let doing = "look for open promises";
        let failed = |source| StoreError::Database { doing, source };
        let names: Vec<String> = (3..articles.len() + 3).map(|place| format!("${place}")).collect();
        // The armed timers are fewer than the obligations ever made, and in order.
        let open = format!(
            "FROM timers t JOIN obligations o ON o.id = t.subject JOIN cases c ON c.id = t.case_id \
             WHERE t.organization_id = $1 AND t.kind = 'due' AND t.fired_at IS NULL AND t.fire_at > $2 \
             AND o.state = 'running' AND o.due_at = t.generation AND t.article IN ({})",
            names.join(", ")
        );
        let mut values: Vec<Value> = vec![organization.0.into(), micros(now).into()];
        values.extend(articles.iter().map(|&article| Value::from(article)));
        let counted = query(&self.read, doing, &format!("SELECT COUNT(*) AS open {open}"), values.clone()).await?;
        let count: i64 = counted.first().map_or(Ok(0), |row| row.try_get("", "open")).map_err(failed)?;
        let sql = format!(
            "SELECT c.id, c.number, o.article, o.started_at, o.promised_at, o.due_at {open} \
             ORDER BY t.fire_at, t.subject LIMIT ${}",
            articles.len() + 3
        );
        values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let rows = query(&self.read, doing, &sql, values).await?;
        let read = |row: &QueryResult| -> Result<OpenPromise, DbErr> {
            Ok(OpenPromise {
                case: CaseId(row.try_get("", "id")?),
                case_number: row.try_get("", "number")?,
                article: row.try_get("", "article")?,
                started_at: time(row.try_get("", "started_at")?),
                promised_at: time(row.try_get("", "promised_at")?),
                due_at: time(row.try_get("", "due_at")?),
            })
        };
        let promises = rows.iter().map(|row| read(row).map_err(failed)).collect::<Result<_, _>>()?;
        Ok((count.cast_unsigned(), promises))
    }

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
