//! Turns due times into events, when they come, and takes the steps of flows.
//!
//! The database knows which timers are armed; this only looks when the next one is due, or when told that an earlier one may
//! have been armed. Firing a timer and storing the breach event is one transaction.

use crate::{App, AppError};
use comity_domain::Timestamp;
use comity_store::Swept;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimerConfig {
    /// How often the timers are compared with the ledger.
    pub sweep_seconds: u64,
    /// An address that is asked for every so often while timers run, so that a monitor elsewhere notices when they stop.
    pub heartbeat_url: Option<String>,
    pub heartbeat_seconds: u64,
    /// Most timers that fire in a second. After an outage many are due at once, and what they cause has to be decided and told.
    pub most_per_second: u32,
}

impl Default for TimerConfig {
    fn default() -> Self {
        Self { sweep_seconds: 300, heartbeat_url: None, heartbeat_seconds: 60, most_per_second: 2_000 }
    }
}

impl TimerConfig {
    /// How long to wait after so many have fired, so that no more fire in a second than may.
    fn pause_after(&self, fired: usize) -> Duration {
        Duration::from_secs_f64(fired as f64 / f64::from(self.most_per_second.max(1)))
    }
}

/// Most timers fired in one transaction.
const BATCH: u64 = 500;
/// Longer than any one look at the timers takes.
const TIMERS_STOPPED: SignedDuration = SignedDuration::from_secs(60);
/// The longest sleep: a timer armed by another node is found after this at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        let taken = app.take_what_is_due().await;
        if taken.is_ok() {
            app.timers_ran();
        }
        // Being woken by what was just fired must not cut the pause short.
        let wakes = !matches!(taken, Ok(1..));
        let sleep = match taken {
            Ok(0) => app.until_next_timer().await,
            Ok(taken) => app.config.timers.pause_after(taken),
            Err(error) => {
                tracing::error!(%error, "firing timers failed; it is tried again");
                LONGEST_SLEEP
            }
        };
        tokio::select! {
            () = app.wake.timers.notified(), if wakes => {}
            () = tokio::time::sleep(sleep) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

/// Compares the timers with the ledger every now and then, until told to stop.
pub async fn sweep(app: Arc<App>) {
    let every = Duration::from_secs(app.config.timers.sweep_seconds.max(1));
    while !app.stop.is_cancelled() {
        if let Err(error) = app.sweep_timers().await {
            tracing::error!(%error, "the timers could not be looked through; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
    /// Puts right what is wrong with the timers, and says so loudly: it is a defect.
    pub async fn sweep_timers(&self) -> Result<Swept, AppError> {
        let swept = self.store.sweep_timers(self.organization, self.clock.now()).await?;
        if swept != Swept::default() {
            let Swept { missing, stray } = swept;
            tracing::error!(missing, stray, "timers did not fit the ledger and were put right; please report this");
            self.wake.timers.notify_one();
        }
        metrics::counter!("comity_timers_put_right_total").increment((swept.missing + swept.stray) as u64);
        Ok(swept)
    }

    /// Timers and the steps of flows; how many of either.
    pub async fn take_what_is_due(&self) -> Result<usize, AppError> {
        Ok(self.fire_due_timers().await? + self.advance_flows().await?)
    }

    /// Fires what is due; how many timers that were.
    pub async fn fire_due_timers(&self) -> Result<usize, AppError> {
        let fired = self.store.fire_due(self.organization, self.clock.now(), BATCH).await?;
        if fired > 0 {
            self.wake.decide.notify_one();
        }
        Ok(fired)
    }

    fn timers_ran(&self) {
        self.timers_ran_at.store(self.clock.now().as_second(), Ordering::Relaxed);
    }

    /// Whether timers were looked at of late. They are at least every few seconds while all is well.
    pub fn timers_run(&self) -> bool {
        let ran_at = Timestamp::from_second(self.timers_ran_at.load(Ordering::Relaxed)).unwrap_or_default();
        self.clock.now().duration_since(ran_at) < TIMERS_STOPPED
    }

    async fn until_next_timer(&self) -> Duration {
        let timer = self.store.next_timer_at(self.organization).await.ok().flatten();
        let flow = self.store.next_flow_at(self.organization).await.ok().flatten();
        let wait =
            [timer, flow].into_iter().flatten().min().map(|at| at.duration_since(self.clock.now()).unsigned_abs());
        // A timer that is due but whose case still has undecided events waits for those.
        wait.map_or(LONGEST_SLEEP, |wait| wait.clamp(Duration::from_millis(50), LONGEST_SLEEP))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_fire_in_a_second_as_may() {
        let config = TimerConfig { most_per_second: 1_000, ..TimerConfig::default() };
        assert_eq!(config.pause_after(500), Duration::from_millis(500));
        assert_eq!(TimerConfig { most_per_second: 0, ..config }.pause_after(2), Duration::from_secs(2));
    }
}
