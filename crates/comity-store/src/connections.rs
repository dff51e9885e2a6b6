//! Configured accounts of connectors: settings, sealed secrets, state, health and log.

use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{clean, json, micros},
    entity::{connection, connection_log, connection_state, post},
    open::commit,
    sql::{Rows, execute, rows},
};
use comity_domain::{ConnectionId, OrganizationId, Timestamp, audit::Actor, post::Post};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

const DOING: &str = "keep connections";

#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    pub id: ConnectionId,
    pub organization: OrganizationId,
    /// The plugin's id.
    pub connector: String,
    pub name: String,
    pub company: Option<String>,
    pub config: Value,
    /// What the operator granted the plugin.
    pub grants: Value,
    /// Names of the secrets that are set; their values are in the sealed blob.
    pub secret_names: Vec<String>,
    /// Sealed by the caller; the store cannot read it.
    pub secrets: Option<Vec<u8>>,
    pub cursor: Option<String>,
    pub status: ConnectionStatus,
    pub health: Value,
    /// Whom the connection speaks as, once verified.
    pub account: Option<Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    #[default]
    Running,
    Paused,
    Failing,
    /// Stopped because it kept failing; a person starts it again.
    Quarantined,
}

/// What to change; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ConnectionChange {
    pub name: Option<String>,
    pub company: Option<Option<String>>,
    pub config: Option<Value>,
    pub grants: Option<Value>,
    /// The new sealed blob and the names in it.
    pub secrets: Option<(Vec<u8>, Vec<String>)>,
    pub status: Option<ConnectionStatus>,
    pub health: Option<Value>,
    pub account: Option<Option<Value>>,
    pub cursor: Option<Option<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub connection: ConnectionId,
    pub at: Timestamp,
    pub level: LogLevel,
    pub message: String,
}

impl ConnectionStatus {
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Failing, Self::Quarantined];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Failing => "failing",
            Self::Quarantined => "quarantined",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl LogLevel {
    pub(crate) const fn from_number(number: i64) -> Self {
        match number {
            ..=0 => Self::Debug,
            1 => Self::Info,
            2 => Self::Warn,
            3.. => Self::Error,
        }
    }
}

