//! The organization of an installation, and setting it up once.

use super::{DOING, NewUser, Organization, User, failed, users};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::micros,
    entity::organization,
    open::{commit, for_update},
    sql::{execute, rows},
};
use comity_domain::{OrganizationId, Timestamp, audit::Actor};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder, Value};

impl Store {
    /// The organization of this installation, made without a name or an owner when there is none.
    pub async fn ensure_organization(&self, now: Timestamp) -> Result<Organization, StoreError> {
        if let Some(organization) = self.organization().await? {
            return Ok(organization);
        }
        let transaction = self.begin().await?;
        // Another node may have been quicker.
        if let Some(there) = first(&transaction).await? {
            return Ok(there.into());
        }
        let row = organization::Model {
            id: OrganizationId::generate().0,
            name: String::new(),
            key_prefix: String::new(),
            is_set_up: false,
            setup_token_hash: None,
            cases: 0,
            created_at: micros(now),
        };
        row.clone().into_active_model().insert(&transaction).await.map_err(failed)?;
        commit(transaction).await?;
        Ok(row.into())
    }

    pub async fn organization(&self) -> Result<Option<Organization>, StoreError> {
        Ok(first(&self.read).await?.map(Organization::from))
    }

    /// Names the organization and gives it its owner, once. Consumes the set-up token.
    pub async fn set_up(
        &self,
        organization: OrganizationId,
        name: &str,
        key_prefix: &str,
        owner: NewUser,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        let transaction = self.begin().await?;
        let sql = format!("SELECT * FROM organizations WHERE id = $1{}", for_update(&transaction));
        let found: Vec<organization::Model> = rows(&transaction, DOING, &sql, [organization.0.into()]).await?;
        let row = found.into_iter().next().ok_or(StoreError::NotFound { what: "organization" })?;
        if row.is_set_up {
            return Err(StoreError::AlreadySetUp);
        }
        let sql = "UPDATE organizations SET name = $2, key_prefix = $3, is_set_up = TRUE, setup_token_hash = NULL WHERE id = $1";
        let values: [Value; 3] = [organization.0.into(), name.into(), key_prefix.into()];
        execute(&transaction, DOING, sql, values).await?;
        let user = users::insert(&transaction, organization, owner, now).await?;
        let detail = serde_json::json!({ "owner": user.id });
        let subject = format!("organization/{organization}");
        let entry = entry(&Actor::User { user: user.id }, now, "organization.set_up", subject, detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(user)
    }

    /// Keeps the hash of the one-time set-up token, in place of an earlier one.
    pub async fn set_setup_token(&self, organization: OrganizationId, hash: &[u8]) -> Result<(), StoreError> {
        let sql = "UPDATE organizations SET setup_token_hash = $2 WHERE id = $1 AND NOT is_set_up";
        let changed = execute(&self.write, DOING, sql, [organization.0.into(), hash.to_vec().into()]).await?;
        if changed == 0 { Err(StoreError::AlreadySetUp) } else { Ok(()) }
    }

    pub async fn setup_token(&self, organization: OrganizationId) -> Result<Option<Vec<u8>>, StoreError> {
        let found = organization::Entity::find_by_id(organization.0).one(&self.read).await.map_err(failed)?;
        Ok(found.and_then(|row| row.setup_token_hash))
    }
}

async fn first(db: &impl ConnectionTrait) -> Result<Option<organization::Model>, StoreError> {
    organization::Entity::find().order_by_asc(organization::Column::CreatedAt).one(db).await.map_err(failed)
}
