//! A trial of a policy over what was decided before.

use crate::{
    Backtest, BacktestState, Checkpoint, Range, StoreError, TakenBacktest,
    codec::{from_json, time, word},
};
use comity_domain::{BacktestId, PolicyVersionId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backtests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub version_id: Option<Uuid>,
    pub hash: String,
    pub files: String,
    pub against_id: Uuid,
    pub from_at: Option<i64>,
    pub until_at: Option<i64>,
    pub state: String,
    pub started_by: Uuid,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub total: i64,
    pub done: i64,
    pub listed: i64,
    pub checkpoint: Option<String>,
    pub summary: Option<String>,
    pub error: Option<String>,
    pub worker: Option<String>,
    pub leased_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn backtest(self) -> Result<Backtest, StoreError> {
        let summary = self.summary.map(|text| from_json("the summary of a backtest", &text)).transpose()?;
        Ok(Backtest {
            id: BacktestId(self.id),
            version: self.version_id.map(PolicyVersionId),
            hash: self.hash,
            against: PolicyVersionId(self.against_id),
            range: Range {
                from: self.from_at.map(time),
                until: self.until_at.map(time),
                decided_until: time(self.started_at),
            },
            state: word("the state of a backtest", &self.state, BacktestState::parse)?,
            by: UserId(self.started_by),
            started_at: time(self.started_at),
            finished_at: self.finished_at.map(time),
            total: self.total.unsigned_abs(),
            done: self.done.unsigned_abs(),
            listed: self.listed.unsigned_abs(),
            summary,
            error: self.error,
        })
    }

    /// With what is needed to go on.
    pub fn taken(self) -> Result<TakenBacktest, StoreError> {
        let files = from_json("the files of a backtest", &self.files)?;
        let checkpoint: Option<Checkpoint> =
            self.checkpoint.as_deref().map(|text| from_json("the checkpoint of a backtest", text)).transpose()?;
        Ok(TakenBacktest { files, checkpoint: checkpoint.unwrap_or_default(), backtest: self.backtest()? })
    }
}
