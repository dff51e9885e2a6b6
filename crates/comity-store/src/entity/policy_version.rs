//! A bundle that was proposed, and where it stands in its life.

use crate::{
    PolicyVersion, StoreError,
    codec::{from_json, json, micros, time, word},
};
use comity_domain::{
    PolicyVersionId, UserId,
    life::{Life, State},
};
use sea_orm::entity::prelude::*;
use serde::de::DeserializeOwned;

const WHAT: &str = "a policy version";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub number: i64,
    pub hash: String,
    pub files: String,
    pub note: String,
    pub author_id: Option<Uuid>,
    pub proposed_at: i64,
    pub published_at: Option<i64>,
    pub state: String,
    pub base: Option<String>,
    pub writers: String,
    pub approval: Option<String>,
    pub break_glass: Option<String>,
    pub canary_percent: Option<i64>,
    pub canary_stopped: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn version(self) -> Result<PolicyVersion, StoreError> {
        let life = Life {
            state: word("the state of a policy version", &self.state, State::parse)?,
            author: self.author_id.map(UserId),
            writers: from_json(WHAT, &self.writers)?,
            base: read(self.base.as_deref())?,
            proposed_at: time(self.proposed_at),
            published_at: self.published_at.map(time),
            approval: read(self.approval.as_deref())?,
            break_glass: read(self.break_glass.as_deref())?,
            canary_percent: self.canary_percent.and_then(|percent| u8::try_from(percent).ok()),
            canary_stopped: read(self.canary_stopped.as_deref())?,
        };
        Ok(PolicyVersion {
            id: PolicyVersionId(self.id),
            hash: self.hash,
            number: self.number,
            files: from_json(WHAT, &self.files)?,
            note: self.note,
            life,
        })
    }

    /// With its life as it is now; what was proposed stays as it is.
    pub fn living(mut self, life: &Life) -> Self {
        life.state.as_str().clone_into(&mut self.state);
        self.published_at = life.published_at.map(micros);
        self.approval = life.approval.as_ref().map(json);
        self.break_glass = life.break_glass.as_ref().map(json);
        self.canary_percent = life.canary_percent.map(i64::from);
        self.canary_stopped = life.canary_stopped.as_ref().map(json);
        self
    }
}

fn read<T: DeserializeOwned>(column: Option<&str>) -> Result<Option<T>, StoreError> {
    column.map(|text| from_json(WHAT, text)).transpose()
}
