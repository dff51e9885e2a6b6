//! A due time that will become an event.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "timers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: i64,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub article: String,
    pub party: String,
    pub due_at: i64,
    pub fire_at: i64,
    pub fired_at: Option<i64>,
    /// That of the case, the highest number first.
    pub priority: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
