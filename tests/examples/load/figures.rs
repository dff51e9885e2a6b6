//! Reading the server's own counters and memory, and saying latencies in a few numbers.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use comity_e2e::api;
use serde_json::{Value, json};

/// Events decided and committed since the server started.
pub async fn decided(server: &str) -> Result<u64> {
    let text = api::http_client().get(format!("{server}/metrics")).send().await?.error_for_status()?.text().await?;
    let line = text.lines().find(|line| line.starts_with("comity_events_decided_total"));
    line.map_or(Ok(0), |line| {
        let number = line.rsplit(' ').next().unwrap_or_default();
        number.parse::<f64>().map(|count| count as u64).with_context(|| format!("not a count: {line}"))
    })
}

/// What the process holds in memory, and how much of it is its own: the rest is pages of files (the program, the database)
/// that the kernel takes back when it needs them.
pub fn memory(name: &str, process: u32) -> Result<Value> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let mib = |field: &str| -> Result<f64> {
        let line = status.lines().find(|line| line.starts_with(field)).with_context(|| format!("no {field}"))?;
        let kib: f64 = line.split_whitespace().nth(1).with_context(|| format!("{field} has no number"))?.parse()?;
        Ok((kib / 102.4).round() / 10.0)
    };
    Ok(json!({"name": name, "rss_mib": mib("VmRSS:")?, "own_mib": mib("RssAnon:")?}))
}

pub fn latency(name: &str, latencies: &[Duration]) -> Value {
    let mut sorted: Vec<f64> = latencies.iter().map(|took| took.as_secs_f64() * 1_000.0).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let index = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(index).map(|value| (value * 10.0).round() / 10.0)
    };
    json!({"name": name, "posts": sorted.len(), "p50_ms": at(0.50), "p99_ms": at(0.99), "max_ms": at(1.0)})
}
