//! The two ways of sending: as fast as answers come, and at a set rate whatever comes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use comity_e2e::{server::Server, webhook::Webhook};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

use crate::{figures, sender::Sender};

/// How long decisions may trail behind the last acknowledgement.
const DRAIN: Duration = Duration::from_mins(2);

pub struct Phase {
    pub acknowledged_per_second: f64,
    /// Counted until the last post was decided, so that a growing queue does not look like speed.
    pub decided_per_second: f64,
    /// From when a post was to be sent until it was acknowledged.
    pub latencies: Vec<Duration>,
    /// When each post was to be sent.
    pub scheduled: Vec<Instant>,
}

impl Phase {
    pub fn as_json(&self, name: &str) -> Value {
        let mut line = figures::latency(name, &self.latencies);
        line["acknowledged_per_s"] = json!(self.acknowledged_per_second.round());
        line["decided_per_s"] = json!(self.decided_per_second.round());
        line
    }
}

/// Each connection sends its next post when the last one was acknowledged.
pub async fn closed(
    server: &Server,
    webhook: &Webhook,
    name: &'static str,
    time: Duration,
    many: usize,
) -> Result<Phase> {
    let numbers = Arc::new(AtomicU64::new(0));
    let senders = connect(server, webhook, many).await?;
    let before = figures::decided(&server.url()).await?;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for mut sender in senders {
        let numbers = Arc::clone(&numbers);
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < time {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let sent = Instant::now();
                sender.send(&format!("{name}-{number}"), now()).await?;
                latencies.push(sent.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let latencies = gather(tasks).await?.into_iter().flatten().collect();
    finish(server, started, before, latencies, Vec::new()).await
}

/// Posts come at `rate` a second; a free connection takes the next one, and waiting for a connection counts.
pub async fn open(
    server: &Server,
    webhook: &Webhook,
    name: &'static str,
    time: Duration,
    rate: f64,
    many: usize,
) -> Result<Phase> {
    let total = (rate * time.as_secs_f64()) as u64;
    let numbers = Arc::new(AtomicU64::new(0));
    let senders = connect(server, webhook, many).await?;
    let before = figures::decided(&server.url()).await?;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for mut sender in senders {
        let numbers = Arc::clone(&numbers);
        tasks.spawn(async move {
            let mut sent = Vec::new();
            loop {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                if number >= total {
                    return anyhow::Ok(sent);
                }
                let due = started + Duration::from_secs_f64(number as f64 / rate);
                sleep(due.saturating_duration_since(Instant::now())).await;
                sender.send(&format!("{name}-{number}"), now()).await?;
                sent.push((number, due, due.elapsed()));
            }
        });
    }
    let mut sent: Vec<(u64, Instant, Duration)> = gather(tasks).await?.into_iter().flatten().collect();
    sent.sort_by_key(|(number, ..)| *number);
    let latencies = sent.iter().map(|(_, _, took)| *took).collect();
    finish(server, started, before, latencies, sent.iter().map(|(_, due, _)| *due).collect()).await
}

async fn connect(server: &Server, webhook: &Webhook, many: usize) -> Result<Vec<Sender>> {
    let mut senders = Vec::new();
    for _ in 0..many {
        senders.push(Sender::connect(server.port(), webhook).await?);
    }
    Ok(senders)
}

async fn gather<T: 'static>(mut tasks: JoinSet<Result<T>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.push(done??);
    }
    Ok(all)
}

async fn finish(
    server: &Server,
    started: Instant,
    before: u64,
    latencies: Vec<Duration>,
    scheduled: Vec<Instant>,
) -> Result<Phase> {
    let acknowledged = latencies.len() as f64;
    let acknowledged_per_second = acknowledged / started.elapsed().as_secs_f64();
    let waiting = Instant::now();
    while figures::decided(&server.url()).await? < before + latencies.len() as u64 {
        if waiting.elapsed() > DRAIN {
            bail!("decisions still trail behind after {DRAIN:?}");
        }
        sleep(Duration::from_millis(20)).await;
    }
    let decided_per_second = acknowledged / started.elapsed().as_secs_f64();
    Ok(Phase { acknowledged_per_second, decided_per_second, latencies, scheduled })
}

#[expect(clippy::disallowed_methods, reason = "the sender of a webhook has a clock of its own")]
fn now() -> Timestamp {
    Timestamp::now()
}
