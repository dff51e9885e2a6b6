//! How a connection fares: kept in memory, written down when it changes, so that a poll that finds nothing costs no commit.

use crate::{
    App, AppError,
    changes::Change,
    connections::{Leftovers, Runtime},
};
use comity_domain::Timestamp;
use comity_plugin_host::{CallResult, ConnectorError, HostError, LogLevel, LogLine};
use comity_store::ConnectionStatus;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    pub last_ok_at: Option<Timestamp>,
    pub last_error: Option<LastError>,
    /// Failures since the last success.
    pub failures: u32,
    pub next_poll_at: Option<Timestamp>,
    /// What the last call used, next to its limits.
    pub limits: Vec<LimitUsed>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastError {
    pub at: Timestamp,
    pub message: String,
    #[serde(default)]
    pub advice: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitUsed {
    pub name: String,
    pub used: u64,
    pub limit: u64,
    pub unit: String,
}

/// A success is noted this often: "last seen working" is right to a minute, and a poll that finds nothing costs no commit.
const WRITE_EVERY: SignedDuration = SignedDuration::from_mins(1);

impl App {
    pub(crate) async fn note_success(&self, runtime: &Runtime) -> Result<(), AppError> {
        let now = self.clock.now();
        runtime.report(CallResult::Ok, now, 0.0);
        let is_news = runtime.health(|health| {
            let is_old = health.last_ok_at.is_none_or(|at| now.duration_since(at) >= WRITE_EVERY);
            let is_news = is_old || health.failures > 0;
            if is_news {
                health.failures = 0;
                health.last_ok_at = Some(now);
            }
            is_news
        });
        if is_news { self.write_health(runtime, ConnectionStatus::Running).await } else { Ok(()) }
    }

    /// The connector itself reports an error; how long to wait before it is asked again.
    pub(crate) async fn note_error(
        &self,
        runtime: &Runtime,
        left: Leftovers,
        error: &ConnectorError,
    ) -> Result<Duration, AppError> {
        let result = CallResult::Failed { retry_after: error.retry_after };
        self.note_failure(runtime, left, error.message.clone(), error.advice.clone(), result).await
    }

    /// The host stopped the connector.
    pub(crate) async fn note_stop(
        &self,
        runtime: &Runtime,
        left: Leftovers,
        error: &HostError,
    ) -> Result<Duration, AppError> {
        self.note_failure(runtime, left, error.to_string(), None, CallResult::Trapped).await
    }

    async fn note_failure(
        &self,
        runtime: &Runtime,
        mut left: Leftovers,
        message: String,
        advice: Option<String>,
        result: CallResult,
    ) -> Result<Duration, AppError> {
        let now = self.clock.now();
        let (wait, quarantined) = runtime.report(result, now, rand::random());
        tracing::warn!(connection = %runtime.id, %message, "a connection failed");
        left.log.push(LogLine { level: LogLevel::Error, message: message.clone() });
        runtime.health(|health| {
            health.failures += 1;
            health.last_error = Some(LastError { at: now, message, advice });
            health.next_poll_at = SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok());
        });
        self.keep_leftovers(runtime, left).await?;
        let status = if quarantined { ConnectionStatus::Quarantined } else { ConnectionStatus::Failing };
        self.write_health(runtime, status).await?;
        Ok(wait)
    }

    async fn write_health(&self, runtime: &Runtime, status: ConnectionStatus) -> Result<(), AppError> {
        let health = runtime.health(|health| serde_json::to_value(health)).unwrap_or_default();
        self.store.set_connection_health(self.organization, runtime.id, status, &health, self.clock.now()).await?;
        self.changes.tell(Change::Connection { id: runtime.id });
        Ok(())
    }

    /// Stores what a call left, when it brought no events that carry it.
    pub(crate) async fn keep_leftovers(&self, runtime: &Runtime, left: Leftovers) -> Result<(), AppError> {
        if left.changes_anything() {
            self.ingest(runtime.batch(self, Vec::new(), None, left)).await?;
        } else {
            self.log_lines(runtime.id, left.log);
        }
        Ok(())
    }
}
