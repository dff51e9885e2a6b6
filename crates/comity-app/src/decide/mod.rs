//! Asks the policy about what happened and commits what it wants, many cases in one transaction.
//!
//! Read a snapshot, close the read, think without a transaction open, commit if the case is still as it was, else think
//! again. Events stay "undecided" in the database until the commit that decides them, so a crash at any moment loses nothing
//! and decides nothing twice.

mod beside;
pub mod plan;
mod surge;

use crate::{App, AppError, cases::PRIVATE_REPLIES, changes::Change, connections::Runtime, policies::Deciding};
use comity_domain::{
    Timestamp,
    quota::{Per, Used},
};
use comity_plugin_host::Capability;
use comity_store::{CaseCommit, CommitResult, Undecided};
use jiff::SignedDuration;
use plan::Waiting;
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
    time::Duration,
};

/// Decides until told to stop.
pub async fn run(app: Arc<App>) {
    let scan = Duration::from_secs(app.config.decide.scan_seconds);
    while !app.stop.is_cancelled() {
        match app.decide_waiting().await {
            Ok(0) => {
                tokio::select! {
                    () = app.wake.decide.notified() => {}
                    () = tokio::time::sleep(scan) => {}
                    () = app.stop.cancelled() => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "deciding failed; it is tried again");
                tokio::select! {
                    () = tokio::time::sleep(scan) => {}
                    () = app.stop.cancelled() => {}
                }
            }
        }
    }
}

impl App {
    /// Decides one batch of what waits; how many events that were.
    pub async fn decide_waiting(&self) -> Result<usize, AppError> {
        let undecided = self.store.undecided(self.organization, self.config.decide.batch).await?;
        let cases = undecided.len();
        if cases == 0 {
            return Ok(0);
        }
        let waiting = self.with_capabilities(undecided).await;
        match self.decide(waiting).await {
            Err(error) if cases > 1 => {
                tracing::error!(%error, "deciding together failed; the cases are decided one by one");
                self.decide_one_by_one().await
            }
            decided => decided,
        }
    }

    /// One case that cannot be decided must not keep the others.
    async fn decide_one_by_one(&self) -> Result<usize, AppError> {
        let undecided = self.store.undecided(self.organization, self.config.decide.batch).await?;
        let (mut decided, mut failed) = (0, None);
        for waiting in self.with_capabilities(undecided).await {
            let case = waiting.snapshot.case.id;
            match self.decide(vec![waiting]).await {
                Ok(count) => decided += count,
                Err(error) => {
                    tracing::error!(%case, %error, "a case cannot be decided");
                    failed = Some(error);
                }
            }
        }
        // With nothing done at all, it is not tried again at once.
        failed.filter(|_| decided == 0).map_or(Ok(decided), Err)
    }

    async fn decide(&self, waiting: Vec<Waiting>) -> Result<usize, AppError> {
        let deciding = self.deciding().await?;
        let now = self.clock.now();
        let waiting = self.with_counts(&deciding, waiting, now).await?;
        let settle = SignedDuration::from_secs(self.config.decide.settle_seconds.cast_signed());
        let used = self.used(&deciding, now).await?;
        let mut commits = self.blocking(move || plan_all(&deciding, waiting, used, now, settle)).await?;
        self.give_to_the_skilled(&mut commits, now).await?;
        let has_canary = commits.iter().any(|commit| commit.beside.as_ref().is_some_and(|one| one.trial.decided > 0));
        let decided = self.commit(commits, now).await?;
        if has_canary {
            // It may have been stopped by what was just decided.
            self.deciding().await?;
        }
        Ok(decided)
    }

