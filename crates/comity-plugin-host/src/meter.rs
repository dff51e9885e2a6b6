//! CPU time of one call, as the operating system counts it for the thread that runs the call.
//!
//! A call moves between threads only where it waits, so what a single poll of its future used is the difference of that
//! thread's clock before and after. Waiting for HTTP, for a free thread or behind other processes costs nothing.

use rustix::time::{ClockId, clock_gettime};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Only ever touched by the thread that runs the call; atomic so that call and store can share it.
#[derive(Debug, Default)]
pub(crate) struct CpuMeter {
    used: AtomicU64,
    entered: AtomicU64,
}

impl CpuMeter {
    /// Runs the future to its end, counting.
    pub async fn run<F: Future>(&self, call: F) -> F::Output {
        let mut call = pin!(call);
        poll_fn(|context| {
            self.entered.store(thread_nanoseconds(), Relaxed);
            let polled = call.as_mut().poll(context);
            self.used.store(self.nanoseconds(), Relaxed);
            polled
        })
        .await
    }

    /// To be asked from inside the call.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds())
    }

    /// To be asked when the call is over or waits.
    pub fn used(&self) -> Duration {
        Duration::from_nanos(self.used.load(Relaxed))
    }

    fn nanoseconds(&self) -> u64 {
        let since = thread_nanoseconds().saturating_sub(self.entered.load(Relaxed));
        self.used.load(Relaxed) + since
    }
}

fn thread_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
