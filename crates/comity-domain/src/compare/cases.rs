//! Sums over decisions that come case by case, so that each case is counted once without remembering all of them.

use super::{Difference, EffectDiff, RuleDiff, Tally, Wanted};
use crate::{
    CaseId,
    case::{Case, Status},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A [`Tally`] that also counts cases, by how they ended. All decisions of a case have to come one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseTally {
    tally: Tally,
    outcomes: BTreeMap<String, Cases>,
    /// The case that decisions come of, and how it ended.
    at_hand: Option<(CaseId, String)>,
    /// Whether one of them was decided differently.
    is_different: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cases {
    all: u64,
    different: u64,
}

/// What a comparison over stored decisions came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Decisions compared.
    pub events: u64,
    pub decided_differently: u64,
    pub cases_differently: u64,
    /// Decisions in which the candidate fails.
    pub failed: u64,
    pub by_effect: Vec<EffectDiff>,
    pub by_rule: Vec<RuleDiff>,
    pub by_outcome: Vec<OutcomeDiff>,
}

/// Cases that ended in this way, and those among them that are decided differently somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeDiff {
    /// Why it was closed; `open` when it is not.
    pub outcome: String,
    pub cases: u64,
    pub different: u64,
}

/// How a case ended: why it was closed, or `open`.
#[must_use]
pub fn outcome(status: Status, closed_reason: Option<&str>) -> &str {
    match status {
        Status::Open | Status::Merged => "open",
        Status::Closed => closed_reason.unwrap_or("closed"),
    }
}

impl Case {
    /// How it ended: why it was closed, or `open`.
    #[must_use]
    pub fn outcome(&self) -> &str {
        outcome(self.status, self.closed_reason.as_deref())
    }
}

impl CaseTally {
    /// Counts one decision about a case that ended in this way.
    pub fn add(&mut self, case: CaseId, outcome: &str, before: &Wanted, after: &Wanted) -> Difference {
        if self.at_hand.as_ref().is_none_or(|(at_hand, _)| *at_hand != case) {
            self.at_hand = Some((case, outcome.to_owned()));
            self.is_different = false;
            self.outcomes.entry(outcome.to_owned()).or_default().all += 1;
        }
        let difference = self.tally.add(before, after);
        if difference.is_decided_differently() && !self.is_different {
            self.is_different = true;
            // Counted as it was when its first decision came, whatever became of it since.
            if let Some(cases) = self.at_hand.as_ref().and_then(|(_, outcome)| self.outcomes.get_mut(outcome)) {
                cases.different += 1;
            }
        }
        difference
    }

    /// Decisions compared so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.tally.events
    }

    #[must_use]
    pub fn summary(&self) -> Summary {
        let by_outcome = self.outcomes.iter().map(|(outcome, cases)| OutcomeDiff {
            outcome: outcome.clone(),
            cases: cases.all,
            different: cases.different,
        });
        Summary {
            events: self.tally.events,
            decided_differently: self.tally.different,
            cases_differently: self.outcomes.values().map(|cases| cases.different).sum(),
            failed: self.tally.failed,
            by_effect: self.tally.by_effect(),
            by_rule: self.tally.by_rule(),
            by_outcome: by_outcome.collect(),
        }
    }
}
