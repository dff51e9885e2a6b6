//! Backtests: a policy over everything that was decided, with the facts as they were, next to the live version.
//!
//! A backtest is a row in the database that somebody works on: it outlives pages and processes, can be cancelled, and goes
//! on from its last checkpoint with the very sums it would have had. [`trial`] is the comparison itself, which the command
//! line runs too without leaving a row; [`work`] is the worker.

pub mod trial;
mod work;

pub use trial::Progress;
pub use work::run;

use crate::{App, AppError, changes::Change, policies::Files};
use comity_domain::{BacktestId, PolicyVersionId, Timestamp, UserId, audit::Actor, compare::CaseDiff};
use comity_store::{Backtest, DiffFilter, NewBacktest, Page, StartedBacktest};

/// What is tried.
pub enum Candidate {
    Files(Files),
    Version(PolicyVersionId),
}

/// Events that happened from and until then; all of them when nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl App {
    /// Begins a backtest against the live version.
    pub async fn start_backtest(&self, candidate: Candidate, span: Span, user: UserId) -> Result<Backtest, AppError> {
        check(span)?;
        let files = match candidate {
            Candidate::Files(files) => files,
            Candidate::Version(id) => self.policy_version(id).await?.files,
        };
        // One with errors is refused now and not when somebody comes back for the result.
        let policy = self.draft(files.clone()).await?;
        let hash = policy.version().to_owned();
        let version = self.store.policy_version_by_hash(self.organization, &hash).await?;
        let new = NewBacktest {
            version: version.map(|version| version.id),
            hash,
            files,
            against: self.live_policy()?.id,
            from: span.from,
            until: span.until,
            by: user,
        };
        match self.store.start_backtest(self.organization, new, self.clock.now()).await? {
            StartedBacktest::Busy(backtest) => Err(AppError::Busy { backtest }),
            StartedBacktest::Started(backtest) => {
                self.changes.tell(Change::Backtest { id: backtest.id });
                self.wake.backtest.notify_one();
                Ok(*backtest)
            }
        }
    }

    pub async fn backtest(&self, id: BacktestId) -> Result<Backtest, AppError> {
        let found = self.store.backtest(self.organization, id).await?;
        found.ok_or(AppError::NotFound { what: "backtest" })
    }

    /// The newest ones, newest first.
    pub async fn backtests(&self) -> Result<Vec<Backtest>, AppError> {
        Ok(self.store.backtests(self.organization).await?)
    }

    pub async fn cancel_backtest(&self, id: BacktestId, user: UserId) -> Result<Backtest, AppError> {
        let actor = Actor::User { user };
        let cancelled = self.store.cancel_backtest(self.organization, id, &actor, self.clock.now()).await?;
        self.changes.tell(Change::Backtest { id });
        Ok(cancelled)
    }

    /// Events that a backtest found to be decided differently.
    pub async fn backtest_cases(
        &self,
        id: BacktestId,
        filter: &DiffFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Page<CaseDiff>, AppError> {
        Ok(self.store.backtest_cases(self.organization, id, filter, after, limit).await?)
    }
}

fn check(span: Span) -> Result<(), AppError> {
    match span {
        Span { from: Some(from), until: Some(until) } if from >= until => {
            Err(AppError::invalid("/until", "the end has to be later than the beginning"))
        }
        _ => Ok(()),
    }
}
