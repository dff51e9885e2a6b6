//! A reply on its way out.

use crate::{
    StoreError,
    codec::{from_json, time, word},
    entity::post::visibility,
};
use comity_domain::{
    CaseId, ConnectionId, DeliveryId,
    delivery::{Delivery, State},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub case_id: Uuid,
    pub connection_id: Uuid,
    pub text: String,
    pub in_reply_to: Option<String>,
    pub root: Option<String>,
    pub visibility: String,
    pub idempotency_key: String,
    pub author: String,
    pub approval: Option<String>,
    pub state: String,
    pub attempts: i64,
    pub fence: i64,
    pub due_at: i64,
    pub created_at: i64,
    pub external_id: Option<String>,
    pub url: Option<String>,
    pub last_error: Option<String>,
    pub look_up: bool,
    pub worker: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn delivery(self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id: DeliveryId(self.id),
            case: CaseId(self.case_id),
            connection: ConnectionId(self.connection_id),
            text: self.text,
            in_reply_to: self.in_reply_to,
            root: self.root,
            visibility: word("a visibility", &self.visibility, visibility)?,
            idempotency_key: self.idempotency_key,
            author: from_json("an author", &self.author)?,
            approval: self.approval.map(|approval| from_json("an approval", &approval)).transpose()?,
            state: word("a state of a reply", &self.state, State::parse)?,
            attempts: i32::try_from(self.attempts).unwrap_or(i32::MAX),
            fence: self.fence,
            due_at: time(self.due_at),
            created_at: time(self.created_at),
            external_id: self.external_id,
            last_error: self.last_error,
        })
    }
}
