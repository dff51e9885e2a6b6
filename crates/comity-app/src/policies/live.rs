//! What decides now, compiled, shared by every worker and swapped in one step.
//!
//! The database is the truth: which version is live, which runs beside it, and for which share of the cases. What is kept
//! here is checked against it before every batch, so that whoever publishes, on whichever node, is followed at once.

use arc_swap::ArcSwapOption;
use comity_domain::{CaseId, PolicyVersionId, life};
use comity_policy::Policy;
use comity_store::Standing;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// A version, ready to decide.
pub struct Live {
    pub id: PolicyVersionId,
    pub number: i64,
    pub policy: Policy,
}

/// Everything that decides, or works decisions out beside what decides.
pub struct Deciding {
    pub live: Arc<Live>,
    pub beside: Option<OnTrial>,
}

/// A version as shadow or canary.
pub struct OnTrial {
    pub version: Arc<Live>,
    /// The share of cases that it decides as a canary.
    pub canary_percent: Option<u8>,
    pub credit: Credit,
}

/// How long comparing may still take. It is given what deciding itself takes, so that a version that is slow costs no more
/// than that: what there is no credit for is not compared.
pub struct Credit(AtomicI64);

/// To begin with, and the most that is saved up: one evaluation at its limit is more than this.
const MOST_CREDIT: Duration = Duration::from_millis(200);

#[derive(Default)]
pub struct LivePolicy {
    loaded: ArcSwapOption<Loaded>,
    /// Held by whoever loads what the database says.
    pub(super) turn: tokio::sync::Mutex<()>,
}

/// What was compiled, and what the database said then.
pub(super) struct Loaded {
    pub standing: Vec<Standing>,
    pub deciding: Arc<Deciding>,
}

impl LivePolicy {
    pub fn get(&self) -> Option<Arc<Live>> {
        self.loaded.load().as_ref().map(|loaded| Arc::clone(&loaded.deciding.live))
    }

    pub fn deciding(&self) -> Option<Arc<Deciding>> {
        self.loaded.load().as_ref().map(|loaded| Arc::clone(&loaded.deciding))
    }

    pub(super) fn loaded(&self) -> Option<Arc<Loaded>> {
        self.loaded.load_full()
    }

    pub(super) fn set(&self, standing: Vec<Standing>, deciding: Arc<Deciding>) {
        self.loaded.store(Some(Arc::new(Loaded { standing, deciding })));
    }
}

impl Deciding {
    /// What decides this case, wholly: its rules, ledger, guards and templates.
    pub fn of(&self, case: CaseId) -> &Arc<Live> {
        let canary = self.beside.as_ref().and_then(|beside| Some((beside, beside.canary_percent?)));
        match canary {
            Some((beside, percent)) if life::is_chosen(beside.version.id, case, percent) => &beside.version,
            _ => &self.live,
        }
    }
}

impl Default for Credit {
    fn default() -> Self {
        Self(AtomicI64::new(micros(MOST_CREDIT)))
    }
}

impl Credit {
    pub fn is_left(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    pub fn spend(&self, took: Duration) {
        self.0.fetch_sub(micros(took), Ordering::Relaxed);
    }

    pub fn give(&self, took: Duration) {
        let give = |credit: i64| Some(credit.saturating_add(micros(took)).min(micros(MOST_CREDIT)));
        // Always a new value, so it never fails.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_slow_waits_until_deciding_has_taken_as_long() {
        let credit = Credit::default();
        credit.spend(MOST_CREDIT + Duration::from_millis(50));
        assert!(!credit.is_left());
        credit.give(Duration::from_millis(50));
        assert!(!credit.is_left());
        credit.give(Duration::from_millis(1));
        assert!(credit.is_left());
        credit.give(Duration::from_hours(1));
        credit.spend(MOST_CREDIT);
        assert!(!credit.is_left(), "no more is saved up than this");
    }
}
