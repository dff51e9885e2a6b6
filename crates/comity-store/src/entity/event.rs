//! What happened to a case, and whether it waits for a decision.

use crate::{
    StoreError,
    codec::{from_json, time},
};
use comity_domain::{CaseId, EventId, event::Event};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub at: i64,
    pub received_at: i64,
    pub kind: String,
    pub post_id: Option<Uuid>,
    pub pending: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn event(self) -> Result<Event, StoreError> {
        Ok(Event {
            id: EventId(self.id),
            case: CaseId(self.case_id),
            at: time(self.at),
            received_at: time(self.received_at),
            kind: from_json("an event", &self.kind)?,
        })
    }
}
