//! Connectors, connections and imports.

use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectorView {
    pub id: String,
    pub version: String,
    pub name: String,
    pub summary: String,
    pub publisher: String,
    /// JSON Schema 2020-12.
    #[schema(value_type = Object)]
    pub config_schema: Value,
    pub secrets: Vec<SecretField>,
    /// Origins it asks to reach.
    pub origins: Vec<String>,
    pub features: Vec<String>,
    /// What it can do: `source`, `webhook`, `actions` …
    pub capabilities: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SecretField {
    pub name: String,
    pub title: String,
    pub help: String,
    pub required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    Running,
    Paused,
    Failing,
    Quarantined,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionView {
    pub id: Uuid,
    /// The connector's id.
    pub connector: String,
    pub name: String,
    pub company: Option<String>,
    #[schema(value_type = Object)]
    pub config: Value,
    /// The secrets that have a value; values are never given out.
    pub secret_names: Vec<String>,
    /// Networks outside the public internet that it may reach.
    pub private_networks: Vec<String>,
    pub status: ConnectionStatus,
    pub health: Health,
    /// Whose account it is, once verified.
    pub account: Option<AccountView>,
    /// Where the platform must send to, for connectors that take webhooks.
    pub webhook_url: Option<String>,
    pub created_at: Timestamp,
    pub capabilities: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    pub last_ok_at: Option<Timestamp>,
    pub last_error: Option<HealthError>,
    /// Failures in a row.
    pub failures: u32,
    pub next_poll_at: Option<Timestamp>,
    pub limits: Vec<LimitUse>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HealthError {
    pub at: Timestamp,
    pub message: String,
    pub advice: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LimitUse {
    pub name: String,
    pub used: u64,
    pub limit: u64,
    pub unit: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    pub handle: String,
    pub display_name: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    /// The connector's id.
    pub connector: String,
    pub name: String,
    #[schema(value_type = Object)]
    pub config: Value,
    /// Name to value.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// The brand or account spoken to, for posts that do not say it themselves.
    pub company: Option<String>,
    /// Networks outside the public internet that it may reach, such as `10.0.0.0/8`.
    #[serde(default)]
    pub private_networks: Vec<String>,
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionChange {
    pub name: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub config: Option<Value>,
    /// Those not named stay.
    pub secrets: Option<BTreeMap<String, String>>,
    pub private_networks: Option<Vec<String>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    pub ok: bool,
    pub account: Option<AccountView>,
    pub error: Option<VerificationError>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationError {
    pub message: String,
    pub advice: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// This level and what is graver.
    #[param(inline)]
    pub level: Option<LogLevel>,
    pub limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LogLine {
    pub at: Timestamp,
    pub level: LogLevel,
    pub message: String,
}

/// What became of the lines of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    pub read: u64,
    pub stored: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub cases: u64,
    pub problems: Vec<ImportProblem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProblem {
    pub line: u32,
    pub reason: String,
}
