//! The events that a backtest found to be decided differently, to be looked at one by one.
//!
//! What is kept is what rules want, and never what anybody wrote: case and event are read anew each time, as they are by
//! then.

use super::{DOING, NOT_FOUND, find};
use crate::{
    Page, Store, StoreError,
    cases::page,
    codec::{from_json, json},
    sql::{Rows, query},
};
use comity_domain::{
    BacktestId, CaseId, EventId, OrganizationId,
    compare::{CaseDiff, Change},
};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable, Value};
use std::fmt::Write as _;
use uuid::Uuid;

const MOST: u64 = 200;

/// One found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundDiff {
    pub case: CaseId,
    pub event: EventId,
    /// How the case ended.
    pub outcome: String,
    pub change: Change,
}

/// Everything asked for has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffFilter {
    /// A rule that fires by one version and not by the other.
    pub rule: Option<String>,
    /// The name of an effect that either version wants.
    pub effect: Option<String>,
    /// How the case had ended when it was looked at.
    pub outcome: Option<String>,
}

impl FoundDiff {
    fn marks(&self) -> impl Iterator<Item = String> {
        let rules = self.change.rules.iter().chain(&self.change.rules_gone).map(|rule| rule_mark(rule));
        let effects = self.change.effects().into_iter().map(effect_mark);
        rules.chain(effects).chain([outcome_mark(&self.outcome)])
    }
}

fn rule_mark(rule: &str) -> String {
    format!("rule:{rule}")
}

fn effect_mark(effect: &str) -> String {
    format!("effect:{effect}")
}

fn outcome_mark(outcome: &str) -> String {
    format!("outcome:{outcome}")
}

/// Adds what was found; `listed` counts all that there are with these.
pub(super) async fn write(
    db: &impl ConnectionTrait,
    id: BacktestId,
    found: &[FoundDiff],
    listed: u64,
) -> Result<(), StoreError> {
    let mut events = Rows::insert("backtest_events", "backtest_id, number, case_id, event_id, data", "");
    let mut marks = Rows::insert("backtest_marks", "backtest_id, mark, number", "ON CONFLICT DO NOTHING");
    let first = listed as i64 - found.len() as i64 + 1;
    for (number, diff) in (first..).zip(found) {
        events.push([id.0.into(), number.into(), diff.case.0.into(), diff.event.0.into(), json(&diff.change).into()]);
        for mark in diff.marks() {
            marks.push([id.0.into(), mark.into(), number.into()]);
        }
    }
    events.write(db, DOING).await?;
    marks.write(db, DOING).await?;
    Ok(())
}

impl Store {
    /// In the order in which they were found, the newest cases first.
    pub async fn backtest_cases(
        &self,
        organization: OrganizationId,
        id: BacktestId,
        filter: &DiffFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Page<CaseDiff>, StoreError> {
        find(&self.read, organization, id).await?.ok_or(NOT_FOUND)?;
        let limit = limit.clamp(1, MOST);
        let after: i64 = after.and_then(|after| after.parse().ok()).unwrap_or(0);
        let mut sql = "SELECT * FROM backtest_events b WHERE backtest_id = $1 AND number > $2".to_owned();
        let mut values: Vec<Value> = vec![id.0.into(), after.into()];
        let DiffFilter { rule, effect, outcome } = filter;
        let marks =
            [rule.as_deref().map(rule_mark), effect.as_deref().map(effect_mark), outcome.as_deref().map(outcome_mark)];
        for mark in marks.into_iter().flatten() {
            values.push(mark.into());
            // Writing to a string cannot fail.
            let _ = write!(
                sql,
                " AND EXISTS (SELECT 1 FROM backtest_marks m WHERE m.backtest_id = $1 AND m.mark = ${} \
                 AND m.number = b.number)",
                values.len()
            );
        }
        values.push((limit as i64 + 1).into());
        let _ = write!(sql, " ORDER BY number LIMIT ${}", values.len());
        let found = query(&self.read, DOING, &sql, values).await?;
        let kept: Result<Vec<Kept>, StoreError> = found.iter().map(Kept::read).collect();
        let Page { items, next_cursor } = page(kept?, limit, |kept| kept.number.to_string());
        let items = items.into_iter().map(|kept| (kept.case, kept.event, kept.change)).collect();
        Ok(Page { items: self.case_diffs(organization, items).await?, next_cursor })
    }
}

struct Kept {
    number: i64,
    case: CaseId,
    event: EventId,
    change: Change,
}

impl Kept {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        Ok(Self {
            number: get(row, "number")?,
            case: CaseId(get::<Uuid>(row, "case_id")?),
            event: EventId(get::<Uuid>(row, "event_id")?),
            change: from_json("a differing event", &get::<String>(row, "data")?)?,
        })
    }
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|source| StoreError::Database { doing: DOING, source })
}
