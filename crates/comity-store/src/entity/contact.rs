//! A person on a platform.

use crate::codec::time;
use comity_domain::{ConnectionId, ContactId, post::Contact};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub connection_id: Uuid,
    pub external_id: String,
    pub handle: String,
    pub display_name: Option<String>,
    pub followers: Option<i64>,
    pub is_staff: bool,
    pub is_customer: Option<bool>,
    pub customer_since: Option<i64>,
    pub seen_at: i64,
    pub erased_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Contact {
    fn from(row: Model) -> Self {
        Self {
            id: ContactId(row.id),
            connection: ConnectionId(row.connection_id),
            external_id: row.external_id,
            handle: row.handle,
            display_name: row.display_name,
            followers: row.followers.and_then(|count| u64::try_from(count).ok()),
            is_staff: row.is_staff,
            is_customer: row.is_customer,
            customer_since: row.customer_since.map(time),
        }
    }
}
