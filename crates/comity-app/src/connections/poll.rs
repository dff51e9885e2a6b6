//! Asks a source what is new, again and again, and looks at older posts once more where the platform does not tell of
//! deletions.

use crate::{App, AppError, connections::Runtime};
use comity_domain::{Timestamp, inbound::InboundEvent};
use comity_plugin_host::{Capability, ConnectorError};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Most posts in one recheck call; platforms take about this many ids in a request.
const RECHECK_AT_ONCE: usize = 25;

/// Polls one connection until it is stopped.
pub async fn run(app: Arc<App>, runtime: Arc<Runtime>, stop: CancellationToken) {
    if !runtime.plugin.can(Capability::Source) {
        return;
    }
    let rechecks = runtime.plugin.can(Capability::Recheck);
    let mut recheck_at = app.clock.now();
    loop {
        let wait = match app.poll(&runtime).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(connection = %runtime.id, %error, "polling failed");
                Duration::from_secs(app.config.connections.poll_seconds)
            }
        };
        if rechecks && app.clock.now() >= recheck_at {
            if let Err(error) = app.recheck(&runtime).await {
                tracing::warn!(connection = %runtime.id, %error, "looking at posts again failed");
            }
            let every = SignedDuration::from_secs(app.config.connections.recheck_seconds.cast_signed());
            recheck_at = app.clock.now().saturating_add(every).unwrap_or(Timestamp::MAX);
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

impl App {
    /// One poll; how long to wait before the next.
    pub async fn poll(&self, runtime: &Runtime) -> Result<Duration, AppError> {
        let config = &self.config.connections;
        let _turn = runtime.turn.lock().await;
        let now = self.clock.now();
        if let Some(wait) = runtime.refuses(now) {
            return Ok(wait.max(Duration::from_secs(config.shortest_poll_seconds)));
        }
        let cursor = runtime.cursor();
        let mut output = runtime.plugin.poll(runtime.context(now), cursor, config.poll_budget).await;
        let left = runtime.absorb(self, &mut output)?;
        match output {
            Ok(output) => match output.result {
                Ok(batch) => {
                    let (more, delay) = (batch.more, batch.delay);
                    let cursor = (batch.cursor != runtime.cursor()).then(|| batch.cursor.clone());
                    if cursor.is_some() || !batch.events.is_empty() || left.changes_anything() {
                        self.ingest(runtime.batch(self, batch.events, cursor, left)).await?;
                        runtime.set_cursor(batch.cursor);
                    } else {
                        self.log_lines(runtime.id, left.log);
                    }
                    self.note_success(runtime).await?;
                    let wish = if more { Some(Duration::ZERO) } else { delay };
                    let wait = wish.unwrap_or(Duration::from_secs(config.poll_seconds));
                    let shortest =
                        if more { Duration::ZERO } else { Duration::from_secs(config.shortest_poll_seconds) };
                    Ok(wait.max(shortest))
                }
                Err(error) => self.note_error(runtime, left, &error).await,
            },
            Err(error) => self.note_stop(runtime, left, &error).await,
        }
    }

    /// Looks again at the newest posts of a connection; stores deletions and edits found.
    pub async fn recheck(&self, runtime: &Runtime) -> Result<usize, AppError> {
        let config = &self.config.connections;
        let since = SignedDuration::from_hours(i64::from(config.recheck_days) * 24);
        let since = self.clock.now().saturating_sub(since).unwrap_or(Timestamp::MIN);
        let posts = self.store.posts_to_recheck(self.organization, runtime.id, since, config.recheck_posts).await?;
        let ids: Vec<String> = posts.into_iter().map(|post| post.external_id).collect();
        let mut found = 0;
        for ids in ids.chunks(RECHECK_AT_ONCE) {
            let _turn = runtime.turn.lock().await;
            let mut output = runtime.plugin.recheck(runtime.context(self.clock.now()), ids.to_vec()).await;
            let left = runtime.absorb(self, &mut output)?;
            match output {
                Ok(output) => match output.result {
                    Ok(events) => found += self.store_rechecked(runtime, events, left).await?,
                    Err(error) => drop(self.note_error(runtime, left, &error).await?),
                },
                Err(error) => drop(self.note_stop(runtime, left, &error).await?),
            }
        }
        Ok(found)
    }

    async fn store_rechecked(
        &self,
        runtime: &Runtime,
        events: Vec<InboundEvent>,
        left: super::runtime::Leftovers,
    ) -> Result<usize, AppError> {
        if events.is_empty() && !left.changes_anything() {
            return Ok(0);
        }
        Ok(self.ingest(runtime.batch(self, events, None, left)).await?.stored)
    }
}

/// The sentence for a log or a page.
pub fn sentence(error: &ConnectorError) -> String {
    error.advice.as_ref().map_or_else(|| error.message.clone(), |advice| format!("{} {advice}", error.message))
}
