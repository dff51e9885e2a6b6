//! When a connection that fails may be tried again. A pure state machine: times and chance are passed in, and the caller
//! keeps the state with the connection.
//!
//! Errors of a connector (the platform is down, the password is wrong) back off, doubling up to a limit. A connector that was
//! stopped or crashed several times in a row is quarantined: that is not the platform's doing, so it is tried rarely and
//! somebody should look. After any pause one call is let through (half-open); a success closes the breaker, a failure opens
//! it for longer.

use comity_domain::Timestamp;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct BreakerSettings {
    /// The pause after the first failure.
    pub first: Duration,
    pub longest: Duration,
    /// Traps in a row until quarantine.
    pub traps: u32,
    /// The pause in quarantine.
    pub quarantine: Duration,
    /// How long a call that was let through may stay unreported before another is.
    pub probe: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_mins(10),
            traps: 5,
            quarantine: Duration::from_hours(1),
            probe: Duration::from_mins(2),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    pub state: BreakerState,
    /// Failures of any kind since the last success.
    pub failures: u32,
    /// Of these, traps with no ordinary error between.
    pub traps: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BreakerState {
    #[default]
    Closed,
    /// Nothing is called before `until`.
    Open { until: Timestamp, quarantined: bool },
    /// One call is on its way; until `until` it is the only one.
    HalfOpen { until: Timestamp, quarantined: bool },
}

/// What came of a call, for the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallResult {
    Ok,
    /// The connector reported an error; the platform may have said how long to wait.
    Failed {
        retry_after: Option<Duration>,
    },
    /// The connector was stopped, crashed, or returned something unusable.
    Trapped,
}

impl Breaker {
    /// Whether a call may be made now. `true` after a pause is for one call only.
    pub fn admit(&mut self, now: Timestamp, settings: &BreakerSettings) -> bool {
        match self.state {
            BreakerState::Closed => true,
            BreakerState::Open { until, quarantined } | BreakerState::HalfOpen { until, quarantined } => {
                let is_due = now >= until;
                if is_due {
                    self.state = BreakerState::HalfOpen { until: after(now, settings.probe), quarantined };
                }
                is_due
            }
        }
    }

    /// Takes in the result of an admitted call. `chance`, in `0.0..1.0`, spreads the pauses of connections that failed
    /// together. True when this result put the connection into quarantine: time for an alert.
    pub fn report(&mut self, result: CallResult, now: Timestamp, chance: f64, settings: &BreakerSettings) -> bool {
        let was_quarantined = self.is_quarantined();
        let asked = match result {
            CallResult::Ok => {
                *self = Self::default();
                return false;
            }
            CallResult::Failed { retry_after } => {
                self.traps = 0;
                retry_after.unwrap_or_default()
            }
            CallResult::Trapped => {
                self.traps = self.traps.saturating_add(1);
                Duration::ZERO
            }
        };
        self.failures = self.failures.saturating_add(1);
        let quarantined = self.traps >= settings.traps;
        let doubled = settings.first.saturating_mul(1 << (self.failures - 1).min(20)).min(settings.longest);
        let pause = if quarantined { settings.quarantine } else { doubled };
        // Between three quarters and five quarters of the pause, but never less than the platform asked for.
        let pause = pause.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 2.0).max(asked);
        self.state = BreakerState::Open { until: after(now, pause), quarantined };
        quarantined && !was_quarantined
    }

    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        matches!(
            self.state,
            BreakerState::Open { quarantined: true, .. } | BreakerState::HalfOpen { quarantined: true, .. }
        )
    }

    /// When a call will be admitted; `None` when it would be now.
    #[must_use]
    pub fn next_try(&self) -> Option<Timestamp> {
        match self.state {
            BreakerState::Closed => None,
            BreakerState::Open { until, .. } | BreakerState::HalfOpen { until, .. } => Some(until),
        }
    }
}

fn after(now: Timestamp, pause: Duration) -> Timestamp {
    let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
