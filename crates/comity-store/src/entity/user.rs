//! A person who signs in.

use crate::{
    StoreError, User,
    codec::{from_json, time},
};
use comity_domain::{OrganizationId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub name: String,
    pub email: String,
    pub email_key: String,
    pub roles: String,
    pub skills: String,
    pub teams: String,
    pub duties: String,
    pub notify: String,
    pub mailed_at: Option<i64>,
    pub is_active: bool,
    pub password_hash: String,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn user(self) -> Result<User, StoreError> {
        Ok(User {
            id: UserId(self.id),
            organization: OrganizationId(self.organization_id),
            name: self.name,
            email: self.email,
            roles: from_json("roles", &self.roles)?,
            skills: from_json("skills", &self.skills)?,
            teams: from_json("teams", &self.teams)?,
            duties: from_json("duties", &self.duties)?,
            notify: from_json("how somebody is told", &self.notify)?,
            is_active: self.is_active,
            created_at: time(self.created_at),
        })
    }
}
