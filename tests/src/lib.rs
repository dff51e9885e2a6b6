//! What the end-to-end suites share: the real `comity` program on a data folder of its own, a client for its HTTP API, and
//! the other side of a webhook. The suites are few and coarse; what can be tested lower down is tested there.

pub mod api;
pub mod atproto;
pub mod impatient;
pub mod mail;
pub mod postgres;
pub mod receiver;
pub mod server;
pub mod webhook;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The time that the real servers of these suites live in.
#[expect(clippy::disallowed_methods, reason = "real peers live in real time")]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Asks until the answer is there.
pub async fn until<T, F: Future<Output = Result<Option<T>>>>(
    what: &str,
    patience: Duration,
    ask: impl Fn() -> F,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        if started.elapsed() > patience {
            bail!("{what}: not within {patience:?}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
