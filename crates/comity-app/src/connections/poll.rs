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
        let shortest = Duration::from_secs(config.shortest_poll_seconds);
        if !self.connections.is_current(runtime) {
            // Its settings were changed; another task takes over.
            return Ok(shortest);
        }
        if let Some(wait) = runtime.refuses(now) {
            return Ok(wait.max(shortest));
        }
        let cursor = runtime.cursor();
        let mut output = runtime.plugin.poll(runtime.context(now), cursor, config.poll_budget).await;
        let left = runtime.absorb(self, &mut output)?;
        match output {
            Ok(output) => match output.result {
                Ok(batch) => {
                    let cursor = (batch.cursor != runtime.cursor()).then(|| batch.cursor.clone());
                    let is_news = cursor.is_some() || !batch.events.is_empty();
                    // A connector that has more and nothing to show for it is not asked again at once.
                    let (more, delay) = (batch.more && is_news, batch.delay);
                    if is_news || left.changes_anything() {
                        let keeps_secrets = left.secrets.is_some();
                        let taken = self.ingest(runtime.batch(self, batch.events, cursor, left)).await;
                        if taken.is_err() && !keeps_secrets {
                            // Its state has run ahead of the database, so it begins again from there.
                            self.connections.outdate(runtime.id).await;
                            self.wake.connections.notify_one();
                        }
                        taken?;
                        runtime.set_cursor(batch.cursor);
                    } else {
                        self.log_lines(runtime.id, left.log);
                    }
                    self.note_success(runtime).await?;
                    let wish = if more { Some(Duration::ZERO) } else { delay };
                    let wait = wish.unwrap_or(Duration::from_secs(config.poll_seconds));
                    Ok(if more { wait } else { wait.max(shortest) })
                }
                Err(error) => self.note_error(runtime, left, &error).await,
            },
            Err(error) => self.note_stop(runtime, left, &error).await,
        }
    }

    /// Looks again at some of a connection's posts, from the newest back and then from the beginning; stores deletions and
    /// edits found.
    pub async fn recheck(&self, runtime: &Runtime) -> Result<usize, AppError> {
        let config = &self.config.connections;
        let now = self.clock.now();
        let since = SignedDuration::from_hours(i64::from(config.recheck_days) * 24);
        let since = now.saturating_sub(since).unwrap_or(Timestamp::MIN);
        let before = runtime.recheck_before().unwrap_or(Timestamp::MAX);
        let most = config.recheck_posts;
        let posts = self.store.posts_to_recheck(self.organization, runtime.id, (since, before), most).await?;
        let is_last = (posts.len() as u64) < most;
        let mut found = 0;
        for posts in posts.chunks(RECHECK_AT_ONCE) {
            let _turn = runtime.turn.lock().await;
            let now = self.clock.now();
            if !self.connections.is_current(runtime) || runtime.refuses(now).is_some() {
                return Ok(found);
            }
            let ids = posts.iter().map(|post| post.external_id.clone()).collect();
            let mut output = runtime.plugin.recheck(runtime.context(now), ids).await;
            let left = runtime.absorb(self, &mut output)?;
            match output {
                Ok(output) => match output.result {
                    Ok(events) => found += self.store_rechecked(runtime, events, left).await?,
                    Err(error) => {
                        self.note_error(runtime, left, &error).await?;
                        return Ok(found);
                    }
                },
                Err(error) => {
                    self.note_stop(runtime, left, &error).await?;
                    return Ok(found);
                }
            }
            self.note_success(runtime).await?;
            runtime.set_recheck_before(posts.last().map(|post| post.at));
        }
        if is_last {
            runtime.set_recheck_before(None);
        }
        Ok(found)
    }

    async fn store_rechecked(
        &self,
        runtime: &Runtime,
        events: Vec<InboundEvent>,
        left: super::runtime::Leftovers,
    ) -> Result<usize, AppError> {
        if events.is_empty() {
            self.keep_leftovers(runtime, left).await?;
            return Ok(0);
        }
        Ok(self.ingest(runtime.batch(self, events, None, left)).await?.stored)
    }
}

/// The sentence for a log or a page.
pub fn sentence(error: &ConnectorError) -> String {
    error.advice.as_ref().map_or_else(|| error.message.clone(), |advice| format!("{} {advice}", error.message))
}
