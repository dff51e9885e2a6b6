//! An escalation flow at work.

use crate::{
    StoreError,
    codec::{from_json, time, word},
};
use comity_domain::{
    CaseId, FlowRunId, UserId,
    flow::{Acknowledged, Ended, Ending, Place, Run},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "flow_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub flow: String,
    pub because: String,
    pub rule: String,
    pub steps: String,
    pub started_at: i64,
    pub round: i64,
    pub step: i64,
    pub told: i64,
    pub reached: i64,
    pub next_at: Option<i64>,
    pub acknowledged_at: Option<i64>,
    pub acknowledged_by: Option<Uuid>,
    pub ended_at: Option<i64>,
    pub ended_how: Option<String>,
    pub ended_note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn run(self) -> Result<Run, StoreError> {
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let ended = match (self.ended_at, self.ended_how) {
            (Some(at), Some(how)) => {
                let how = word("how a flow ended", &how, Ending::parse)?;
                Some(Ended { at: time(at), how, note: self.ended_note })
            }
            _ => None,
        };
        let acknowledged = self.acknowledged_at.zip(self.acknowledged_by);
        Ok(Run {
            id: FlowRunId(self.id),
            case: CaseId(self.case_id),
            flow: self.flow,
            because: self.because,
            rule: self.rule,
            steps: from_json("steps of a flow", &self.steps)?,
            started_at: time(self.started_at),
            place: Place {
                round: count(self.round),
                step: count(self.step),
                told: count(self.told),
                reached: count(self.reached),
            },
            next_at: self.next_at.map(time),
            acknowledged: acknowledged.map(|(at, by)| Acknowledged { at: time(at), by: UserId(by) }),
            ended,
        })
    }
}
