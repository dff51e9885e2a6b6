//! What one call on a fresh instance costs: `plugin_bench [COMPONENT [FIRST_FILE]]`, one line of JSON.
//!
//! Without a component, a minimal one is polled. A component given by its path is called in the first way it offers that
//! needs no network: `files.read` (with the file, if given), `source.poll`, or else `webhook.handle` with the file as its body.

#[path = "../tests/support/mod.rs"]
mod support;

use comity_plugin_host::{Capability, HostConfig, Plugin, PluginHost, WebhookRequest};
use std::time::{Duration, Instant};
use support::{Guest, context, now};

const WARM_UP: usize = 200;
const CALLS: usize = 5_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a folder for compiled code");
    let started = Instant::now();
    let host = PluginHost::new(HostConfig::new(folder.path(), [1; 32])).expect("the host starts");
    let start = started.elapsed();
    let mut arguments = std::env::args_os().skip(1);
    let component = arguments
        .next()
        .map_or_else(|| Guest::default().component(), |path| std::fs::read(path).expect("the component can be read"));
    let file = arguments.next().map(|path| std::fs::read(path).expect("the file can be read")).unwrap_or_default();
    let started = Instant::now();
    host.load(component.clone(), now()).await.expect("the component loads");
    let compile = started.elapsed();
    let started = Instant::now();
    let plugin = host.load(component, now()).await.expect("the component loads");
    let cached = started.elapsed();

    for _ in 0..WARM_UP {
        call(&plugin, &file).await;
    }
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let started = Instant::now();
        call(&plugin, &file).await;
        took.push(started.elapsed());
    }
    took.sort_unstable();
    let micros = |time: Duration| (time.as_secs_f64() * 1e7).round() / 10.0;
    let result = serde_json::json!({
        "connector": plugin.description().id,
        "calls": CALLS,
        "p50_us": micros(took[CALLS / 2]),
        "p99_us": micros(took[CALLS * 99 / 100]),
        "host_start_us": micros(start),
        "first_load_us": micros(compile),
        "cached_load_us": micros(cached),
    });
    println!("{result}");
}

async fn call(plugin: &Plugin, file: &[u8]) {
    let failed = if plugin.can(Capability::Files) {
        plugin.read_file(context(), 1, file.to_vec()).await.err()
    } else if plugin.can(Capability::Source) {
        plugin.poll(context(), None, 100).await.err()
    } else {
        let request = WebhookRequest { method: "POST".to_owned(), body: file.to_vec(), ..WebhookRequest::default() };
        plugin.webhook(context(), request).await.err()
    };
    assert!(failed.is_none(), "the call was stopped: {failed:?}");
}
