//! Time that passes while something is worked out: to stop what takes too long, and to say how long a test took. Nothing is
//! decided by it.
//!
//! What counts is the time this thread has worked. On a machine that is busy with other things a policy takes no longer
//! than elsewhere, and is not stopped for what others do.
//!
//! WebAssembly in a browser has no clock of this kind. There no time passes, so only operations are counted, and the page
//! stops a check that takes too long from outside.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    started: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { started: worked() }
    }

    pub(crate) fn elapsed(self) -> Duration {
        worked().saturating_sub(self.started)
    }
}

/// How long this thread has worked.
#[cfg(unix)]
fn worked() -> Duration {
    let worked = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(worked).unwrap_or_default()
}

#[cfg(not(any(unix, target_family = "wasm")))]
fn worked() -> Duration {
    use std::{sync::LazyLock, time::Instant};
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGUN.elapsed()
}

#[cfg(target_family = "wasm")]
fn worked() -> Duration {
    Duration::ZERO
}

/// When enough time has passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Stopwatch,
    after: Duration,
}

impl Deadline {
    pub(crate) fn after(duration: Duration) -> Self {
        Self { started: Stopwatch::start(), after: duration }
    }

    pub(crate) fn is_over(self) -> bool {
        self.started.elapsed() > self.after
    }
}
