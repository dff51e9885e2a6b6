//! A text that a post has had.

use crate::codec::time;
use comity_domain::{PostId, post::Revision};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub is_first: bool,
    pub at: i64,
    pub text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Revision {
    fn from(row: Model) -> Self {
        Self { post: PostId(row.post_id), revision: row.revision, at: time(row.at), text: row.text }
    }
}
