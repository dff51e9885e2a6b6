//! Tells a monitor elsewhere that the timers run, for as long as they do: when it hears nothing, it raises the alarm that a
//! server which has stopped cannot raise.

use comity_app::App;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Longer than a monitor needs to say that it heard.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks for the address every so often, until told to stop. Does nothing without one.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let config = &app.config.timers;
    let Some(url) = config.heartbeat_url.clone() else { return };
    let every = Duration::from_secs(config.heartbeat_seconds.max(1));
    let client = match reqwest::Client::builder().timeout(PATIENCE).build() {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no heartbeat is sent"),
    };
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stop.cancelled() => return,
        }
        if !app.timers_run() {
            tracing::error!("timers have stopped; no heartbeat is sent until they run again");
            continue;
        }
        // The address may hold a secret, which an error would repeat.
        if let Err(error) = client.get(&url).send().await.and_then(reqwest::Response::error_for_status) {
            tracing::warn!(error = %error.without_url(), "the heartbeat was not heard");
        }
    }
}
