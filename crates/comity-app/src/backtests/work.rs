//! Working on the running backtest: takes its lease, tries part after part, writes down how far it is, finishes.
//!
//! Deciding comes first: while something waits to be decided, the worker rests after each part for as long as the part took.

use super::trial::Trial;
use crate::{App, AppError, changes::Change};
use comity_domain::{BacktestId, Timestamp};
use comity_policy::{Bundle, Policy};
use comity_store::{Checkpoint, FoundDiff, StoreError, TakenBacktest};
use jiff::SignedDuration;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// The longest rest after a part.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Works on backtests until told to stop.
pub async fn run(app: Arc<App>) {
    let scan = Duration::from_secs(app.config.backtest.scan_seconds);
    while !app.stop.is_cancelled() {
        match app.work_on_backtest().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a backtest was interrupted; it goes on from its last checkpoint"),
        }
        tokio::select! {
            () = app.wake.backtest.notified() => {}
            () = tokio::time::sleep(scan) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
    /// Works on the running backtest until it is over or the workers are to end; whether there was one to work on.
    pub async fn work_on_backtest(&self) -> Result<bool, AppError> {
        let now = self.clock.now();
        let taken = self.store.take_backtest(self.organization, &self.worker, now, self.lease(now)).await?;
        let Some(TakenBacktest { backtest, files, checkpoint }) = taken else { return Ok(false) };
        let id = backtest.id;
        let compiled = async {
            let candidate = self.compiled_files(files).await?;
            let against = self.policy_version(backtest.against).await?;
            Ok((candidate, self.compiled_files(against.files).await?))
        };
        let outcome = match compiled.await {
            Ok((candidate, against)) => {
                let most_listed = self.config.backtest.most_listed;
                let trial = Trial::new(candidate, against, backtest.range, checkpoint, most_listed);
                self.try_with_checkpoints(id, trial).await
            }
            Err(error) => Err(error),
        };
        match outcome {
            // The database may answer again; the backtest stays where it is until then.
            Err(AppError::Store(error @ StoreError::Database { .. })) => Err(error.into()),
            Err(error) => {
                let why = error.to_string();
                self.store.finish_backtest(id, &self.worker, Err(&why), &[], self.clock.now()).await?;
                self.changes.tell(Change::Backtest { id });
                Ok(true)
            }
            Ok(()) => Ok(true),
        }
    }

    async fn try_with_checkpoints(&self, id: BacktestId, mut trial: Trial) -> Result<(), AppError> {
        let between = Duration::from_millis(self.config.backtest.checkpoint_milliseconds);
        let mut pending: Vec<FoundDiff> = Vec::new();
        let mut written = Instant::now();
        loop {
            let began = Instant::now();
            let Some(found) = self.try_part(&mut trial).await? else { break };
            pending.extend(found);
            let ends = self.stop.is_cancelled();
            if ends || written.elapsed() >= between {
                let is_ours = self.write_down(id, &trial.checkpoint, &pending, ends).await?;
                if ends || !is_ours {
                    return Ok(());
                }
                pending.clear();
                written = Instant::now();
            }
            if self.store.anything_undecided(self.organization).await? {
                tokio::time::sleep(began.elapsed().min(LONGEST_REST)).await;
            }
        }
        let now = self.clock.now();
        self.store.finish_backtest(id, &self.worker, Ok(&trial.checkpoint), &pending, now).await?;
        self.changes.tell(Change::Backtest { id });
        Ok(())
    }

    /// Whether it is still ours. When the workers end, whoever comes next may go on at once.
    async fn write_down(
        &self,
        id: BacktestId,
        checkpoint: &Checkpoint,
        found: &[FoundDiff],
        ends: bool,
    ) -> Result<bool, AppError> {
        let now = self.clock.now();
        let lease = if ends { now } else { self.lease(now) };
        let is_ours = self.store.checkpoint_backtest(id, &self.worker, checkpoint, found, lease).await?;
        self.changes.tell(Change::Backtest { id });
        Ok(is_ours)
    }

    fn lease(&self, now: Timestamp) -> Timestamp {
        let seconds = SignedDuration::from_secs(self.config.backtest.lease_seconds.cast_signed());
        now.saturating_add(seconds).unwrap_or(now)
    }

    /// Not kept with the drafts: what people write now is asked for more often.
    async fn compiled_files(&self, files: crate::policies::Files) -> Result<Arc<Policy>, AppError> {
        let policy = self.blocking(move || Policy::compile(&Bundle { files })).await?;
        policy.map(Arc::new).map_err(|diagnostics| AppError::PolicyRejected { diagnostics })
    }
}
