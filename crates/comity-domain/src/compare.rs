//! Two policies over the same facts: what the one wants and the other does not.
//!
//! What counts is what each wants before it is looked at what is already so: the state of a case follows from the one that
//! decided, so what was dropped for it says nothing about the other.

use crate::{
    decision::{Decision, Evaluation, Outcome, RuleTrace},
    effect::Planned,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one policy made of some facts.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    pub rules: &'a [RuleTrace],
    pub wanted: Vec<&'a Planned>,
    pub has_failed: bool,
}

/// A decision that came out otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub before: Vec<Planned>,
    pub after: Vec<Planned>,
    /// Rules that fired after and not before.
    pub rules: Vec<String>,
    /// Rules that fired before and not after.
    pub rules_gone: Vec<String>,
}

/// What many comparisons came to. Two of them add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub decided: i64,
    pub different: i64,
    /// The later policy's scripts failed.
    pub failed: i64,
    /// Not compared, because there was no time for it; not counted in the others.
    #[serde(default)]
    pub skipped: i64,
    /// By the effect's word.
    pub by_effect: BTreeMap<String, EffectTally>,
    /// Rules that fired or lacked a fact at least once.
    pub by_rule: BTreeMap<String, RuleTally>,
}

/// Decisions in which the later policy wants the effect and the earlier does not, and the reverse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectTally {
    pub more: i64,
    pub fewer: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTally {
    pub fired_before: i64,
    pub fired_after: i64,
    pub unknown_before: i64,
    pub unknown_after: i64,
}

impl<'a> Side<'a> {
    #[must_use]
    pub fn decided(decision: &'a Decision) -> Self {
        let dropped = decision.dropped.iter().map(|dropped| &dropped.planned);
        let wanted = decision.effects.iter().chain(dropped).collect();
        Self { rules: &decision.rules, wanted, has_failed: decision.fallback.is_some() }
    }

    /// `fallback` is what that policy does when its scripts fail.
    #[must_use]
    pub fn evaluated(evaluation: &'a Evaluation, fallback: &'a [Planned]) -> Self {
        let has_failed = evaluation.failure.is_some();
        let wanted = if has_failed { fallback.iter().collect() } else { evaluation.effects.iter().collect() };
        Self { rules: &evaluation.rules, wanted, has_failed }
    }

    fn fired(&self) -> BTreeSet<&'a str> {
        let fired = self.rules.iter().filter(|trace| trace.outcome == Outcome::Fired);
        fired.map(|trace| trace.rule.as_str()).collect()
    }

    /// What it wants and the other does not.
    fn beyond<'b>(&'b self, other: &'b Self) -> impl Iterator<Item = &'a Planned> + use<'a, 'b> {
        let wants = |planned: &Planned| other.wanted.iter().any(|theirs| theirs.effect == planned.effect);
        self.wanted.iter().copied().filter(move |planned| !wants(planned))
    }
}

impl Tally {
    /// Counts one decision; says how it came out otherwise, if it did.
    pub fn count(&mut self, before: &Side<'_>, after: &Side<'_>) -> Option<Difference> {
        self.decided += 1;
        self.failed += i64::from(after.has_failed);
        // Most rules of most decisions neither fire nor lack a fact; they are not even looked up.
        for trace in before.rules {
            match trace.outcome {
                Outcome::Fired => self.rule(&trace.rule).fired_before += 1,
                Outcome::Unknown => self.rule(&trace.rule).unknown_before += 1,
                Outcome::NotFired | Outcome::Failed => {}
            }
        }
        for trace in after.rules {
            match trace.outcome {
                Outcome::Fired => self.rule(&trace.rule).fired_after += 1,
                Outcome::Unknown => self.rule(&trace.rule).unknown_after += 1,
                Outcome::NotFired | Outcome::Failed => {}
            }
        }
        let more: BTreeSet<&str> = after.beyond(before).map(|planned| planned.effect.word()).collect();
        let fewer: BTreeSet<&str> = before.beyond(after).map(|planned| planned.effect.word()).collect();
        if more.is_empty() && fewer.is_empty() {
            return None;
        }
        self.different += 1;
        for word in more {
            self.effect(word).more += 1;
        }
        for word in fewer {
            self.effect(word).fewer += 1;
        }
        let (fired_before, fired_after) = (before.fired(), after.fired());
        let names = |one: &BTreeSet<&str>, other| one.difference(other).map(|&rule| rule.to_owned()).collect();
        let owned = |side: &Side<'_>| side.wanted.iter().copied().cloned().collect();
        Some(Difference {
            before: owned(before),
            after: owned(after),
            rules: names(&fired_after, &fired_before),
            rules_gone: names(&fired_before, &fired_after),
        })
    }

