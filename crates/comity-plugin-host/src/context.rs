//! What a call is given, and what comes out of it besides its result.

use crate::{ConnectorError, Grants, SecretChanges, SecretText};
use comity_domain::{ConnectionId, Timestamp};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// Everything a connector can know or touch during one call. Values only: the caller loads them before and stores the
/// changes after.
#[derive(Clone, Debug)]
pub struct CallContext {
    pub connection: ConnectionId,
    /// Checked against the connector's schema before (see [`crate::validate_config`]).
    pub config: serde_json::Value,
    pub secrets: BTreeMap<String, SecretText>,
    pub kv: BTreeMap<String, Vec<u8>>,
    pub grants: Grants,
    /// The guest's clock stands at this moment during the whole call.
    pub now: Timestamp,
}

/// A call that ran to its end.
#[derive(Debug)]
pub struct CallOutput<T> {
    pub result: Result<T, ConnectorError>,
    /// Keys set (`Some`) or deleted (`None`). Empty when `result` is an error: a half-done call leaves no state behind.
    pub kv: BTreeMap<String, Option<Vec<u8>>>,
    /// To be stored whatever `result` says. A token that was refreshed is spent at the platform, and one that was refused
    /// is useless; forgetting the news because a later request failed would lock the connection out.
    pub secrets: SecretChanges,
    pub log: Vec<LogLine>,
    pub usage: Usage,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    pub level: LogLevel,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

impl LogLevel {
    /// Unknown words count as `info`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "debug" => Self::Debug,
            "warn" => Self::Warn,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// What a call used, to be shown next to [`crate::Limits`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    pub cpu: Duration,
    pub wall: Duration,
    /// The most bytes held in memories and tables.
    pub memory: usize,
    pub http_requests: usize,
    pub http_sent: usize,
    pub http_received: usize,
    pub log_lines: usize,
}
