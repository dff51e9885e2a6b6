//! Backtests with the versions and people they name.

use super::{all, person};
use crate::dto;
use comity_app::{App, AppError, cases::People, values::Backtest};
use comity_domain::{
    PolicyVersionId,
    compare::{OutcomeDiff, Summary},
};
use std::collections::HashMap;

type Versions = HashMap<PolicyVersionId, dto::VersionName>;

pub async fn backtest(app: &App, backtest: Backtest) -> Result<dto::Backtest, AppError> {
    Ok(view(backtest, &versions(app).await?, &app.people().await?))
}

pub async fn backtests(app: &App, list: Vec<Backtest>) -> Result<Vec<dto::Backtest>, AppError> {
    let (versions, people) = (versions(app).await?, app.people().await?);
    Ok(list.into_iter().map(|backtest| view(backtest, &versions, &people)).collect())
}

async fn versions(app: &App) -> Result<Versions, AppError> {
    let named =
        app.policy_versions().await?.into_iter().map(|version| {
            (version.id, dto::VersionName { id: version.id.0, number: version.number, hash: version.hash })
        });
    Ok(named.collect())
}

fn view(backtest: Backtest, versions: &Versions, people: &People) -> dto::Backtest {
    let named = |id: PolicyVersionId| versions.get(&id).cloned();
    dto::Backtest {
        id: backtest.id.0,
        version: backtest.version.and_then(named),
        hash: backtest.hash,
        against: named(backtest.against),
        from: backtest.range.from,
        until: backtest.range.until,
        state: backtest.state.into(),
        done: backtest.done,
        total: backtest.total,
        started_at: backtest.started_at,
        finished_at: backtest.finished_at,
        by: person(backtest.by, people),
        error: backtest.error,
        summary: backtest.summary.map(Into::into),
        listed: backtest.listed,
    }
}

impl From<Summary> for dto::BacktestSummary {
    fn from(summary: Summary) -> Self {
        Self {
            events: summary.events,
            decided_differently: summary.decided_differently,
            cases_differently: summary.cases_differently,
            failed: summary.failed,
            by_effect: all(summary.by_effect),
            by_rule: all(summary.by_rule),
            by_outcome: all(summary.by_outcome),
        }
    }
}

impl From<OutcomeDiff> for dto::OutcomeDiff {
    fn from(diff: OutcomeDiff) -> Self {
        Self { outcome: diff.outcome, cases: diff.cases, different: diff.different }
    }
}
