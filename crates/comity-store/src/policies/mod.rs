//! Policy versions with their lives, and the one draft.
//!
//! A version is immutable and named by its content; where it stands changes, one step at a time. Every step locks the
//! organization first and asks [`comity_domain::life::may`] about what it reads under that lock, so that of two steps at
//! once one comes after the other and sees what it did. Each writes its audit entry in the same transaction.
//!
//! Rows are locked in one order everywhere: organization, what was compared, versions.

mod beside;
mod draft;
mod life;
mod propose;

pub(crate) use beside::record;
pub use beside::{Beside, Compared};
pub use draft::Draft;
pub use life::Impact;
pub use propose::NewPolicyVersion;

use crate::{
    Store, StoreError,
    entity::{organization, policy_version},
    open::for_update,
    sql::{query, rows},
};
use comity_domain::{
    OrganizationId, PolicyVersionId,
    audit::Actor,
    life::{Asker, Life, Named, State},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;

const DOING: &str = "keep policies";

/// Immutable but for its life; named by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    pub id: PolicyVersionId,
    pub hash: String,
    pub number: i64,
    pub files: BTreeMap<String, String>,
    pub note: String,
    pub life: Life,
}

/// A version that decides, or runs beside the one that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub id: PolicyVersionId,
    pub number: i64,
    pub state: State,
    pub canary_percent: Option<u8>,
}

impl PolicyVersion {
    pub fn is_live(&self) -> bool {
        self.life.state == State::Live
    }

    pub fn named(&self) -> Named {
        Named { id: self.id, number: self.number }
    }
}

impl Standing {
    pub fn named(&self) -> Named {
        Named { id: self.id, number: self.number }
    }
}

impl Store {
    pub async fn live_policy(&self, organization: OrganizationId) -> Result<Option<PolicyVersion>, StoreError> {
        let live = of(organization).filter(policy_version::Column::State.eq(State::Live.as_str()));
        live.one(&self.read).await.map_err(failed)?.map(policy_version::Model::version).transpose()
    }

    pub async fn policy_version(
        &self,
        organization: OrganizationId,
        id: PolicyVersionId,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        find(&self.read, organization, id).await?.map(policy_version::Model::version).transpose()
    }

    /// The newest version with this content.
    pub async fn policy_version_by_hash(
        &self,
        organization: OrganizationId,
        hash: &str,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let found = of(organization).filter(policy_version::Column::Hash.eq(hash)).one(&self.read).await;
        found.map_err(failed)?.map(policy_version::Model::version).transpose()
    }

    /// Newest first, without their files, which are most of them.
    pub async fn policy_versions(&self, organization: OrganizationId) -> Result<Vec<PolicyVersion>, StoreError> {
        let sql = "SELECT id, organization_id, number, hash, '{}' AS files, note, author_id, proposed_at, published_at, \
                   state, base, writers, approval, break_glass, canary_percent, canary_stopped FROM policy_versions \
                   WHERE organization_id = $1 ORDER BY number DESC";
        let found: Vec<policy_version::Model> = rows(&self.read, DOING, sql, [organization.0.into()]).await?;
        found.into_iter().map(policy_version::Model::version).collect()
    }

    /// What decides now, and what runs beside it; looked at before every batch of decisions.
    pub async fn policies_standing(&self, organization: OrganizationId) -> Result<Vec<Standing>, StoreError> {
        standing(&self.read, organization).await
    }
}

async fn standing(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Vec<Standing>, StoreError> {
    let sql = "SELECT id, number, state, canary_percent FROM policy_versions \
               WHERE organization_id = $1 AND state IN ('live', 'shadow', 'canary') ORDER BY number";
    let mut all = Vec::new();
    for row in query(db, DOING, sql, [organization.0.into()]).await? {
        let state: String = row.try_get("", "state").map_err(failed)?;
        let percent: Option<i64> = row.try_get("", "canary_percent").map_err(failed)?;
        all.push(Standing {
            id: PolicyVersionId(row.try_get("", "id").map_err(failed)?),
            number: row.try_get("", "number").map_err(failed)?,
            state: crate::codec::word("the state of a policy version", &state, State::parse)?,
            canary_percent: percent.and_then(|percent| u8::try_from(percent).ok()),
        });
    }
    Ok(all)
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

/// Steps are taken one at a time.
async fn lock(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<(), StoreError> {
    let sql = format!("SELECT * FROM organizations WHERE id = $1{}", for_update(db));
    let found: Vec<organization::Model> = rows(db, DOING, &sql, [organization.0.into()]).await?;
    if found.is_empty() { Err(StoreError::NotFound { what: "organization" }) } else { Ok(()) }
}

fn actor(asker: &Asker) -> Actor {
    asker.user.map_or(Actor::System, |user| Actor::User { user })
}

fn subject(version: PolicyVersionId) -> String {
    format!("policy/{version}")
}

fn failed(source: sea_orm::DbErr) -> StoreError {
    StoreError::Database { doing: DOING, source }
}
