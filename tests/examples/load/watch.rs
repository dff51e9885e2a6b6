//! Follows the live changes as a browser would, and notes when each case was first announced: that is after its decision was
//! committed.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use comity_e2e::api::{self, Api};
use futures::StreamExt as _;
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinHandle};

pub struct Watch {
    reader: JoinHandle<()>,
    announced: mpsc::UnboundedReceiver<(Instant, String)>,
}

impl Watch {
    pub async fn start(server: &str, token: &str) -> Result<Self> {
        let request = api::http_client().get(format!("{server}/api/v1/changes")).bearer_auth(token);
        let mut stream = request.send().await?.error_for_status()?.bytes_stream();
        let (sender, announced) = mpsc::unbounded_channel();
        let reader = tokio::spawn(async move {
            let mut buffer = Vec::new();
            while let Some(Ok(bytes)) = stream.next().await {
                let at = Instant::now();
                buffer.extend_from_slice(&bytes);
                while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
                    let event: Vec<u8> = buffer.drain(..end + 2).collect();
                    if let Some(case) = case_of(&String::from_utf8_lossy(&event))
                        && sender.send((at, case)).is_err()
                    {
                        return;
                    }
                }
            }
        });
        Ok(Self { reader, announced })
    }

    /// How long each post of a phase took from when it was to be sent until its case was announced.
    pub async fn finish(mut self, api: &Api, phase: &str, scheduled: &[Instant]) -> Result<Vec<Duration>> {
        let mut first: HashMap<String, Instant> = HashMap::new();
        while let Ok(Some((at, case))) = tokio::time::timeout(Duration::from_secs(2), self.announced.recv()).await {
            first.entry(case).or_insert(at);
        }
        self.reader.abort();
        let mut took = Vec::new();
        let marker = format!("[{phase}-");
        for case in api.list("/cases?sort=newest&limit=200").await? {
            let id = case["id"].as_str().context("a case without an id")?;
            let Some(number) = number_in(case["excerpt"].as_str().unwrap_or_default(), &marker) else { continue };
            if let (Some(at), Some(due)) = (first.get(id), scheduled.get(number)) {
                took.push(at.saturating_duration_since(*due));
            }
        }
        // The stream drops what a slow reader does not take; a handful is a sample all the same, a tenth is not.
        if took.len() * 10 < scheduled.len() {
            bail!("only {} of {} posts were seen in the live changes", took.len(), scheduled.len());
        }
        Ok(took)
    }
}

fn case_of(event: &str) -> Option<String> {
    event.lines().find(|line| *line == "event: case")?;
    let data = event.lines().find_map(|line| line.strip_prefix("data: "))?;
    let value: Value = serde_json::from_str(data).ok()?;
    Some(value["id"].as_str()?.to_owned())
}

fn number_in(text: &str, marker: &str) -> Option<usize> {
    text.split_once(marker)?.1.split(']').next()?.parse().ok()
}
