//! The end-to-end load of `cargo xtask bench`: the real program on an empty data folder, signed webhook posts over real
//! connections, each of them decided by the starter policy and durably committed.
//!
//! Four figures, a line of JSON each: how long a start takes, what an idle server holds in memory, how much gets through
//! when senders only wait for their own answer (closed loop), and how long a post takes at half that rate when posts come
//! whether or not earlier ones are done (open loop; times count from when a post was to be sent, so that a stall is not
//! hidden). Meant for a release build.

mod figures;
mod phases;
mod sender;
mod watch;

use std::time::{Duration, Instant};

use anyhow::Result;
use comity_e2e::{api::Api, server, server::Server, webhook::Webhook};
use serde_json::json;

/// Enough to keep several commits filled; more only wait longer.
const CONNECTIONS: usize = 128;
const WARM_UP: Duration = Duration::from_secs(3);
const FULL: Duration = Duration::from_secs(15);
const HALF: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> Result<()> {
    // On the disk of the project: a temporary folder may be memory, which commits faster than anything real.
    let target = std::env::current_dir()?.join("target");
    std::fs::create_dir_all(&target)?;
    let folder = tempfile::tempdir_in(target)?;
    let data = folder.path().join("data");
    let port = server::free_port()?;

    let first = start(&data, port).await?;
    let api = Api::set_up(&first.0).await?;
    let webhook = Webhook::connect(&api, &first.0.url(), json!({})).await?;
    first.0.kill()?;
    let mut starts = Vec::new();
    for _ in 0..3 {
        let (again, took) = start(&data, port).await?;
        starts.push(took);
        again.kill()?;
    }
    starts.sort();
    let (server, _) = start(&data, port).await?;
    println!("{}", json!({"name": "start", "first_ms": millis(first.1), "again_ms": millis(starts[1])}));
    tokio::time::sleep(Duration::from_secs(5)).await;
    println!("{}", figures::memory("idle memory", server.id())?);

    let watch = watch::Watch::start(&server.url(), api.token()).await?;
    phases::closed(&server, &webhook, "warm", WARM_UP, CONNECTIONS).await?;
    let full = phases::closed(&server, &webhook, "full", FULL, CONNECTIONS).await?;
    println!("{}", full.as_json("webhook, full rate"));
    let half = phases::open(&server, &webhook, "half", HALF, full.decided_per_second / 2.0, CONNECTIONS).await?;
    println!("{}", half.as_json("webhook, half rate"));
    let seen = watch.finish(&api, "half", &half.scheduled).await?;
    println!("{}", figures::latency("webhook, half rate, until decided and committed", &seen));
    println!("{}", figures::memory("memory after load", server.id())?);
    Ok(())
}

async fn start(data: &std::path::Path, port: u16) -> Result<(Server, Duration)> {
    let started = Instant::now();
    let server = Server::start_on(data, port).await?;
    Ok((server, started.elapsed()))
}

fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
