//! Every limit and interval of the use cases, with its default.

use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address people reach the server under; decides whether cookies are `Secure`.
    pub public_url: String,
    pub ingest: IngestConfig,
    pub decide: DecideConfig,
    pub deliver: DeliverConfig,
    pub connections: ConnectionConfig,
    pub accounts: crate::accounts::AccountsConfig,
    pub evidence: EvidenceConfig,
    pub backtest: BacktestConfig,
    pub notify: crate::notify::NotifyConfig,
    pub channels: crate::channels::ChannelConfig,
    pub announce: crate::announce::AnnounceConfig,
    pub timers: crate::timers::TimerConfig,
    pub case_page: crate::case_page::CasePageConfig,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// Batches waiting for the next commit; more than this and senders are told to wait.
    pub queue: usize,
    /// Most events in one commit.
    pub most_events_per_commit: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecideConfig {
    /// Most events decided and committed together.
    pub batch: usize,
    /// How often undecided events are looked for without being told.
    pub scan_seconds: u64,
    /// A post that came this late may have company on its way: a breach is announced no sooner than this after it came.
    pub settle_seconds: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliverConfig {
    /// How long a worker may hold a reply before another may look it up.
    pub lease_seconds: u64,
    /// Attempts before a reply becomes a dead letter.
    pub most_attempts: i32,
    pub first_retry_seconds: u64,
    pub longest_retry_seconds: u64,
    pub scan_seconds: u64,
    /// Replies in hand at once.
    pub parallel: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionConfig {
    /// How often a source is asked when it expresses no wish.
    pub poll_seconds: u64,
    /// The shortest wait between two polls, whatever the connector wishes.
    pub shortest_poll_seconds: u64,
    /// Most events asked for in one poll.
    pub poll_budget: u32,
    /// How often posts are looked at again for deletions.
    pub recheck_seconds: u64,
    /// Posts looked at in one recheck, and how far back.
    pub recheck_posts: u64,
    pub recheck_days: u32,
    /// Most lines kept in a connection's log.
    pub log_lines: u64,
    /// Largest webhook body.
    pub webhook_bytes: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvidenceConfig {
    /// The latest decided events that a draft is tried over.
    pub events: u64,
    /// Differing events shown with them.
    pub cases: usize,
    /// Decisions that the page of a rule counts at most.
    pub rule_events: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BacktestConfig {
    /// Decisions read at a time.
    pub part: u64,
    /// Differing events that can be looked at one by one; there may be more, which are counted.
    pub most_listed: u64,
    /// How long it works between two checkpoints.
    pub checkpoint_milliseconds: u64,
    /// How long a worker that is not heard of keeps others away.
    pub lease_seconds: u64,
    /// How often one that is left is looked for without being told.
    pub scan_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            ingest: IngestConfig::default(),
            decide: DecideConfig::default(),
            deliver: DeliverConfig::default(),
            connections: ConnectionConfig::default(),
            accounts: crate::accounts::AccountsConfig::default(),
            evidence: EvidenceConfig::default(),
            backtest: BacktestConfig::default(),
            notify: crate::notify::NotifyConfig::default(),
            channels: crate::channels::ChannelConfig::default(),
            announce: crate::announce::AnnounceConfig::default(),
            timers: crate::timers::TimerConfig::default(),
            case_page: crate::case_page::CasePageConfig::default(),
        }
    }
}

impl Default for EvidenceConfig {
    fn default() -> Self {
        Self { events: 1_000, cases: 20, rule_events: 20_000 }
    }
}

impl Default for BacktestConfig {
    fn default() -> Self {
        Self { part: 250, most_listed: 5_000, checkpoint_milliseconds: 1_000, lease_seconds: 30, scan_seconds: 5 }
    }
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self { queue: 4_096, most_events_per_commit: 1_000 }
    }
}

impl Default for DecideConfig {
    fn default() -> Self {
        Self { batch: 500, scan_seconds: 2, settle_seconds: 60 }
    }
}

impl Default for DeliverConfig {
    fn default() -> Self {
        Self {
            lease_seconds: 60,
            most_attempts: 8,
            first_retry_seconds: 5,
            longest_retry_seconds: 3_600,
            scan_seconds: 5,
            parallel: 8,
        }
    }
}

impl Default for ConnectionConfig {
    fn default() -> Self {
        Self {
            poll_seconds: 15,
            shortest_poll_seconds: 1,
            poll_budget: 100,
            recheck_seconds: 60,
            recheck_posts: 100,
            recheck_days: 14,
            log_lines: 1_000,
            webhook_bytes: 1024 * 1024,
        }
    }
}

impl DeliverConfig {
    /// How long to wait after this many attempts: doubling, capped.
    #[must_use]
    pub fn backoff(&self, attempts: i32) -> Duration {
        let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
        let seconds = self.first_retry_seconds.saturating_mul(1 << doublings);
        Duration::from_secs(seconds.min(self.longest_retry_seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_cap() {
        let config = DeliverConfig::default();
        let seconds: Vec<_> = [0, 1, 2, 3, 12, i32::MAX].map(|attempts| config.backoff(attempts).as_secs()).into();
        assert_eq!(seconds, [5, 5, 10, 20, 3_600, 3_600]);
    }
}
