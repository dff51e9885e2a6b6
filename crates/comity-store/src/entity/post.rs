//! A post as it is now; earlier texts are revisions.

use crate::{
    StoreError,
    codec::{party, time, word},
};
use comity_domain::{
    CaseId, ConnectionId, ContactId, PostId,
    post::{Post, Visibility},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "posts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub connection_id: Uuid,
    pub external_id: String,
    pub author_id: Uuid,
    pub party: String,
    pub at: i64,
    pub received_at: i64,
    pub text: String,
    pub revision: String,
    pub revised_at: i64,
    pub edits: i64,
    pub asks: bool,
    pub lang: Option<String>,
    pub url: Option<String>,
    pub in_reply_to: Option<String>,
    pub parent_id: Option<Uuid>,
    pub root: Option<String>,
    pub visibility: String,
    pub names_us: Option<bool>,
    pub company: Option<String>,
    pub deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// `has_parent`: whether the post that it answers is there.
    pub fn post(self, has_parent: bool) -> Result<Post, StoreError> {
        Ok(Post {
            id: PostId(self.id),
            case: CaseId(self.case_id),
            connection: ConnectionId(self.connection_id),
            external_id: self.external_id,
            author: ContactId(self.author_id),
            party: party(&self.party)?,
            at: time(self.at),
            received_at: time(self.received_at),
            text: self.text,
            lang: self.lang,
            url: self.url,
            in_reply_to: self.in_reply_to,
            root: self.root,
            parent: self.parent_id.filter(|_| has_parent).map(PostId),
            visibility: word("a visibility", &self.visibility, visibility)?,
            names_us: self.names_us,
            deleted_at: self.deleted_at.map(time),
            edits: u32::try_from(self.edits).unwrap_or(0),
        })
    }
}

pub fn visibility(text: &str) -> Option<Visibility> {
    match text {
        "public" => Some(Visibility::Public),
        "private" => Some(Visibility::Private),
        _ => None,
    }
}

pub const fn visibility_word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Private => "private",
    }
}