    /// What was counted for the quotas of whatever decides, if it has any.
    async fn used(&self, deciding: &Deciding, now: Timestamp) -> Result<Used, AppError> {
        let canary = deciding.beside.as_ref().filter(|beside| beside.canary_percent.is_some());
        let policies = [Some(&deciding.live), canary.map(|beside| &beside.version)].into_iter().flatten();
        let windows = policies.flat_map(|live| {
            let calendar = live.policy.calendar();
            live.policy.quotas().0.values().map(move |quota| Per::window(quota.per, calendar, now))
        });
        match windows.min() {
            Some(oldest) => Ok(self.store.quota_counts(self.organization, oldest).await?),
            None => Ok(Used::default()),
        }
    }

    /// Decides everything that waits.
    pub async fn decide_all(&self) -> Result<usize, AppError> {
        let mut decided = 0;
        loop {
            match self.decide_waiting().await? {
                0 => return Ok(decided),
                count => decided += count,
            }
        }
    }

    async fn with_capabilities(&self, undecided: Vec<Undecided>) -> Vec<Waiting> {
        let mut can = HashMap::new();
        for connection in undecided.iter().map(|undecided| undecided.snapshot.case.connection) {
            if let Entry::Vacant(unknown) = can.entry(connection) {
                let runtime = self.runtime(connection).await;
                let has = |capability| runtime.as_ref().is_ok_and(|runtime| runtime.plugin.can(capability));
                let is_archive = has(Capability::Files) && !has(Capability::Source) && !has(Capability::Webhook);
                let offers =
                    |runtime: &Runtime| runtime.plugin.description().features.iter().any(|f| f == PRIVATE_REPLIES);
                let send_privately = has(Capability::Actions) && runtime.as_ref().is_ok_and(|runtime| offers(runtime));
                // A removed connection sends nothing.
                unknown.insert(Can { send: has(Capability::Actions), send_privately, is_archive });
            }
        }
        let waiting = |Undecided { snapshot, events, posts }| {
            let Can { send, send_privately, is_archive } =
                can.get(&snapshot.case.connection).copied().unwrap_or_default();
            Waiting { snapshot, events, posts, can_send: send, can_send_privately: send_privately, is_archive }
        };
        undecided.into_iter().map(waiting).collect()
    }

    async fn commit(&self, commits: Vec<CaseCommit>, now: Timestamp) -> Result<usize, AppError> {
        let decided: Vec<usize> = commits.iter().map(|commit| commit.decided.len()).collect();
        let escalates = commits.iter().any(|commit| !commit.flows.is_empty() || !commit.flows_ended.is_empty());
        let delivers = commits.iter().any(|commit| !commit.deliveries.is_empty());
        let changed: Vec<Change> = commits.iter().map(|commit| Change::case(&commit.case)).collect();
        let results = self.store.commit_decisions(self.organization, commits, now).await?;
        let mut done = 0;
        for ((result, change), events) in results.into_iter().zip(changed).zip(decided) {
            // A case that changed in between stays undecided and comes up again.
            if result == CommitResult::Done {
                done += events;
                self.changes.tell(change);
            }
        }
        metrics::counter!("comity_events_decided_total").increment(done as u64);
        self.wake.timers.notify_one();
        if escalates {
            self.wake.announce.notify_one();
            self.changes.tell(Change::Flows);
        }
        if delivers {
            self.wake.deliver.notify_one();
        }
        Ok(done.max(1))
    }
}

/// What a connection is good for.
#[derive(Clone, Copy, Default)]
struct Can {
    send: bool,
    send_privately: bool,
    is_archive: bool,
}

fn plan_all(
    deciding: &Deciding,
    waiting: Vec<Waiting>,
    mut used: Used,
    now: Timestamp,
    settle: SignedDuration,
) -> Vec<CaseCommit> {
    let plan = |waiting: Waiting| {
        let decides = deciding.of(waiting.snapshot.case.id);
        if deciding.beside.is_none() {
            return plan::plan(&decides.policy, waiting, &mut used, now, settle);
        }
        let before = beside::thought();
        let mut commit = plan::plan(&decides.policy, waiting, &mut used, now, settle);
        commit.beside = beside::compared(deciding, &commit, beside::thought().saturating_sub(before));
        commit
    };
    waiting.into_iter().map(plan).collect()
}
