//! Which cases a canary decides, and when it has to stop.
//!
//! A case is chosen by a hash of version and case, so it stays with whom it is, and another version chooses others. What
//! fails asks a person, so a failure harms little; a few of them could be chance, and a share of many is not.

use crate::{CaseId, PolicyVersionId, decision::Decision, quota::Standing};
use serde::{Deserialize, Serialize};

/// A canary stops when more than this share of its decisions failed …
pub const MOST_FAILED_PERCENT: i64 = 5;
/// … and at least so many did.
pub const LEAST_FAILURES: i64 = 3;

/// Whether the canary decides this case.
#[must_use]
pub fn is_chosen(version: PolicyVersionId, case: CaseId, percent: u8) -> bool {
    let mut hasher = blake3::Hasher::new();
    hasher.update(version.0.as_bytes());
    hasher.update(case.0.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first) % 100 < u64::from(percent)
}

/// What a canary has decided so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub decided: i64,
    pub failed: i64,
    /// The first quota that kept something of it from happening, in words.
    pub over: Option<String>,
}

impl Trial {
    pub fn count(&mut self, decision: &Decision) {
        self.decided += 1;
        self.failed += i64::from(decision.fallback.is_some());
        let over = decision.quotas.iter().find(|quota| quota.over > 0);
        self.over = self.over.take().or_else(|| over.map(Standing::in_words));
    }

    pub fn add(&mut self, other: &Self) {
        self.decided += other.decided;
        self.failed += other.failed;
        self.over = self.over.take().or_else(|| other.over.clone());
    }

    /// Why it has to stop, if it has to.
    #[must_use]
    pub fn verdict(&self) -> Option<String> {
        let Self { decided, failed, over } = self;
        if let Some(over) = over {
            return Some(format!("It passed a quota: {over}."));
        }
        let too_many = *failed >= LEAST_FAILURES && failed * 100 > decided * MOST_FAILED_PERCENT;
        too_many.then(|| {
            format!("{failed} of its {decided} decisions failed, more than {MOST_FAILED_PERCENT} in a hundred.")
        })
    }
}
