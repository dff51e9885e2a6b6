//! What a connection did, in lines.

use crate::{LogLevel, LogLine, codec::time};
use comity_domain::ConnectionId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "connection_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub connection_id: Uuid,
    pub at: i64,
    pub level: i64,
    pub message: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for LogLine {
    fn from(row: Model) -> Self {
        Self {
            connection: ConnectionId(row.connection_id),
            at: time(row.at),
            level: LogLevel::from_number(row.level),
            message: row.message,
        }
    }
}
