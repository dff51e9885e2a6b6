//! People who sign in.

use super::{DOING, NewUser, User, UserChange, failed};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{json, micros},
    entity::user,
    open::{commit, for_update},
    sql::{execute, query},
};
use comity_domain::{OrganizationId, Role, SessionId, Timestamp, UserId, audit::Actor, notify::NotifyRules};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, SqlErr, Value,
};
use serde_json::json;

impl Store {
    pub async fn create_user(
        &self,
        organization: OrganizationId,
        user: NewUser,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        let transaction = self.begin().await?;
        let user = insert(&transaction, organization, user, now).await?;
        let detail = json!({
            "roles": user.roles, "skills": user.skills, "teams": user.teams, "duties": user.duties,
        });
        let entry = entry(actor, now, "user.create", format!("user/{}", user.id), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(user)
    }

    pub async fn users(&self, organization: OrganizationId) -> Result<Vec<User>, StoreError> {
        let found = user::Entity::find().filter(user::Column::OrganizationId.eq(organization.0));
        let found = found.order_by_asc(user::Column::Name).order_by_asc(user::Column::Id).all(&self.read).await;
        found.map_err(failed)?.into_iter().map(user::Model::user).collect()
    }

    pub async fn user(&self, organization: OrganizationId, id: UserId) -> Result<Option<User>, StoreError> {
        find(&self.read, organization, id).await?.map(user::Model::user).transpose()
    }

    /// The user with this address (in any case) and the hash of their password.
    pub async fn user_by_email(
        &self,
        organization: OrganizationId,
        email: &str,
    ) -> Result<Option<(User, String)>, StoreError> {
        let found = user::Entity::find().filter(user::Column::OrganizationId.eq(organization.0));
        let found = found.filter(user::Column::EmailKey.eq(email_key(email))).one(&self.read).await.map_err(failed)?;
        found.map(|row| Ok((row.clone().user()?, row.password_hash))).transpose()
    }

    pub async fn password_hash(&self, organization: OrganizationId, id: UserId) -> Result<Option<String>, StoreError> {
        Ok(find(&self.read, organization, id).await?.map(|row| row.password_hash))
    }

    /// Someone who is no longer active is signed out everywhere. The last active owner stays one: then nothing is changed,
    /// and nobody is returned.
    pub async fn update_user(
        &self,
        organization: OrganizationId,
        id: UserId,
        change: UserChange,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let transaction = self.begin().await?;
        // So that of two owners who demote each other one is the last.
        let sql = format!("SELECT id FROM organizations WHERE id = $1{}", for_update(&transaction));
        query(&transaction, DOING, &sql, [organization.0.into()]).await?;
        let row = find(&transaction, organization, id).await?.ok_or(StoreError::NotFound { what: "user" })?;
        let stays = change.is_active != Some(false) && change.roles.as_ref().is_none_or(|r| r.contains(&Role::Owner));
        if !stays && is_last_owner(&transaction, organization, id).await? {
            return Ok(None);
        }
        let detail = json!({
            "name": change.name.is_some(), "roles": change.roles, "skills": change.skills, "teams": change.teams,
            "duties": change.duties, "is_active": change.is_active,
        });
        let mut changed = row.into_active_model();
        if let Some(name) = change.name {
            changed.name = Set(name);
        }
        if let Some(roles) = &change.roles {
            changed.roles = Set(json(roles));
        }
        if let Some(skills) = &change.skills {
            changed.skills = Set(json(skills));
        }
        if let Some(teams) = &change.teams {
            changed.teams = Set(json(teams));
        }
        if let Some(duties) = &change.duties {
            changed.duties = Set(json(duties));
        }
        if let Some(is_active) = change.is_active {
            changed.is_active = Set(is_active);
        }
        let row = changed.update(&transaction).await.map_err(failed)?;
        if !row.is_active {
            execute(&transaction, DOING, "DELETE FROM sessions WHERE user_id = $1", [id.0.into()]).await?;
        }
        let entry = entry(actor, now, "user.update", format!("user/{id}"), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        row.user().map(Some)
    }

    /// How somebody wants to be told.
    pub async fn set_notify_rules(
        &self,
        organization: OrganizationId,
        id: UserId,
        rules: &NotifyRules,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE users SET notify = $3 WHERE organization_id = $1 AND id = $2";
        let values: [Value; 3] = [organization.0.into(), id.0.into(), json(rules).into()];
        if execute(&transaction, DOING, sql, values).await? == 0 {
            return Err(StoreError::NotFound { what: "user" });
        }
        let entry = entry(actor, now, "user.notify", format!("user/{id}"), json!({ "rules": rules }));
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }

    /// Sets the password and ends every session of the user except `keep`.
    pub async fn set_password(
        &self,
        organization: OrganizationId,
        id: UserId,
        hash: &str,
        keep: Option<SessionId>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE users SET password_hash = $3 WHERE organization_id = $1 AND id = $2";
        let values: [Value; 3] = [organization.0.into(), id.0.into(), hash.into()];
        if execute(&transaction, DOING, sql, values).await? == 0 {
            return Err(StoreError::NotFound { what: "user" });
        }
        let sql = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2";
        let keep = keep.map_or_else(uuid::Uuid::nil, |session| session.0);
        execute(&transaction, DOING, sql, [id.0.into(), keep.into()]).await?;
        let entry = entry(actor, now, "user.password", format!("user/{id}"), serde_json::Value::Null);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    user: NewUser,
    now: Timestamp,
) -> Result<User, StoreError> {
    let row = user::Model {
        id: UserId::generate().0,
        organization_id: organization.0,
        name: user.name,
        email_key: email_key(&user.email),
        email: user.email,
        roles: json(&user.roles),
        skills: json(&user.skills),
        teams: json(&user.teams),
        duties: json(&user.duties),
        notify: json(&NotifyRules::default()),
        mailed_at: None,
        is_active: true,
        password_hash: user.password_hash,
        created_at: micros(now),
    };
    match row.clone().into_active_model().insert(db).await {
        Ok(row) => row.user(),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Err(StoreError::Taken { what: "user", field: "email" })
        }
        Err(error) => Err(failed(error)),
    }
}

/// Whether this is an active owner and nobody else is one.
async fn is_last_owner(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: UserId,
) -> Result<bool, StoreError> {
    let active = user::Entity::find().filter(user::Column::OrganizationId.eq(organization.0));
    let active = active.filter(user::Column::IsActive.eq(true)).all(db).await.map_err(failed)?;
    let active: Vec<User> = active.into_iter().map(user::Model::user).collect::<Result<_, _>>()?;
    let mut owners = active.iter().filter(|user| user.roles.contains(&Role::Owner)).map(|user| user.id);
    Ok(owners.next() == Some(id) && owners.next().is_none())
}

async fn find(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: UserId,
) -> Result<Option<user::Model>, StoreError> {
    let found = user::Entity::find_by_id(id.0).filter(user::Column::OrganizationId.eq(organization.0)).one(db).await;
    found.map_err(failed)
}

/// Under which an address is found, however it is typed.
fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
