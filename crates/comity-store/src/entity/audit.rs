//! What was done.

use crate::{
    AuditRow, StoreError,
    codec::{from_json, time},
};
use comity_domain::{AuditId, CaseId, audit::AuditEntry};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub case_id: Option<Uuid>,
    pub detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn entry(self) -> Result<AuditRow, StoreError> {
        let entry = AuditEntry {
            at: time(self.at),
            actor: from_json("an audit entry", &self.actor)?,
            action: self.action,
            subject: self.subject,
            case: self.case_id.map(CaseId),
            detail: from_json("an audit entry", &self.detail)?,
        };
        Ok(AuditRow { id: AuditId(self.id), entry })
    }
}
