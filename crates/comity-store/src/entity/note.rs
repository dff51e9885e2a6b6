//! What agents tell each other about a case.

use crate::{Note, codec::time};
use comity_domain::{CaseId, NoteId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub at: i64,
    pub author_id: Uuid,
    pub text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Note {
    fn from(row: Model) -> Self {
        Self {
            id: NoteId(row.id),
            case: CaseId(row.case_id),
            at: time(row.at),
            author: UserId(row.author_id),
            text: row.text,
        }
    }
}
