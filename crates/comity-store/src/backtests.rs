//! Backtests: a policy tried over what was decided before.
//!
//! One runs at a time in an organization, which the database itself sees to. Whoever works on it holds a lease that every
//! checkpoint renews; when the lease is over, another process may go on from the last checkpoint. A checkpoint is one short
//! transaction: where the work is, the sums until there, and the differing events found since the one before, so that
//! nothing is counted or listed twice whoever goes on.

mod events;
mod work;

pub use events::{DiffFilter, FoundDiff};
pub use work::{Checkpoint, TakenBacktest};

use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{json, micros},
    entity::backtest,
    open::{commit, for_update},
    sql::{execute, query, rows},
};
use comity_domain::{BacktestId, OrganizationId, PolicyVersionId, Timestamp, UserId, audit::Actor, compare::Summary};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;
use std::collections::BTreeMap;

const DOING: &str = "keep backtests";
/// How many are listed; older ones keep their sums and lose the list of what is decided differently.
const NEWEST: i64 = 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    pub id: BacktestId,
    /// The version tried, when it is one.
    pub version: Option<PolicyVersionId>,
    /// Content hash of what is tried.
    pub hash: String,
    /// The version it is compared with.
    pub against: PolicyVersionId,
    pub range: Range,
    pub state: BacktestState,
    pub by: UserId,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// Decisions to look at, and how many have been.
    pub total: u64,
    pub done: u64,
    /// Decisions made differently that can be looked at one by one.
    pub listed: u64,
    /// Once it is done.
    pub summary: Option<Summary>,
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BacktestState {
    Running,
    Done,
    Cancelled,
    Failed,
}

/// Which decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// Of events that happened from then on.
    pub from: Option<Timestamp>,
    /// Of events that happened before.
    pub until: Option<Timestamp>,
    /// Made until then: what is decided while somebody looks is not looked at.
    pub decided_until: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewBacktest {
    pub version: Option<PolicyVersionId>,
    pub hash: String,
    pub files: BTreeMap<String, String>,
    pub against: PolicyVersionId,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub by: UserId,
}

/// What asking for one comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum StartedBacktest {
    Started(Box<Backtest>),
    /// This one is running.
    Busy(BacktestId),
}

impl BacktestState {
    pub const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Cancelled, Self::Failed];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Range {
    /// What holds for `decisions d` in the range, with its values from `$1` on.
    pub(crate) fn condition(&self, organization: OrganizationId) -> (String, Vec<Value>) {
        let mut sql = "d.organization_id = $1 AND d.decided_at <= $2".to_owned();
        let mut values: Vec<Value> = vec![organization.0.into(), micros(self.decided_until).into()];
        if self.from.is_some() || self.until.is_some() {
            let until = self.until.map_or(i64::MAX, micros);
            values.extend([self.from.map_or(i64::MIN, micros).into(), until.into()]);
            sql += " AND EXISTS (SELECT 1 FROM events e WHERE e.id = d.event_id AND e.at >= $3 AND e.at < $4)";
        }
        (sql, values)
    }
}

