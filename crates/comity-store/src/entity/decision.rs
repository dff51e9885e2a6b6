//! A decision, whole, as JSON.

use crate::{StoreError, codec::from_json};
use comity_domain::{CaseId, decision::Decision};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub event_id: Uuid,
    pub decided_at: i64,
    pub data: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn decision(self) -> Result<Decision, StoreError> {
        let decision: Decision = from_json("a decision", &self.data)?;
        // The case it was made for may have been merged into another since.
        Ok(Decision { case: CaseId(self.case_id), ..decision })
    }
}
