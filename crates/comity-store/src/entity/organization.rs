//! The organization, and the case numbers it has given out.

use crate::{Organization, codec::time};
use comity_domain::OrganizationId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub key_prefix: String,
    pub is_set_up: bool,
    pub setup_token_hash: Option<Vec<u8>>,
    pub cases: i64,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Organization {
    fn from(row: Model) -> Self {
        Self {
            id: OrganizationId(row.id),
            name: row.name,
            key_prefix: row.key_prefix,
            created_at: time(row.created_at),
            is_set_up: row.is_set_up,
        }
    }
}
