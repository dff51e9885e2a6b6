//! The policy that decides now, compiled, shared by every worker and swapped in one step.

use arc_swap::ArcSwapOption;
use comity_domain::PolicyVersionId;
use comity_policy::Policy;
use std::sync::Arc;

/// A published version, ready to run.
pub struct Live {
    pub id: PolicyVersionId,
    pub number: i64,
    pub policy: Policy,
}

#[derive(Default)]
pub struct LivePolicy {
    live: ArcSwapOption<Live>,
    /// Held by whoever changes which version is live.
    pub turn: tokio::sync::Mutex<()>,
}

impl LivePolicy {
    pub fn get(&self) -> Option<Arc<Live>> {
        self.live.load_full()
    }

    pub fn set(&self, live: Live) {
        self.live.store(Some(Arc::new(live)));
    }
}
