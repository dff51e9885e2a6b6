//! One configured account of a connector.

use crate::{
    Connection, StoreError,
    codec::{from_json, time, word},
    connections::ConnectionStatus,
};
use comity_domain::{ConnectionId, OrganizationId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "connections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub connector: String,
    pub name: String,
    pub company: Option<String>,
    pub config: String,
    pub grants: String,
    pub secret_names: String,
    pub secrets: Option<Vec<u8>>,
    pub cursor: Option<String>,
    pub status: String,
    pub health: String,
    pub account: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn connection(self) -> Result<Connection, StoreError> {
        let what = "a connection";
        Ok(Connection {
            id: ConnectionId(self.id),
            organization: OrganizationId(self.organization_id),
            connector: self.connector,
            name: self.name,
            company: self.company,
            config: from_json(what, &self.config)?,
            grants: from_json(what, &self.grants)?,
            secret_names: from_json(what, &self.secret_names)?,
            secrets: self.secrets,
            cursor: self.cursor,
            status: word("a connection status", &self.status, ConnectionStatus::parse)?,
            health: from_json(what, &self.health)?,
            account: self.account.map(|account| from_json(what, &account)).transpose()?,
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
        })
    }
}
