//! Tokens for programs.

use super::{ApiToken, DOING, failed};
use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{json, micros},
    entity::api_token,
    open::commit,
    sql::execute,
};
use comity_domain::{OrganizationId, Timestamp, TokenId, audit::Actor};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

impl Store {
    pub async fn create_token(&self, token: &ApiToken, actor: &Actor) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let row = api_token::Model {
            id: token.id.0,
            organization_id: token.organization.0,
            name: token.name.clone(),
            roles: json(&token.roles),
            token_hash: token.token_hash.clone(),
            created_by: token.created_by.0,
            created_at: micros(token.created_at),
            last_used_at: token.last_used_at.map(micros),
        };
        row.into_active_model().insert(&transaction).await.map_err(failed)?;
        let detail = serde_json::json!({ "name": token.name, "roles": token.roles });
        let entry = entry(actor, token.created_at, "token.create", format!("token/{}", token.id), detail);
        append_new(&transaction, token.organization, vec![entry]).await?;
        commit(transaction).await
    }

    pub async fn tokens(&self, organization: OrganizationId) -> Result<Vec<ApiToken>, StoreError> {
        let found = api_token::Entity::find().filter(api_token::Column::OrganizationId.eq(organization.0));
        let found = found.order_by_asc(api_token::Column::CreatedAt).all(&self.read).await.map_err(failed)?;
        found.into_iter().map(api_token::Model::token).collect()
    }

    /// The token with this hash.
    pub async fn token(&self, token_hash: &[u8]) -> Result<Option<ApiToken>, StoreError> {
        let found = api_token::Entity::find().filter(api_token::Column::TokenHash.eq(token_hash.to_vec()));
        found.one(&self.read).await.map_err(failed)?.map(api_token::Model::token).transpose()
    }

    /// Notes that it was used; call it seldom (once a minute), it is a durable write.
    pub async fn touch_token(
        &self,
        organization: OrganizationId,
        id: TokenId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE api_tokens SET last_used_at = $3 WHERE organization_id = $1 AND id = $2";
        execute(&self.write, DOING, sql, [organization.0.into(), id.0.into(), micros(now).into()]).await?;
        Ok(())
    }

    pub async fn delete_token(
        &self,
        organization: OrganizationId,
        id: TokenId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM api_tokens WHERE organization_id = $1 AND id = $2";
        if execute(&transaction, DOING, sql, [organization.0.into(), id.0.into()]).await? == 0 {
            return Err(StoreError::NotFound { what: "token" });
        }
        let entry = entry(actor, now, "token.delete", format!("token/{id}"), serde_json::Value::Null);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }
}
