//! A draft over the latest events, next to the live version.

use super::kept::KeptEvent;
use comity_domain::{
    CaseId, EventId,
    compare::{Change, Tally, Wanted},
    decision::{Evaluation, Outcome, RuleTrace, Truth},
};
use comity_policy::Policy;
use std::{collections::HashMap, sync::Arc};
use tokio_util::sync::CancellationToken;

pub struct Counted {
    pub tally: Tally,
    /// Events that are decided differently, by case and event.
    pub differences: Vec<(CaseId, EventId, Change)>,
    pub unknown: Vec<Unknown>,
}

/// A fact that a rule lacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub rule: String,
    pub fact: String,
    pub events: u64,
}

/// Nothing when it was cancelled. Lists the first `most` differences.
pub fn count(draft: &Policy, events: &[Arc<KeptEvent>], most: usize, stop: &CancellationToken) -> Option<Counted> {
    let mut counted = Counted { tally: Tally::default(), differences: Vec::new(), unknown: Vec::new() };
    let mut unknown: HashMap<(String, String), u64> = HashMap::new();
    for event in events {
        if stop.is_cancelled() {
            return None;
        }
        let evaluation = draft.evaluate(&event.facts);
        for (rule, fact) in lacking(&evaluation) {
            *unknown.entry((rule.to_owned(), fact.to_owned())).or_default() += 1;
        }
        let after = Wanted::of(evaluation, || draft.fallback());
        let difference = counted.tally.add(&event.live, &after);
        if difference.is_decided_differently() && counted.differences.len() < most {
            let change = Change::new(difference, event.live.clone(), after);
            counted.differences.push((event.case, event.event, change));
        }
    }
    counted.unknown = unknown.into_iter().map(|((rule, fact), events)| Unknown { rule, fact, events }).collect();
    counted.unknown.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| (&a.rule, &a.fact).cmp(&(&b.rule, &b.fact))));
    Some(counted)
}

/// Rules that could not be worked out, with what they lacked.
fn lacking(evaluation: &Evaluation) -> impl Iterator<Item = (&str, &str)> {
    let unknown = evaluation.rules.iter().filter(|rule| rule.outcome == Outcome::Unknown);
    unknown.map(|rule| (rule.rule.as_ref(), fact(rule)))
}

/// The fact that the note names; without one, the term.
fn fact(rule: &RuleTrace) -> &str {
    let term = rule.terms.iter().find(|term| term.value == Truth::Unknown);
    let note = term.and_then(|term| term.note.as_deref()).and_then(|note| note.strip_suffix(" is not known"));
    note.or_else(|| term.map(|term| term.source.as_ref())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
