//! A token for programs.

use crate::{
    ApiToken, StoreError,
    codec::{from_json, time},
};
use comity_domain::{OrganizationId, TokenId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub name: String,
    pub roles: String,
    pub token_hash: Vec<u8>,
    pub created_by: Uuid,
    pub created_at: i64,
    pub last_used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn token(self) -> Result<ApiToken, StoreError> {
        Ok(ApiToken {
            id: TokenId(self.id),
            organization: OrganizationId(self.organization_id),
            name: self.name,
            roles: from_json("roles", &self.roles)?,
            token_hash: self.token_hash,
            created_by: UserId(self.created_by),
            created_at: time(self.created_at),
            last_used_at: self.last_used_at.map(time),
        })
    }
}