impl Store {
    pub async fn create_connection(&self, connection: &Connection, actor: &Actor) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let mut created = Rows::insert(
            "connections",
            "id, organization_id, connector, name, company, config, grants, secret_names, secrets, cursor, status, health, \
             account, created_at, updated_at",
            "",
        );
        created.push([
            connection.id.0.into(),
            connection.organization.0.into(),
            connection.connector.as_str().into(),
            connection.name.as_str().into(),
            connection.company.clone().into(),
            json(&connection.config).into(),
            json(&connection.grants).into(),
            json(&connection.secret_names).into(),
            connection.secrets.clone().into(),
            connection.cursor.clone().into(),
            connection.status.as_str().into(),
            json(&connection.health).into(),
            connection.account.as_ref().map(json).into(),
            micros(connection.created_at).into(),
            micros(connection.updated_at).into(),
        ]);
        created.write(&transaction, DOING).await?;
        let detail = serde_json::json!({ "connector": connection.connector, "name": connection.name });
        let subject = format!("connection/{}", connection.id);
        let entry = entry(actor, connection.created_at, "connection.create", subject, detail);
        append_new(&transaction, connection.organization, vec![entry]).await?;
        commit(transaction).await
    }

    pub async fn connections(&self, organization: OrganizationId) -> Result<Vec<Connection>, StoreError> {
        let sql = "SELECT * FROM connections WHERE organization_id = $1 AND deleted_at IS NULL ORDER BY created_at, id";
        let found: Vec<connection::Model> = rows(&self.read, DOING, sql, [organization.0.into()]).await?;
        found.into_iter().map(connection::Model::connection).collect()
    }

    pub async fn connection(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        present(&self.read, organization, id).await
    }

    /// A change that a person or the connector made, with an audit entry `connection.{verb}`.
    pub async fn update_connection(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        change: ConnectionChange,
        verb: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Connection, StoreError> {
        let transaction = self.begin().await?;
        let before =
            present(&transaction, organization, id).await?.ok_or(StoreError::NotFound { what: "connection" })?;
        let mut after = before.clone();
        let ConnectionChange { name, company, config, grants, secrets, status, health, account, cursor } = change;
        after.name = name.unwrap_or(after.name);
        after.company = company.unwrap_or(after.company);
        after.config = config.unwrap_or(after.config);
        after.grants = grants.unwrap_or(after.grants);
        if let Some((sealed, names)) = secrets {
            (after.secrets, after.secret_names) = (Some(sealed), names);
        }
        after.status = status.unwrap_or(after.status);
        after.health = health.unwrap_or(after.health);
        after.account = account.unwrap_or(after.account);
        after.cursor = cursor.unwrap_or(after.cursor);
        after.updated_at = now;
        let sql = "UPDATE connections SET name = $2, company = $3, config = $4, grants = $5, secret_names = $6, \
                   secrets = $7, status = $8, health = $9, account = $10, cursor = $11, updated_at = $12 WHERE id = $1";
        let values: [sea_orm::Value; 12] = [
            id.0.into(),
            after.name.as_str().into(),
            after.company.clone().into(),
            json(&after.config).into(),
            json(&after.grants).into(),
            json(&after.secret_names).into(),
            after.secrets.clone().into(),
            after.status.as_str().into(),
            json(&after.health).into(),
            after.account.as_ref().map(json).into(),
            after.cursor.clone().into(),
            micros(now).into(),
        ];
        execute(&transaction, DOING, sql, values).await?;
        let detail = serde_json::json!({ "changed": changed(&before, &after) });
        let entry = entry(actor, now, &format!("connection.{verb}"), format!("connection/{id}"), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(after)
    }

    /// How a connection fares, without an audit entry. One that somebody paused stays so, whatever a call that was under way
    /// came to.
    pub async fn set_connection_health(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        status: ConnectionStatus,
        health: &Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE connections SET status = CASE WHEN status = 'paused' THEN status ELSE $3 END, health = $4, \
                   updated_at = $5 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        let values: [sea_orm::Value; 5] =
            [organization.0.into(), id.0.into(), status.as_str().into(), json(health).into(), micros(now).into()];
        self.change_one(sql, values).await
    }

    /// Forgets settings, secrets, state and log; cases stay and still name the connection.
    pub async fn delete_connection(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let connection =
            present(&transaction, organization, id).await?.ok_or(StoreError::NotFound { what: "connection" })?;
        let sql = "UPDATE connections SET config = 'null', grants = 'null', secret_names = '[]', secrets = NULL, \
                   cursor = NULL, status = 'paused', health = 'null', deleted_at = $2 WHERE id = $1";
        execute(&transaction, DOING, sql, [id.0.into(), micros(now).into()]).await?;
        for sql in [
            "DELETE FROM connection_state WHERE connection_id = $1",
            "DELETE FROM connection_log WHERE connection_id = $1",
        ] {
            execute(&transaction, DOING, sql, [id.0.into()]).await?;
        }
        let detail = serde_json::json!({ "connector": connection.connector, "name": connection.name });
        let entry = entry(actor, now, "connection.delete", format!("connection/{id}"), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }

    /// What the plugin keeps for itself.
    pub async fn connection_state(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
    ) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let sql = "SELECT s.* FROM connection_state s JOIN connections c ON c.id = s.connection_id \
                   WHERE c.organization_id = $1 AND c.id = $2";
        let found: Vec<connection_state::Model> =
            rows(&self.read, DOING, sql, [organization.0.into(), id.0.into()]).await?;
        Ok(found.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// Sets or (with `None`) removes entries of it, outside an ingest.
    pub async fn set_connection_state(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        changes: &[(String, Option<Vec<u8>>)],
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        present(&transaction, organization, id).await?.ok_or(StoreError::NotFound { what: "connection" })?;
        write_state(&transaction, id, changes).await?;
        commit(transaction).await
    }

    /// Replaces the sealed secrets without an audit entry: a token was refreshed.
    pub async fn set_connection_secrets(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        secrets: &[u8],
    ) -> Result<(), StoreError> {
        let sql = "UPDATE connections SET secrets = $3 WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
        self.change_one(sql, [organization.0.into(), id.0.into(), secrets.to_vec().into()]).await
    }

    /// Appends lines and keeps the newest `keep` of each connection.
    pub async fn append_log(
        &self,
        organization: OrganizationId,
        lines: &[LogLine],
        keep: u64,
    ) -> Result<(), StoreError> {
        let mut connections: Vec<ConnectionId> = lines.iter().map(|line| line.connection).collect();
        connections.sort_unstable();
        connections.dedup();
        let transaction = self.begin().await?;
        let mut kept = Vec::with_capacity(connections.len());
        for id in connections {
            // Lines of a connection that has been deleted meanwhile belong nowhere.
            if present(&transaction, organization, id).await?.is_some() {
                kept.push(id);
            }
        }
        let mut log = Rows::insert("connection_log", "id, connection_id, at, level, message", "");
        for line in lines.iter().filter(|line| kept.contains(&line.connection)) {
            log.push([
                uuid::Uuid::now_v7().into(),
                line.connection.0.into(),
                micros(line.at).into(),
                (line.level as i64).into(),
                clean(&line.message).into(),
            ]);
        }
        log.write(&transaction, DOING).await?;
        let sql = "DELETE FROM connection_log WHERE connection_id = $1 AND id <= (SELECT id FROM connection_log \
                   WHERE connection_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)";
        for id in kept {
            execute(&transaction, DOING, sql, [id.0.into(), (keep as i64).into()]).await?;
        }
        commit(transaction).await
    }

    /// Newest first, of at least this level.
    pub async fn connection_log(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        level: LogLevel,
        limit: u64,
    ) -> Result<Vec<LogLine>, StoreError> {
        let sql = "SELECT l.* FROM connection_log l JOIN connections c ON c.id = l.connection_id \
                   WHERE c.organization_id = $1 AND c.id = $2 AND l.level >= $3 ORDER BY l.id DESC LIMIT $4";
        let values: [sea_orm::Value; 4] =
            [organization.0.into(), id.0.into(), (level as i64).into(), (limit as i64).into()];
        let found: Vec<connection_log::Model> = rows(&self.read, DOING, sql, values).await?;
        Ok(found.into_iter().map(LogLine::from).collect())
    }

    /// Consumer posts that are not deleted, written between these times, the newest first, to look whether they still are there.
    pub async fn posts_to_recheck(
        &self,
        organization: OrganizationId,
        connection: ConnectionId,
        between: (Timestamp, Timestamp),
        limit: u64,
    ) -> Result<Vec<Post>, StoreError> {
        let sql = "SELECT * FROM posts WHERE organization_id = $1 AND connection_id = $2 AND at >= $3 AND at < $4 \
                   AND party = 'consumer' AND deleted_at IS NULL ORDER BY at DESC LIMIT $5";
        let (since, before) = between;
        let values: [sea_orm::Value; 5] = [
            organization.0.into(),
            connection.0.into(),
            micros(since).into(),
            micros(before).into(),
            (limit as i64).into(),
        ];
        let found: Vec<post::Model> = rows(&self.read, DOING, sql, values).await?;
        self.with_parents(found).await
    }

    async fn change_one(&self, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let changed = execute(&transaction, DOING, sql, values).await?;
        commit(transaction).await?;
        if changed == 0 { Err(StoreError::NotFound { what: "connection" }) } else { Ok(()) }
    }
}

async fn present(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: ConnectionId,
) -> Result<Option<Connection>, StoreError> {
    let sql = "SELECT * FROM connections WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL";
    let found: Vec<connection::Model> = rows(db, DOING, sql, [organization.0.into(), id.0.into()]).await?;
    found.into_iter().next().map(connection::Model::connection).transpose()
}

/// Sets or removes entries of a plugin's own state.
pub(crate) async fn write_state(
    db: &impl ConnectionTrait,
    id: ConnectionId,
    changes: &[(String, Option<Vec<u8>>)],
) -> Result<(), StoreError> {
    // The last change of a name counts.
    let changes: BTreeMap<&str, &Option<Vec<u8>>> =
        changes.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let mut set = Rows::insert(
        "connection_state",
        "connection_id, name, value",
        "ON CONFLICT (connection_id, name) DO UPDATE SET value = excluded.value",
    );
    for (name, value) in changes {
        if let Some(value) = value {
            set.push([id.0.into(), name.into(), value.clone().into()]);
        } else {
            let sql = "DELETE FROM connection_state WHERE connection_id = $1 AND name = $2";
            execute(db, DOING, sql, [id.0.into(), name.into()]).await?;
        }
    }
    set.write(db, DOING).await?;
    Ok(())
}

/// The names of the settings that differ; their values may be nobody's business.
fn changed(before: &Connection, after: &Connection) -> Vec<&'static str> {
    let differs = [
        ("name", before.name != after.name),
        ("company", before.company != after.company),
        ("config", before.config != after.config),
        ("grants", before.grants != after.grants),
        ("secrets", before.secrets != after.secrets),
        ("status", before.status != after.status),
        ("account", before.account != after.account),
        ("cursor", before.cursor != after.cursor),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
