//! A published bundle.

use crate::{
    PolicyVersion, StoreError,
    codec::{from_json, time},
};
use comity_domain::{PolicyVersionId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub number: i64,
    pub hash: String,
    pub files: String,
    pub note: String,
    pub author_id: Option<Uuid>,
    pub published_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn version(self, live: Option<Uuid>) -> Result<PolicyVersion, StoreError> {
        Ok(PolicyVersion {
            id: PolicyVersionId(self.id),
            is_live: live == Some(self.id),
            hash: self.hash,
            number: self.number,
            files: from_json("a policy version", &self.files)?,
            note: self.note,
            author: self.author_id.map(UserId),
            published_at: time(self.published_at),
        })
    }
}
