//! What one policy version makes of facts, next to what another makes of the same facts; and the sums over many of them.
//!
//! Compared is what the rules want and not what came of it: whether an effect was already so or lost to another one depends
//! on the case, and the facts that both versions see are of the case as it was. An effect is the same effect whichever rule
//! wants it, so that giving a rule another name decides nothing differently. Evidence, backtest and shadow all count with
//! [`Tally`], so that their figures mean the same.

mod cases;

pub use cases::{CaseTally, OutcomeDiff, Summary, outcome};

use crate::{
    CaseId, DecisionId, EventId,
    case::Status,
    decision::{Decision, Evaluation, Outcome, RuleTrace},
    effect::{Dropped, Effect, Planned},
    event::Event,
    facts::Facts,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// What a version makes of one set of facts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// What the rules want; when a script failed, what is done instead.
    pub effects: Vec<Planned>,
    pub rules: Vec<RuleOutcome>,
    pub failed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleOutcome {
    pub rule: Arc<str>,
    pub outcome: Outcome,
}

/// A decision read back for a comparison: all of it but its terms, which are most of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub id: DecisionId,
    pub case: CaseId,
    pub event: EventId,
    pub policy_version: String,
    pub as_of: Timestamp,
    pub decided_at: Timestamp,
    pub facts: Facts,
    pub rules: Vec<RuleOutcome>,
    pub effects: Vec<Planned>,
    pub dropped: Vec<Dropped>,
    pub fallback: Option<String>,
}

/// Where two versions part over one set of facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Names of effects wanted now and not before.
    pub more: BTreeSet<&'static str>,
    /// Names of effects wanted before and not now.
    pub fewer: BTreeSet<&'static str>,
    /// Rules that fire now and did not before.
    pub rules: Vec<String>,
    /// Rules that fired before and do not now.
    pub rules_gone: Vec<String>,
    /// One of the two fails.
    pub failure: bool,
}

/// In how many decisions an effect is wanted by one version and not by the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectDiff {
    pub effect: String,
    pub more: u64,
    pub fewer: u64,
}

/// In how many decisions a rule fires and is unknown, by either version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDiff {
    pub rule: String,
    pub fired_before: u64,
    pub fired_after: u64,
    pub unknown_before: u64,
    pub unknown_after: u64,
}

/// A case by what lists say of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRef {
    pub id: CaseId,
    pub number: i64,
    pub subject: String,
    pub status: Status,
    pub closed_reason: Option<String>,
}

/// An event that is decided differently, with its case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseDiff {
    pub case: CaseRef,
    pub event: Event,
    pub change: Change,
}

/// What becomes different about an event. It holds nothing that anybody wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub before: Vec<Planned>,
    pub after: Vec<Planned>,
    /// Rules that fire now and did not before.
    pub rules: Vec<String>,
    /// Rules that fired before and do not now.
    pub rules_gone: Vec<String>,
}

/// Sums over comparisons. Can be written down and taken up again at any point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Decisions compared.
    pub events: u64,
    /// Decisions in which the two want something else, or one fails and the other does not.
    pub different: u64,
    /// Decisions in which the later version fails.
    pub failed: u64,
    /// Decisions that were not compared, because there was no time for it; they count nowhere else.
    #[serde(default)]
    pub skipped: u64,
    effects: BTreeMap<String, Moved>,
    rules: BTreeMap<String, RuleTally>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Moved {
    more: u64,
    fewer: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct RuleTally {
    fired: [u64; 2],
    unknown: [u64; 2],
    /// Decisions in which the rule comes out otherwise, so that those are told apart that even out.
    changed: u64,
}

impl Wanted {
    /// What a decision of the version itself wanted.
    #[must_use]
    pub fn decided(decision: &Decision) -> Self {
        let dropped = decision.dropped.iter().map(|dropped| &dropped.planned);
        Self {
            effects: decision.effects.iter().chain(dropped).cloned().collect(),
            rules: decision.rules.iter().filter(|rule| says_something(rule.outcome)).map(RuleOutcome::of).collect(),
            failed: decision.fallback.is_some(),
        }
    }

    /// From what the version answered, and what it does when it fails.
    #[must_use]
    pub fn of(evaluation: Evaluation, fallback: impl FnOnce() -> Vec<Planned>) -> Self {
        let failed = evaluation.failure.is_some();
        let effects = if failed { fallback() } else { evaluation.effects };
        Self { effects, rules: evaluation.rules.into_iter().map(Into::into).collect(), failed }
    }

    /// Whether an effect is wanted, whoever wants it.
    fn has(&self, effect: &Effect) -> bool {
        self.effects.iter().any(|planned| planned.effect == *effect)
    }

    fn fired(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|rule| rule.outcome == Outcome::Fired).map(|rule| rule.rule.as_ref())
    }
}

impl Record {
    /// What the version of this hash made of the facts, when this decision says so. It does not when another version
    /// decided, when the decision failed, and when the words decided about were deleted since: those facts are no longer
    /// the ones that were decided about, and both versions have to be asked about what is left.
    #[must_use]
    pub fn made_by(&mut self, version: &str) -> Option<Wanted> {
        let is_emptied = self.facts.event.text.is_empty() && self.facts.event.kind.starts_with("post");
        if self.policy_version != version || self.fallback.is_some() || is_emptied {
            return None;
        }
        let dropped = std::mem::take(&mut self.dropped).into_iter().map(|dropped| dropped.planned);
        let effects = std::mem::take(&mut self.effects).into_iter().chain(dropped).collect();
        Some(Wanted { effects, rules: std::mem::take(&mut self.rules), failed: false })
    }
}

