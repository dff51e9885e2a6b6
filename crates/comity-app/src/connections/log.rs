//! The log lines of connectors, written in bunches beside the calls that made them: a connector that talks a lot slows nobody
//! down. When more comes than can be written, the rest is dropped and counted.

use crate::App;
use comity_domain::ConnectionId;
use comity_plugin_host::{LogLevel as Level, LogLine as Said};
use comity_store::{LogLevel, LogLine};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Lines waiting to be written.
pub const QUEUE: usize = 4_096;
/// Most lines written at once.
const BATCH: usize = 500;

impl App {
    pub(crate) fn log_lines(&self, connection: ConnectionId, lines: Vec<Said>) {
        let at = self.clock.now();
        for Said { level, message } in lines {
            if self.log_queue.try_send(LogLine { connection, at, level: stored(level), message }).is_err() {
                metrics::counter!("comity_connector_log_lines_dropped_total").increment(1);
            }
        }
    }
}

pub async fn run(app: Arc<App>, mut lines: mpsc::Receiver<LogLine>, stop: CancellationToken) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let count = tokio::select! {
            count = lines.recv_many(&mut batch, BATCH) => count,
            () = stop.cancelled() => {
                lines.close();
                lines.recv_many(&mut batch, BATCH).await
            }
        };
        if count == 0 {
            return;
        }
        if let Err(error) = app.store.append_log(app.organization, &batch, app.config.connections.log_lines).await {
            tracing::error!(%error, lines = batch.len(), "log lines of connectors could not be written");
        }
        batch.clear();
    }
}

fn stored(level: Level) -> LogLevel {
    match level {
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
    }
}
