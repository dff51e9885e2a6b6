//! An article at work in a case.

use crate::{
    StoreError,
    codec::{from_json, json, party, time, word},
};
use comity_domain::{
    CaseId, ObligationId, PostId,
    ledger::{Obligation, Pause, State},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "obligations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub article: String,
    pub party: String,
    pub state: String,
    pub started_at: i64,
    pub started_by: Option<Uuid>,
    pub promised_at: i64,
    pub due_at: i64,
    /// Nothing when there was none.
    pub pauses: Option<String>,
    pub settled_at: Option<i64>,
    pub settled_by: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// As the column holds them.
pub fn pauses(pauses: &[Pause]) -> Option<String> {
    (!pauses.is_empty()).then(|| json(&pauses))
}

impl Model {
    pub fn obligation(self) -> Result<Obligation, StoreError> {
        Ok(Obligation {
            id: ObligationId(self.id),
            case: CaseId(self.case_id),
            article: self.article,
            party: party(&self.party)?,
            state: word("a state of an obligation", &self.state, State::parse)?,
            started_at: time(self.started_at),
            started_by: self.started_by.map(PostId),
            promised_at: time(self.promised_at),
            due_at: time(self.due_at),
            pauses: self.pauses.map_or(Ok(Vec::new()), |pauses| from_json("pauses", &pauses))?,
            settled_at: self.settled_at.map(time),
            settled_by: self.settled_by.map(PostId),
        })
    }
}