impl From<Decision> for Record {
    fn from(decision: Decision) -> Self {
        Self {
            id: decision.id,
            case: decision.case,
            event: decision.event,
            policy_version: decision.policy_version,
            as_of: decision.as_of,
            decided_at: decision.decided_at,
            facts: decision.facts,
            rules: decision.rules.into_iter().map(Into::into).collect(),
            effects: decision.effects,
            dropped: decision.dropped,
            fallback: decision.fallback,
        }
    }
}

impl RuleOutcome {
    fn of(trace: &RuleTrace) -> Self {
        Self { rule: trace.rule.clone(), outcome: trace.outcome }
    }
}

impl From<RuleTrace> for RuleOutcome {
    fn from(trace: RuleTrace) -> Self {
        Self { rule: trace.rule, outcome: trace.outcome }
    }
}

/// Most rules of most decisions rest, and there is nothing to count of them.
fn says_something(outcome: Outcome) -> bool {
    outcome != Outcome::NotFired
}

/// Where `after` parts from `before`.
#[must_use]
pub fn compare(before: &Wanted, after: &Wanted) -> Difference {
    let missing = |from: &Wanted, of: &Wanted| {
        let gone = of.effects.iter().filter(|planned| !from.has(&planned.effect));
        gone.map(|planned| planned.effect.name()).collect()
    };
    let fired = |of: &Wanted, not: &Wanted| {
        let others: BTreeSet<&str> = not.fired().collect();
        of.fired().filter(|rule| !others.contains(rule)).map(str::to_owned).collect()
    };
    Difference {
        more: missing(before, after),
        fewer: missing(after, before),
        rules: fired(after, before),
        rules_gone: fired(before, after),
        failure: before.failed != after.failed,
    }
}

impl Difference {
    /// Whether something else is done. That other rules want the same is none of it.
    #[must_use]
    pub fn is_decided_differently(&self) -> bool {
        self.failure || !self.more.is_empty() || !self.fewer.is_empty()
    }
}

impl Change {
    #[must_use]
    pub fn new(difference: Difference, before: Wanted, after: Wanted) -> Self {
        Self {
            before: before.effects,
            after: after.effects,
            rules: difference.rules,
            rules_gone: difference.rules_gone,
        }
    }

    /// Names of the effects that either wants.
    #[must_use]
    pub fn effects(&self) -> BTreeSet<&'static str> {
        self.before.iter().chain(&self.after).map(|planned| planned.effect.name()).collect()
    }
}

impl Tally {
    /// Counts one comparison, and gives it back.
    pub fn add(&mut self, before: &Wanted, after: &Wanted) -> Difference {
        let difference = compare(before, after);
        self.events += 1;
        self.different += u64::from(difference.is_decided_differently());
        self.failed += u64::from(after.failed);
        for effect in &difference.more {
            self.effects.entry((*effect).to_owned()).or_default().more += 1;
        }
        for effect in &difference.fewer {
            self.effects.entry((*effect).to_owned()).or_default().fewer += 1;
        }
        self.add_rules(before, after);
        difference
    }

    /// Takes up what was counted elsewhere.
    pub fn sum(&mut self, other: &Self) {
        self.events += other.events;
        self.different += other.different;
        self.failed += other.failed;
        self.skipped += other.skipped;
        for (effect, moved) in &other.effects {
            let sum = self.effects.entry(effect.clone()).or_default();
            sum.more += moved.more;
            sum.fewer += moved.fewer;
        }
        for (rule, counts) in &other.rules {
            let sum = self.rules.entry(rule.clone()).or_default();
            for side in 0..2 {
                sum.fired[side] += counts.fired[side];
                sum.unknown[side] += counts.unknown[side];
            }
            sum.changed += counts.changed;
        }
    }

    fn add_rules<'a>(&mut self, before: &'a Wanted, after: &'a Wanted) {
        let said = |wanted: &'a Wanted| wanted.rules.iter().filter(|rule| says_something(rule.outcome));
        let mut others: HashMap<&str, Outcome> = said(before).map(|rule| (rule.rule.as_ref(), rule.outcome)).collect();
        for rule in said(after) {
            let was = others.remove(rule.rule.as_ref());
            self.add_rule(&rule.rule, was, Some(rule.outcome));
        }
        for (rule, was) in others {
            self.add_rule(rule, Some(was), None);
        }
    }

    fn add_rule(&mut self, rule: &str, before: Option<Outcome>, after: Option<Outcome>) {
        let counts = match self.rules.get_mut(rule) {
            Some(counts) => counts,
            None => self.rules.entry(rule.to_owned()).or_default(),
        };
        for (side, outcome) in [before, after].into_iter().enumerate() {
            counts.fired[side] += u64::from(outcome == Some(Outcome::Fired));
            counts.unknown[side] += u64::from(outcome == Some(Outcome::Unknown));
        }
        counts.changed += u64::from(before != after);
    }

    /// Effects that are wanted in other decisions than before, in the order of their names.
    #[must_use]
    pub fn by_effect(&self) -> Vec<EffectDiff> {
        let diff = |(effect, moved): (&String, &Moved)| EffectDiff {
            effect: effect.clone(),
            more: moved.more,
            fewer: moved.fewer,
        };
        self.effects.iter().map(diff).collect()
    }

    /// Rules that come out otherwise in some decision, in the order of their names.
    #[must_use]
    pub fn by_rule(&self) -> Vec<RuleDiff> {
        let diff = |(rule, counts): (&String, &RuleTally)| RuleDiff {
            rule: rule.clone(),
            fired_before: counts.fired[0],
            fired_after: counts.fired[1],
            unknown_before: counts.unknown[0],
            unknown_after: counts.unknown[1],
        };
        self.rules.iter().filter(|(_, counts)| counts.changed > 0).map(diff).collect()
    }
}

#[cfg(test)]
mod tests;
