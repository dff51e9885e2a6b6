//! The bundle that is being edited.

use crate::{
    Draft, StoreError,
    codec::{from_json, time},
};
use comity_domain::UserId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    pub files: String,
    pub revision: i64,
    pub updated_at: i64,
    pub updated_by: Option<Uuid>,
    pub writers: String,
    pub begun_on: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn draft(self) -> Result<Draft, StoreError> {
        Ok(Draft {
            files: from_json("a draft", &self.files)?,
            revision: self.revision,
            updated_at: time(self.updated_at),
            updated_by: self.updated_by.map(UserId),
        })
    }
}
