//! The browsers in which people want to be told.

use crate::{
    Store, StoreError,
    codec::{micros, time},
    open::commit,
    sql::{execute, query},
};
use comity_domain::{OrganizationId, Timestamp, UserId};
use sea_orm::{DbErr, QueryResult, Value};
use std::collections::HashSet;
use uuid::Uuid;

const DOING: &str = "keep the browsers of people";

/// Where one browser of somebody can be reached (RFC 8030), and what only it can read what is sent there with (RFC 8291).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushSubscription {
    pub id: Uuid,
    pub user: UserId,
    pub endpoint: String,
    /// A point on P-256, uncompressed.
    pub public_key: Vec<u8>,
    pub auth: Vec<u8>,
    /// What the person calls it.
    pub browser: String,
    pub made_at: Timestamp,
}

impl Store {
    /// A browser that was known takes its new keys, and belongs to whoever is signed in there now. Of more than `most` the oldest
    /// of them go.
    pub async fn add_push_subscription(
        &self,
        organization: OrganizationId,
        one: &PushSubscription,
        most: u64,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM push_subscriptions WHERE endpoint = $1";
        execute(&transaction, DOING, sql, [one.endpoint.as_str().into()]).await?;
        let sql = "INSERT INTO push_subscriptions \
                   (id, organization_id, user_id, endpoint, public_key, auth, browser, made_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values: [Value; 8] = [
            one.id.into(),
            organization.0.into(),
            one.user.0.into(),
            one.endpoint.as_str().into(),
            one.public_key.clone().into(),
            one.auth.clone().into(),
            one.browser.as_str().into(),
            micros(one.made_at).into(),
        ];
        execute(&transaction, DOING, sql, values).await?;
        let sql = "DELETE FROM push_subscriptions WHERE user_id = $1 AND id NOT IN (SELECT id FROM push_subscriptions \
                   WHERE user_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2)";
        execute(&transaction, DOING, sql, [one.user.0.into(), (most as i64).into()]).await?;
        commit(transaction).await
    }

    /// Whether there was one of theirs.
    pub async fn remove_push_subscription(&self, user: UserId, id: Uuid) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM push_subscriptions WHERE user_id = $1 AND id = $2";
        let gone = execute(&transaction, DOING, sql, [user.0.into(), id.into()]).await?;
        commit(transaction).await?;
        Ok(gone > 0)
    }

    /// Those of a person, the newest first.
    pub async fn push_subscriptions(&self, user: UserId) -> Result<Vec<PushSubscription>, StoreError> {
        let sql = "SELECT * FROM push_subscriptions WHERE user_id = $1 ORDER BY made_at DESC, id DESC";
        let read = |row: &QueryResult| -> Result<PushSubscription, DbErr> {
            Ok(PushSubscription {
                id: row.try_get("", "id")?,
                user,
                endpoint: row.try_get("", "endpoint")?,
                public_key: row.try_get("", "public_key")?,
                auth: row.try_get("", "auth")?,
                browser: row.try_get("", "browser")?,
                made_at: time(row.try_get("", "made_at")?),
            })
        };
        let rows = query(&self.read, DOING, sql, [user.0.into()]).await?;
        let found = rows.iter().map(read).collect::<Result<_, _>>();
        found.map_err(|source| StoreError::Database { doing: DOING, source })
    }

    /// Who has a browser that can be reached.
    pub async fn users_with_push(&self, organization: OrganizationId) -> Result<HashSet<UserId>, StoreError> {
        let sql = "SELECT DISTINCT user_id FROM push_subscriptions WHERE organization_id = $1";
        let rows = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let found = rows.iter().map(|row| row.try_get("", "user_id").map(UserId)).collect::<Result<_, _>>();
        found.map_err(|source| StoreError::Database { doing: DOING, source })
    }
}
