//! Working on a backtest: taking it, writing down how far it is, and finishing it.

use super::{BacktestState, DOING, FoundDiff, events, running};
use crate::{
    Backtest, DecisionKey, Store, StoreError,
    codec::{json, micros},
    entity::backtest,
    open::{commit, for_update},
    sql::{execute, rows},
};
use comity_domain::{BacktestId, OrganizationId, Timestamp, compare::CaseTally};
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the work is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The decision looked at last.
    pub after: Option<DecisionKey>,
    pub tally: CaseTally,
    /// Differing events listed so far.
    pub listed: u64,
}

/// One that a worker holds.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenBacktest {
    pub backtest: Backtest,
    pub files: BTreeMap<String, String>,
    pub checkpoint: Checkpoint,
}

impl Store {
    /// Takes the running backtest over until `lease`, if there is one that nobody else holds.
    pub async fn take_backtest(
        &self,
        organization: OrganizationId,
        worker: &str,
        now: Timestamp,
        lease: Timestamp,
    ) -> Result<Option<TakenBacktest>, StoreError> {
        // Most of the time there is none, and asking takes no lock.
        if running(&self.read, organization).await?.is_none() {
            return Ok(None);
        }
        let transaction = self.begin().await?;
        let sql = format!(
            "SELECT * FROM backtests WHERE organization_id = $1 AND state = 'running' \
             AND (worker = $2 OR leased_until <= $3){}",
            for_update(&transaction)
        );
        let values: [Value; 3] = [organization.0.into(), worker.into(), micros(now).into()];
        let found: Vec<backtest::Model> = rows(&transaction, DOING, &sql, values).await?;
        let Some(row) = found.into_iter().next() else { return Ok(None) };
        let sql = "UPDATE backtests SET worker = $2, leased_until = $3 WHERE id = $1";
        execute(&transaction, DOING, sql, [row.id.into(), worker.into(), micros(lease).into()]).await?;
        commit(transaction).await?;
        row.taken().map(Some)
    }

    /// Writes down how far it is and what was found since, and holds it until `lease`. `false` when it is no longer this
    /// worker's: it was cancelled, or somebody else has taken it over. Nothing is written then.
    pub async fn checkpoint_backtest(
        &self,
        id: BacktestId,
        worker: &str,
        checkpoint: &Checkpoint,
        found: &[FoundDiff],
        lease: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE backtests SET checkpoint = $3, done = $4, listed = $5, leased_until = $6 \
                   WHERE id = $1 AND worker = $2 AND state = 'running'";
        let values: [Value; 6] = [
            id.0.into(),
            worker.into(),
            json(checkpoint).into(),
            (checkpoint.tally.events() as i64).into(),
            (checkpoint.listed as i64).into(),
            micros(lease).into(),
        ];
        if execute(&transaction, DOING, sql, values).await? == 0 {
            return Ok(false);
        }
        events::write(&transaction, id, found, checkpoint.listed).await?;
        commit(transaction).await?;
        Ok(true)
    }

    /// Ends it: with its sums when it has come to its end, with the reason when it cannot. `false` as for a checkpoint.
    pub async fn finish_backtest(
        &self,
        id: BacktestId,
        worker: &str,
        outcome: Result<&Checkpoint, &str>,
        found: &[FoundDiff],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let state = if outcome.is_ok() { BacktestState::Done } else { BacktestState::Failed };
        let sums = outcome.ok().map(|checkpoint| json(&checkpoint.tally.summary()));
        // What was done when it failed stays as the last checkpoint said.
        let done = outcome.ok().map(|checkpoint| checkpoint.tally.events() as i64);
        let listed = outcome.ok().map(|checkpoint| checkpoint.listed as i64);
        let sql = "UPDATE backtests SET state = $3, summary = $4, error = $5, finished_at = $6, files = '{}', \
                   checkpoint = NULL, done = COALESCE($7, done), listed = COALESCE($8, listed) \
                   WHERE id = $1 AND worker = $2 AND state = 'running'";
        let values: [Value; 8] = [
            id.0.into(),
            worker.into(),
            state.as_str().into(),
            sums.into(),
            outcome.err().into(),
            micros(now).into(),
            done.into(),
            listed.into(),
        ];
        if execute(&transaction, DOING, sql, values).await? == 0 {
            return Ok(false);
        }
        if let Ok(checkpoint) = outcome {
            events::write(&transaction, id, found, checkpoint.listed).await?;
        }
        commit(transaction).await?;
        Ok(true)
    }
}
