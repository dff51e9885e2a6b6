//! Configured accounts of connectors: settings, sealed secrets, state, health and log.

use crate::{Store, StoreError};
use comity_domain::{ConnectionId, OrganizationId, Timestamp, audit::Actor, post::Post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

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

impl Store {
    pub async fn create_connection(&self, connection: &Connection, actor: &Actor) -> Result<(), StoreError> {
        todo!()
    }
    pub async fn connections(&self, organization: OrganizationId) -> Result<Vec<Connection>, StoreError> {
        todo!()
    }
    pub async fn connection(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
    ) -> Result<Option<Connection>, StoreError> {
        todo!()
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
        todo!()
    }
    /// How a connection fares, without an audit entry.
    pub async fn set_connection_health(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        status: ConnectionStatus,
        health: &Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Forgets settings, secrets, state and log; cases stay and still name the connection.
    pub async fn delete_connection(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }

    /// What the plugin keeps for itself.
    pub async fn connection_state(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
    ) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        todo!()
    }
    /// Sets or (with `None`) removes entries of it, outside an ingest.
    pub async fn set_connection_state(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        changes: &[(String, Option<Vec<u8>>)],
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Replaces the sealed secrets without an audit entry: a token was refreshed.
    pub async fn set_connection_secrets(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        secrets: &[u8],
    ) -> Result<(), StoreError> {
        todo!()
    }

    /// Appends lines and keeps the newest `keep` of each connection.
    pub async fn append_log(
        &self,
        organization: OrganizationId,
        lines: &[LogLine],
        keep: u64,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Newest first, of at least this level.
    pub async fn connection_log(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        level: LogLevel,
        limit: u64,
    ) -> Result<Vec<LogLine>, StoreError> {
        todo!()
    }
    /// The newest consumer posts that are not deleted, written since then, to look whether they still are there.
    pub async fn posts_to_recheck(
        &self,
        organization: OrganizationId,
        connection: ConnectionId,
        since: Timestamp,
        limit: u64,
    ) -> Result<Vec<Post>, StoreError> {
        todo!()
    }
}
