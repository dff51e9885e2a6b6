//! The draft that everybody edits, and who has written in it.
//!
//! Whoever wrote in a draft does not approve what comes of it. Writers are collected from when the draft was begun: while
//! the version it was begun on stays live, whatever anybody does to it; after another one went live, for as long as there is
//! anything in it that is not in that one.

use super::{DOING, failed, lock, of};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{from_json, json, micros},
    entity::{policy_draft, policy_version},
    open::commit,
    sql::execute,
};
use comity_domain::{
    OrganizationId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    life::State,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub files: BTreeMap<String, String>,
    /// Counts up with every save.
    pub revision: i64,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
}

impl Store {
    pub async fn policy_draft(&self, organization: OrganizationId) -> Result<Option<Draft>, StoreError> {
        row(&self.read, organization).await?.map(policy_draft::Model::draft).transpose()
    }

    /// Keeps a draft begun on `base_revision` (0: on none); when that is not the newest, gives the newest back as the inner
    /// error.
    pub async fn save_policy_draft(
        &self,
        organization: OrganizationId,
        files: BTreeMap<String, String>,
        base_revision: i64,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<Result<Draft, Draft>, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let newest = row(&transaction, organization).await?;
        match &newest {
            Some(newest) if newest.revision != base_revision => return Ok(Err(newest.clone().draft()?)),
            _ => {}
        }
        let live = live(&transaction, organization).await?;
        let mut writers = writers(newest.as_ref(), live.as_ref())?;
        let begun_on = if writers.is_some() { newest.and_then(|row| row.begun_on) } else { live.map(|row| row.id) };
        let writers = writers.get_or_insert_default();
        writers.extend(user);
        let draft = Draft { files, revision: base_revision + 1, updated_at: now, updated_by: user };
        keep(&transaction, organization, &draft, writers, begun_on).await?;
        append_new(&transaction, organization, vec![saved(&draft, user, now)]).await?;
        commit(transaction).await?;
        Ok(Ok(draft))
    }
}

/// Who has written in the draft as it is; nothing when there is nothing in it that is not live.
pub(super) async fn present_writers(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<BTreeSet<UserId>, StoreError> {
    let (draft, live) = (row(db, organization).await?, live(db, organization).await?);
    Ok(writers(draft.as_ref(), live.as_ref())?.unwrap_or_default())
}

fn writers(
    draft: Option<&policy_draft::Model>,
    live: Option<&policy_version::Model>,
) -> Result<Option<BTreeSet<UserId>>, StoreError> {
    let Some(draft) = draft else { return Ok(None) };
    // Both texts were written from sorted maps, so the same files are the same text.
    let goes_on = live.is_none_or(|live| draft.begun_on == Some(live.id) || draft.files != live.files);
    goes_on.then(|| from_json("a draft", &draft.writers)).transpose()
}

/// A draft in which nothing was changed since begins from what is live now: the next small change must not bring back what
/// was just taken out of force.
pub(super) async fn follow(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    withdrawn: &policy_version::Model,
    live: &policy_version::Model,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Option<AuditEntry>, StoreError> {
    let row = row(db, organization).await?.filter(|row| row.files == withdrawn.files);
    let Some(row) = row else { return Ok(None) };
    let files = from_json("a policy version", &live.files)?;
    let draft = Draft { files, revision: row.revision + 1, updated_at: now, updated_by: user };
    keep(db, organization, &draft, &BTreeSet::new(), Some(live.id)).await?;
    Ok(Some(saved(&draft, user, now)))
}

fn saved(draft: &Draft, by: Option<UserId>, now: Timestamp) -> AuditEntry {
    let actor = by.map_or(Actor::System, |user| Actor::User { user });
    entry(&actor, now, "policy.draft", "policy/draft".to_owned(), json!({ "revision": draft.revision }))
}

async fn row(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<policy_draft::Model>, StoreError> {
    policy_draft::Entity::find_by_id(organization.0).one(db).await.map_err(failed)
}

async fn live(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<Option<policy_version::Model>, StoreError> {
    of(organization).filter(policy_version::Column::State.eq(State::Live.as_str())).one(db).await.map_err(failed)
}

async fn keep(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    draft: &Draft,
    writers: &BTreeSet<UserId>,
    begun_on: Option<Uuid>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO policy_drafts (organization_id, files, revision, updated_at, updated_by, writers, begun_on) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (organization_id) DO UPDATE SET files = excluded.files, \
               revision = excluded.revision, updated_at = excluded.updated_at, updated_by = excluded.updated_by, \
               writers = excluded.writers, begun_on = excluded.begun_on";
    let values: [Value; 7] = [
        organization.0.into(),
        json(&draft.files).into(),
        draft.revision.into(),
        micros(draft.updated_at).into(),
        draft.updated_by.map(|user| user.0).into(),
        json(writers).into(),
        begun_on.into(),
    ];
    execute(db, DOING, sql, values).await?;
    Ok(())
}
