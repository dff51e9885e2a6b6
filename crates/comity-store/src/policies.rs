//! Published policy versions and the one draft.

use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{json, micros},
    entity::{organization, policy_draft, policy_version},
    open::{commit, for_update},
    sql::{execute, rows},
};
use comity_domain::{OrganizationId, PolicyVersionId, Timestamp, UserId, audit::Actor};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Value,
};
use serde_json::json;
use std::collections::BTreeMap;

const DOING: &str = "keep policies";

/// Immutable; named by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    pub id: PolicyVersionId,
    pub hash: String,
    pub number: i64,
    pub files: BTreeMap<String, String>,
    pub note: String,
    /// `None`: published by the installation itself.
    pub author: Option<UserId>,
    pub published_at: Timestamp,
    pub is_live: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPolicyVersion {
    pub hash: String,
    pub files: BTreeMap<String, String>,
    pub note: String,
    pub author: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub files: BTreeMap<String, String>,
    /// Counts up with every save.
    pub revision: i64,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
}

impl Store {
    /// Adds a version and makes it live.
    pub async fn publish_policy(
        &self,
        organization: OrganizationId,
        version: NewPolicyVersion,
        now: Timestamp,
    ) -> Result<PolicyVersion, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let newest = policy_version::Entity::find()
            .filter(policy_version::Column::OrganizationId.eq(organization.0))
            .order_by_desc(policy_version::Column::Number)
            .one(&transaction)
            .await
            .map_err(failed)?;
        let row = policy_version::Model {
            id: PolicyVersionId::generate().0,
            organization_id: organization.0,
            number: newest.map_or(0, |newest| newest.number) + 1,
            hash: version.hash,
            files: json(&version.files),
            note: version.note,
            author_id: version.author.map(|user| user.0),
            published_at: micros(now),
        };
        let row = row.into_active_model().insert(&transaction).await.map_err(failed)?;
        let actor = version.author.map_or(Actor::System, |user| Actor::User { user });
        let detail = json!({ "number": row.number, "hash": row.hash, "note": row.note });
        make_live(&transaction, &row, &actor, "policy.publish", detail, now).await?;
        commit(transaction).await?;
        let live = Some(row.id);
        row.version(live)
    }

    /// Makes an older version live again.
    pub async fn restore_policy(
        &self,
        organization: OrganizationId,
        id: PolicyVersionId,
        reason: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<PolicyVersion, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let row = find(&transaction, organization, id).await?.ok_or(StoreError::NotFound { what: "policy version" })?;
        let detail = json!({ "number": row.number, "hash": row.hash, "reason": reason });
        make_live(&transaction, &row, actor, "policy.restore", detail, now).await?;
        commit(transaction).await?;
        let live = Some(row.id);
        row.version(live)
    }

    pub async fn live_policy(&self, organization: OrganizationId) -> Result<Option<PolicyVersion>, StoreError> {
        let Some(live) = self.live_policy_id(organization).await? else { return Ok(None) };
        let row = find(&self.read, organization, PolicyVersionId(live)).await?;
        row.map(|row| row.version(Some(live))).transpose()
    }

    pub async fn policy_version(
        &self,
        organization: OrganizationId,
        id: PolicyVersionId,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let live = self.live_policy_id(organization).await?;
        find(&self.read, organization, id).await?.map(|row| row.version(live)).transpose()
    }

    /// The newest version with this content.
    pub async fn policy_version_by_hash(
        &self,
        organization: OrganizationId,
        hash: &str,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let live = self.live_policy_id(organization).await?;
        let found = of(organization).filter(policy_version::Column::Hash.eq(hash)).one(&self.read).await;
        found.map_err(failed)?.map(|row| row.version(live)).transpose()
    }

    /// Newest first.
    pub async fn policy_versions(&self, organization: OrganizationId) -> Result<Vec<PolicyVersion>, StoreError> {
        let live = self.live_policy_id(organization).await?;
        let found = of(organization).all(&self.read).await.map_err(failed)?;
        found.into_iter().map(|row| row.version(live)).collect()
    }

    pub async fn policy_draft(&self, organization: OrganizationId) -> Result<Option<Draft>, StoreError> {
        let found = policy_draft::Entity::find_by_id(organization.0).one(&self.read).await.map_err(failed)?;
        found.map(policy_draft::Model::draft).transpose()
    }

    /// Keeps a draft begun on `base_revision` (0: on none); when that is not the newest, gives the newest back as the inner
    /// error.
    pub async fn save_policy_draft(
        &self,
        organization: OrganizationId,
        files: BTreeMap<String, String>,
        base_revision: i64,
        user: UserId,
        now: Timestamp,
    ) -> Result<Result<Draft, Draft>, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let found = policy_draft::Entity::find_by_id(organization.0).one(&transaction).await.map_err(failed)?;
        let newest = found.map(policy_draft::Model::draft).transpose()?;
        match newest {
            Some(newest) if newest.revision != base_revision => return Ok(Err(newest)),
            _ => {}
        }
        let revision = base_revision + 1;
        let sql = "INSERT INTO policy_drafts (organization_id, files, revision, updated_at, updated_by) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organization_id) DO UPDATE SET files = excluded.files, \
                   revision = excluded.revision, updated_at = excluded.updated_at, updated_by = excluded.updated_by";
        let values: [Value; 5] =
            [organization.0.into(), json(&files).into(), revision.into(), micros(now).into(), user.0.into()];
        execute(&transaction, DOING, sql, values).await?;
        let detail = json!({ "revision": revision });
        let entry = entry(&Actor::User { user }, now, "policy.draft", "policy/draft".to_owned(), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(Ok(Draft { files, revision, updated_at: now, updated_by: Some(user) }))
    }

    async fn live_policy_id(&self, organization: OrganizationId) -> Result<Option<uuid::Uuid>, StoreError> {
        let found = organization::Entity::find_by_id(organization.0).one(&self.read).await.map_err(failed)?;
        Ok(found.and_then(|row| row.live_policy_id))
    }
}

/// Newest first.
fn of(organization: OrganizationId) -> sea_orm::Select<policy_version::Entity> {
    policy_version::Entity::find()
        .filter(policy_version::Column::OrganizationId.eq(organization.0))
        .order_by_desc(policy_version::Column::Number)
}

async fn find(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: PolicyVersionId,
) -> Result<Option<policy_version::Model>, StoreError> {
    of(organization).filter(policy_version::Column::Id.eq(id.0)).one(db).await.map_err(failed)
}

/// Versions are numbered, so publishing happens one at a time.
async fn lock(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = format!("SELECT * FROM organizations WHERE id = $1{}", for_update(db));
    let found: Vec<organization::Model> = rows(db, DOING, &sql, [organization.0.into()]).await?;
    if found.is_empty() { Err(StoreError::NotFound { what: "organization" }) } else { Ok(()) }
}

async fn make_live(
    db: &impl ConnectionTrait,
    row: &policy_version::Model,
    actor: &Actor,
    action: &str,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE organizations SET live_policy_id = $2 WHERE id = $1";
    execute(db, DOING, sql, [row.organization_id.into(), row.id.into()]).await?;
    let entry = entry(actor, now, action, format!("policy/{}", row.id), detail);
    append_new(db, OrganizationId(row.organization_id), vec![entry]).await
}

fn failed(source: sea_orm::DbErr) -> StoreError {
    StoreError::Database { doing: DOING, source }
}
