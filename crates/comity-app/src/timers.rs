//! Turns due times into events, when they come, and takes the steps of flows.
//!
//! The database knows which timers are armed; this only looks when the next one is due, or when told that an earlier one may
//! have been armed. Firing a timer and storing the breach event is one transaction.

use crate::{App, AppError};
use std::{sync::Arc, time::Duration};

/// Most timers fired in one transaction.
const BATCH: u64 = 500;
/// The longest sleep: a timer armed by another node is found after this at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

pub async fn run(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        let sleep = match app.take_what_is_due().await {
            Ok(0) => app.until_next_timer().await,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "firing timers failed; it is tried again");
                LONGEST_SLEEP
            }
        };
        tokio::select! {
            () = app.wake.timers.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
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

    async fn until_next_timer(&self) -> Duration {
        let timer = self.store.next_timer_at(self.organization).await.ok().flatten();
        let flow = self.store.next_flow_at(self.organization).await.ok().flatten();
        let wait =
            [timer, flow].into_iter().flatten().min().map(|at| at.duration_since(self.clock.now()).unsigned_abs());
        // A timer that is due but whose case still has undecided events waits for those.
        wait.map_or(LONGEST_SLEEP, |wait| wait.clamp(Duration::from_millis(50), LONGEST_SLEEP))
    }
}
