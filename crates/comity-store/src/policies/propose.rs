//! New versions: proposed by somebody, or live at once when the installation itself makes them.

use super::{DOING, PolicyVersion, draft, failed, life::make_way, lock, of, standing, subject};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{json, micros},
    entity::policy_version,
    open::commit,
    sql::query,
};
use comity_domain::{
    OrganizationId, PolicyVersionId, Timestamp, UserId,
    audit::Actor,
    life::{Life, Named, State},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPolicyVersion {
    pub hash: String,
    pub files: BTreeMap<String, String>,
    pub note: String,
    /// Nobody: the installation itself.
    pub author: Option<UserId>,
}

impl Store {
    /// Proposes a version made from `base`. When that is not live, gives the one that is back as the inner error. The same
    /// content proposed again on the same base is the version that is there.
    pub async fn propose_policy(
        &self,
        organization: OrganizationId,
        version: NewPolicyVersion,
        base: Option<PolicyVersionId>,
        now: Timestamp,
    ) -> Result<Result<PolicyVersion, Named>, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let standing = standing(&transaction, organization).await?;
        let live = standing.iter().find(|one| one.state == State::Live).map(super::Standing::named);
        match (base, live) {
            (Some(base), Some(live)) if base != live.id => return Ok(Err(live)),
            _ => {}
        }
        if let Some(there) = proposed(&transaction, organization, &version.hash, live).await? {
            return Ok(Ok(there));
        }
        let mut writers = draft::present_writers(&transaction, organization).await?;
        writers.retain(|writer| Some(*writer) != version.author);
        let actor = version.author.map_or(Actor::System, |user| Actor::User { user });
        let life = Life::proposed(version.author, writers, live, now);
        let name = next(&transaction, organization).await?;
        let row = insert(&transaction, organization, name, version, &life).await?;
        let detail = json!({
            "number": row.number, "hash": row.hash, "note": row.note, "base": live.map(|live| live.number),
            "writers": life.writers,
        });
        let entry = entry(&actor, now, "policy.propose", subject(PolicyVersionId(row.id)), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        row.version().map(Ok)
    }

    /// Adds a version and makes it live at once, as the installation itself does with its first one.
    pub async fn publish_policy(
        &self,
        organization: OrganizationId,
        version: NewPolicyVersion,
        now: Timestamp,
    ) -> Result<PolicyVersion, StoreError> {
        let transaction = self.begin().await?;
        lock(&transaction, organization).await?;
        let new = next(&transaction, organization).await?;
        let way = make_way(&transaction, organization, new, now).await?;
        let author = version.author;
        let base = way.withdrawn.as_ref().map(|row| Named { id: PolicyVersionId(row.id), number: row.number });
        let life = Life::proposed(author, BTreeSet::new(), base, now);
        let life = Life { state: State::Live, published_at: Some(now), ..life };
        let row = insert(&transaction, organization, new, version, &life).await?;
        let actor = author.map_or(Actor::System, |user| Actor::User { user });
        let detail = json!({ "number": row.number, "hash": row.hash, "note": row.note });
        let mut entries = vec![entry(&actor, now, "policy.publish", subject(new.id), detail)];
        entries.extend(way.entries);
        append_new(&transaction, organization, entries).await?;
        commit(transaction).await?;
        row.version()
    }
}

/// A version of this content that was proposed on the same base and is still open.
async fn proposed(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    hash: &str,
    base: Option<Named>,
) -> Result<Option<PolicyVersion>, StoreError> {
    let same = of(organization).filter(policy_version::Column::Hash.eq(hash)).all(db).await.map_err(failed)?;
    for row in same {
        let version = row.version()?;
        if version.life.state.is_open() && version.life.base.map(|base| base.id) == base.map(|base| base.id) {
            return Ok(Some(version));
        }
    }
    Ok(None)
}

/// The name of a version that is about to be made.
async fn next(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Named, StoreError> {
    let sql = "SELECT MAX(number) AS newest FROM policy_versions WHERE organization_id = $1";
    let found = query(db, DOING, sql, [organization.0.into()]).await?;
    let newest: Option<i64> = found.first().map(|row| row.try_get("", "newest")).transpose().map_err(failed)?.flatten();
    Ok(Named { id: PolicyVersionId::generate(), number: newest.unwrap_or(0) + 1 })
}

async fn insert(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    name: Named,
    version: NewPolicyVersion,
    life: &Life,
) -> Result<policy_version::Model, StoreError> {
    let row = policy_version::Model {
        id: name.id.0,
        organization_id: organization.0,
        number: name.number,
        hash: version.hash,
        files: json(&version.files),
        note: version.note,
        author_id: life.author.map(|user| user.0),
        proposed_at: micros(life.proposed_at),
        published_at: None,
        state: String::new(),
        base: life.base.as_ref().map(json),
        writers: json(&life.writers),
        approval: None,
        break_glass: None,
        canary_percent: None,
        canary_stopped: None,
    };
    row.living(life).into_active_model().insert(db).await.map_err(failed)
}