impl Store {
    /// Begins one, unless one is running.
    pub async fn start_backtest(
        &self,
        organization: OrganizationId,
        new: NewBacktest,
        now: Timestamp,
    ) -> Result<StartedBacktest, StoreError> {
        let range = Range { from: new.from, until: new.until, decided_until: now };
        // Counted before, because it takes a while and holds nothing up.
        let total = self.count_decisions(organization, &range).await?;
        let transaction = self.begin().await?;
        // So that of two who ask at once the second finds the first.
        let sql = format!("SELECT id FROM organizations WHERE id = $1{}", for_update(&transaction));
        query(&transaction, DOING, &sql, [organization.0.into()]).await?;
        if let Some(running) = running(&transaction, organization).await? {
            return Ok(StartedBacktest::Busy(BacktestId(running.id)));
        }
        let id = BacktestId::generate();
        let sql = "INSERT INTO backtests (id, organization_id, version_id, hash, files, against_id, from_at, until_at, \
                   state, started_by, started_at, total, done, listed, leased_until) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10, $11, 0, 0, 0)";
        let values: [Value; 11] = [
            id.0.into(),
            organization.0.into(),
            new.version.map(|version| version.0).into(),
            new.hash.as_str().into(),
            json(&new.files).into(),
            new.against.0.into(),
            new.from.map(micros).into(),
            new.until.map(micros).into(),
            new.by.0.into(),
            micros(now).into(),
            (total as i64).into(),
        ];
        execute(&transaction, DOING, sql, values).await?;
        forget_old_lists(&transaction, organization).await?;
        let detail = json!({ "hash": new.hash, "version": new.version, "events": total });
        let entry = entry(&Actor::User { user: new.by }, now, "policy.backtest", subject(id), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        self.backtest(organization, id).await?.map(Box::new).map(StartedBacktest::Started).ok_or(NOT_FOUND)
    }

    pub async fn backtest(&self, organization: OrganizationId, id: BacktestId) -> Result<Option<Backtest>, StoreError> {
        find(&self.read, organization, id).await?.map(backtest::Model::backtest).transpose()
    }

    /// The newest ones, newest first.
    pub async fn backtests(&self, organization: OrganizationId) -> Result<Vec<Backtest>, StoreError> {
        let sql = "SELECT * FROM backtests WHERE organization_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
        let found: Vec<backtest::Model> = rows(&self.read, DOING, sql, [organization.0.into(), NEWEST.into()]).await?;
        found.into_iter().map(backtest::Model::backtest).collect()
    }

    /// The newest finished one of this content against this version.
    pub async fn finished_backtest(
        &self,
        organization: OrganizationId,
        hash: &str,
        against: PolicyVersionId,
    ) -> Result<Option<Backtest>, StoreError> {
        let sql = "SELECT * FROM backtests WHERE organization_id = $1 AND hash = $2 AND against_id = $3 \
                   AND state = 'done' ORDER BY started_at DESC, id DESC LIMIT 1";
        let found: Vec<backtest::Model> =
            rows(&self.read, DOING, sql, [organization.0.into(), hash.into(), against.0.into()]).await?;
        found.into_iter().next().map(backtest::Model::backtest).transpose()
    }

    /// Ends one that runs; whoever works on it finds out at their next checkpoint.
    pub async fn cancel_backtest(
        &self,
        organization: OrganizationId,
        id: BacktestId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Backtest, StoreError> {
        let transaction = self.begin().await?;
        let found = find(&transaction, organization, id).await?.ok_or(NOT_FOUND)?;
        let sql = "UPDATE backtests SET state = 'cancelled', finished_at = $2, files = '{}', checkpoint = NULL \
                   WHERE id = $1 AND state = 'running'";
        if execute(&transaction, DOING, sql, [id.0.into(), micros(now).into()]).await? == 0 {
            let state = BacktestState::parse(&found.state).map_or("over", BacktestState::as_str);
            return Err(StoreError::NotRunning { state });
        }
        let detail = json!({ "done": found.done, "events": found.total });
        let entry = entry(actor, now, "policy.backtest_cancel", subject(id), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        self.backtest(organization, id).await?.ok_or(NOT_FOUND)
    }
}

const NOT_FOUND: StoreError = StoreError::NotFound { what: "backtest" };

fn subject(id: BacktestId) -> String {
    format!("backtest/{id}")
}

async fn find(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: BacktestId,
) -> Result<Option<backtest::Model>, StoreError> {
    let sql = "SELECT * FROM backtests WHERE organization_id = $1 AND id = $2";
    let found: Vec<backtest::Model> = rows(db, DOING, sql, [organization.0.into(), id.0.into()]).await?;
    Ok(found.into_iter().next())
}

async fn running(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<backtest::Model>, StoreError> {
    let sql = "SELECT * FROM backtests WHERE organization_id = $1 AND state = 'running'";
    let found: Vec<backtest::Model> = rows(db, DOING, sql, [organization.0.into()]).await?;
    Ok(found.into_iter().next())
}

async fn forget_old_lists(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<(), StoreError> {
    let old = "(SELECT id FROM backtests WHERE organization_id = $1 AND listed > 0 AND id NOT IN \
               (SELECT id FROM backtests WHERE organization_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2))";
    for table in ["backtest_marks", "backtest_events"] {
        let sql = format!("DELETE FROM {table} WHERE backtest_id IN {old}");
        execute(db, DOING, &sql, [organization.0.into(), NEWEST.into()]).await?;
    }
    let sql = format!("UPDATE backtests SET listed = 0 WHERE id IN {old}");
    execute(db, DOING, &sql, [organization.0.into(), NEWEST.into()]).await?;
    Ok(())
}
