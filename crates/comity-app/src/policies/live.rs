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
pub struct LivePolicy(ArcSwapOption<Live>);

impl LivePolicy {
    pub fn get(&self) -> Option<Arc<Live>> {
        self.0.load_full()
    }

    pub fn set(&self, live: Live) {
        self.0.store(Some(Arc::new(live)));
    }
}