    pub fn add(&mut self, other: &Self) {
        self.decided += other.decided;
        self.different += other.different;
        self.failed += other.failed;
        self.skipped += other.skipped;
        for (word, tally) in &other.by_effect {
            let sum = self.effect(word);
            sum.more += tally.more;
            sum.fewer += tally.fewer;
        }
        for (rule, tally) in &other.by_rule {
            let sum = self.rule(rule);
            sum.fired_before += tally.fired_before;
            sum.fired_after += tally.fired_after;
            sum.unknown_before += tally.unknown_before;
            sum.unknown_after += tally.unknown_after;
        }
    }

    fn rule(&mut self, rule: &str) -> &mut RuleTally {
        self.by_rule.entry(rule.to_owned()).or_default()
    }

    fn effect(&mut self, word: &str) -> &mut EffectTally {
        self.by_effect.entry(word.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Effect;

    fn planned(rule: &str, effect: Effect) -> Planned {
        Planned { effect, rule: rule.into(), article: None, because: String::new() }
    }

    fn label(label: &str) -> Effect {
        Effect::Label { label: label.into() }
    }

    fn trace(rule: &str, outcome: Outcome) -> RuleTrace {
        RuleTrace { rule: rule.into(), because: String::new(), article: None, outcome, terms: vec![] }
    }

    fn evaluation(rules: Vec<RuleTrace>, effects: Vec<Planned>) -> Evaluation {
        Evaluation { rules, effects, failure: None }
    }

    #[test]
    fn effects_and_rules_are_counted_once_a_decision() {
        let before = evaluation(
            vec![trace("a", Outcome::Fired), trace("b", Outcome::Unknown)],
            vec![planned("a", label("x")), planned("a", Effect::Close { reason: "done".into() })],
        );
        let after = evaluation(
            vec![trace("a", Outcome::NotFired), trace("c", Outcome::Fired)],
            vec![planned("c", label("y")), planned("c", label("z")), planned("c", label("x"))],
        );
        let mut tally = Tally::default();
        let difference = tally.count(&Side::evaluated(&before, &[]), &Side::evaluated(&after, &[])).unwrap();
        assert_eq!((difference.rules, difference.rules_gone), (vec!["c".to_owned()], vec!["a".to_owned()]));
        assert_eq!((difference.before, difference.after), (before.effects, after.effects));
        assert_eq!((tally.decided, tally.different, tally.failed), (1, 1, 0));
        assert_eq!(tally.by_effect["label"], EffectTally { more: 1, fewer: 0 });
        assert_eq!(tally.by_effect["close"], EffectTally { more: 0, fewer: 1 });
        assert_eq!((tally.by_rule["a"].fired_before, tally.by_rule["a"].fired_after), (1, 0));
        assert_eq!((tally.by_rule["b"].unknown_before, tally.by_rule["c"].fired_after), (1, 1));
        let mut twice = tally.clone();
        twice.add(&tally);
        assert_eq!((twice.different, twice.by_effect["label"].more, twice.by_rule["a"].fired_before), (2, 2, 2));
    }

    #[test]
    fn the_same_wanted_by_another_rule_is_no_difference() {
        let before = evaluation(vec![trace("a", Outcome::Fired)], vec![planned("a", label("x"))]);
        let after = evaluation(vec![trace("b", Outcome::Fired)], vec![planned("b", label("x"))]);
        let mut tally = Tally::default();
        assert_eq!(tally.count(&Side::evaluated(&before, &[]), &Side::evaluated(&after, &[])), None);
        assert_eq!((tally.decided, tally.different), (1, 0));
    }

    #[test]
    fn a_failure_wants_what_its_policy_does_instead() {
        let nothing = evaluation(vec![], vec![]);
        let failed = Evaluation { failure: Some("too long".into()), ..Evaluation::default() };
        let fallback = [planned("fallback", Effect::Ask { question: "What now?".into() })];
        let mut tally = Tally::default();
        let difference = tally.count(&Side::evaluated(&nothing, &[]), &Side::evaluated(&failed, &fallback)).unwrap();
        assert_eq!(difference.after, fallback);
        assert_eq!((tally.failed, tally.by_effect["ask"].more), (1, 1));
    }
}
