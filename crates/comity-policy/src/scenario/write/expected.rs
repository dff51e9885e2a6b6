//! What to expect after each step: the rules that fired, what came of them, and what is otherwise in the case than before.

use super::lines::{array, text};
use crate::{
    Policy,
    scenario::{
        expect::{Observed, words},
        when,
    },
};
use comity_domain::{
    Timestamp,
    case::{Case, Status},
    decision::Outcome,
    ledger::State,
    step::Snapshot,
};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

pub(super) struct Expectations {
    zone: TimeZone,
    /// For each step, lines such as `expect.status = "closed"`.
    pub lines: Vec<Vec<String>>,
    /// For each step, the rules that fired.
    pub fired: Vec<BTreeSet<String>>,
    before: Option<(Case, BTreeSet<Clock>)>,
}

/// An obligation as a test speaks of it.
type Clock = (String, &'static str, Timestamp);

impl Expectations {
    pub fn new(policy: &Policy) -> Self {
        let zone = TimeZone::get(&policy.calendar().time_zone).unwrap_or(TimeZone::UTC);
        Self { zone, lines: Vec::new(), fired: Vec::new(), before: None }
    }

    pub fn after(&mut self, observed: &Observed, snapshot: &Snapshot) {
        let mut lines = Vec::new();
        let of = |outcome| {
            let rules = observed.rules.iter().filter(move |rule| rule.outcome == outcome);
            unique(rules.map(|rule| rule.rule.to_string()))
        };
        let fired = of(Outcome::Fired);
        let mut unknown = of(Outcome::Unknown);
        unknown.retain(|rule| !fired.contains(rule));
        list(&mut lines, "fired", &fired);
        list(&mut lines, "unknown", &unknown);
        list(&mut lines, "effects", &unique(observed.effects.iter().map(|planned| words(&planned.effect))));
        list(&mut lines, "sent", &unique(observed.sent.iter().cloned()));
        let clocks: BTreeSet<Clock> = snapshot
            .obligations
            .iter()
            .map(|obligation| (obligation.article.clone(), State::as_str(obligation.state), obligation.due_at))
            .collect();
        let fresh = (Case::new(snapshot.case.opened_at), BTreeSet::new());
        let (before, known) = self.before.as_ref().unwrap_or(&fresh);
        changes(&mut lines, before, &snapshot.case);
        let new: Vec<String> = clocks.difference(known).map(|clock| self.clock(clock)).collect();
        if !new.is_empty() {
            lines.push(format!("expect.obligations = {}", array(&new)));
        }
        self.before = Some((snapshot.case.clone(), clocks));
        self.fired.push(fired.into_iter().collect());
        self.lines.push(lines);
    }

    fn clock(&self, (article, state, due): &Clock) -> String {
        let due = when::written(*due, &self.zone);
        format!("{{ article = {}, state = {}, due = {} }}", text(article), text(state), text(&due))
    }
}

/// What is otherwise in the case than before the step.
fn changes(lines: &mut Vec<String>, before: &Case, after: &Case) {
    let new = |all: &BTreeSet<String>, known: &BTreeSet<String>| all.difference(known).cloned().collect::<Vec<_>>();
    list(lines, "labels", &new(&after.labels, &before.labels));
    list(lines, "no_labels", &new(&before.labels, &after.labels));
    list(lines, "briefs", &new(&after.briefs, &before.briefs));
    list(lines, "skills", &new(&after.skills, &before.skills));
    let mut word = |name: &str, value: &str| lines.push(format!("expect.{name} = {}", text(value)));
    if before.status != after.status {
        word("status", after.status.as_str());
    }
    if let (Status::Closed, Some(reason)) = (after.status, &after.closed_reason)
        && before.closed_reason != after.closed_reason
    {
        word("closed_reason", reason);
    }
    if before.priority != after.priority {
        word("priority", after.priority.as_str());
    }
    if let Some(team) = after.team.as_ref().filter(|team| before.team.as_ref() != Some(*team)) {
        word("team", team);
    }
    match &after.held_for {
        Some(team) if before.held_for.as_ref() != Some(team) => word("held_for", team),
        None if before.held_for.is_some() => lines.push("expect.is_held = false".to_owned()),
        _ => {}
    }
    match (&before.draft, &after.draft) {
        (before, Some(draft)) if before.as_ref().is_none_or(|before| before.template != draft.template) => {
            lines.push(format!("expect.draft = {}", text(&draft.template)));
        }
        (Some(_), None) => lines.push("expect.has_draft = false".to_owned()),
        _ => {}
    }
    let flows: Vec<String> = after.escalations.iter().skip(before.escalations.len()).map(|e| e.flow.clone()).collect();
    list(lines, "escalations", &flows);
}

fn list(lines: &mut Vec<String>, name: &str, items: &[String]) {
    if !items.is_empty() {
        let items: Vec<String> = items.iter().map(|item| text(item)).collect();
        lines.push(format!("expect.{name} = {}", array(&items)));
    }
}

/// Each once, in the order in which they first come.
fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}
