//! Signed-in browsers.

use super::{DOING, Session, User, failed};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::micros,
    entity::{session, user},
    open::commit,
    sql::execute,
};
use comity_domain::{
    OrganizationId, SessionId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

impl Store {
    pub async fn create_session(&self, organization: OrganizationId, session: &Session) -> Result<(), StoreError> {
        let row = session::Model {
            id: session.id.0,
            organization_id: organization.0,
            user_id: session.user.0,
            token_hash: session.token_hash.clone(),
            csrf_token: session.csrf_token.clone(),
            created_at: micros(session.created_at),
            expires_at: micros(session.expires_at),
        };
        let transaction = self.begin().await?;
        row.into_active_model().insert(&transaction).await.map_err(failed)?;
        append_new(&transaction, organization, vec![about(session.user, session.created_at, "session.begin")]).await?;
        commit(transaction).await
    }

    /// The session with this token hash and its user, unless it is over or the user is not active.
    pub async fn session(&self, token_hash: &[u8], now: Timestamp) -> Result<Option<(Session, User)>, StoreError> {
        let found = session::Entity::find().filter(session::Column::TokenHash.eq(token_hash.to_vec()));
        let found = found.filter(session::Column::ExpiresAt.gt(micros(now))).one(&self.read).await.map_err(failed)?;
        let Some(session) = found else { return Ok(None) };
        let user = user::Entity::find_by_id(session.user_id).filter(user::Column::IsActive.eq(true));
        let user = user.one(&self.read).await.map_err(failed)?;
        user.map(|user| Ok((session.into(), user.user()?))).transpose()
    }

    /// Moves the end of a session that is in use.
    pub async fn extend_session(
        &self,
        organization: OrganizationId,
        id: SessionId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET expires_at = $1 WHERE organization_id = $2 AND id = $3";
        let values = [micros(expires_at).into(), organization.0.into(), id.0.into()];
        execute(&self.write, DOING, sql, values).await.map(drop)
    }

    /// Signs out.
    pub async fn delete_session(
        &self,
        organization: OrganizationId,
        id: SessionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let found = session::Entity::find_by_id(id.0).filter(session::Column::OrganizationId.eq(organization.0));
        let Some(row) = found.one(&transaction).await.map_err(failed)? else { return Ok(()) };
        let user = UserId(row.user_id);
        session::Entity::delete_by_id(id.0).exec(&transaction).await.map_err(failed)?;
        append_new(&transaction, organization, vec![about(user, now, "session.end")]).await?;
        commit(transaction).await
    }

    /// How many there were.
    pub async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        execute(&self.write, DOING, "DELETE FROM sessions WHERE expires_at <= $1", [micros(now).into()]).await
    }
}

fn about(user: UserId, now: Timestamp, action: &str) -> AuditEntry {
    entry(&Actor::User { user }, now, action, format!("user/{user}"), serde_json::Value::Null)
}
