use super::*;
use crate::{
    calendar::{Calendar, Holidays},
    case::Case,
    charter::Charter,
    decision::GuardVerdict,
    event::EventKind,
    facts::ReplyFacts,
    post::Post,
    refusal::{NoAnswer, Refusal},
    step::{self, Policy, Snapshot},
};

/// `rule:outcome` with what the rule wants: `r + label x`.
fn wanted(rules: &[(&str, Outcome)], effects: &[(&str, Effect)]) -> Wanted {
    let planned = |(rule, effect): &(&str, Effect)| Planned {
        effect: effect.clone(),
        rule: (*rule).to_owned(),
        article: None,
        because: format!("because of {rule}"),
    };
    let outcome = |(rule, outcome): &(&str, Outcome)| RuleOutcome { rule: (*rule).into(), outcome: *outcome };
    Wanted {
        effects: effects.iter().map(planned).collect(),
        rules: rules.iter().map(outcome).collect(),
        failed: rules.iter().any(|(_, outcome)| *outcome == Outcome::Failed),
    }
}

fn label(name: &str) -> Effect {
    Effect::Label { label: name.to_owned() }
}

fn close() -> Effect {
    Effect::Close { reason: "abandoned".to_owned() }
}

use Outcome::{Failed, Fired, NotFired, Unknown};

#[test]
fn two_versions_part_where_they_want_something_else() {
    let table = [
        ("the same", wanted(&[("a", Fired)], &[("a", label("x"))]), wanted(&[("a", Fired)], &[("a", label("x"))]), ""),
        (
            "another rule wants the same",
            wanted(&[("a", Fired)], &[("a", label("x"))]),
            wanted(&[("b", Fired)], &[("b", label("x"))]),
            "rules +b -a",
        ),
        (
            "one more",
            wanted(&[("a", NotFired)], &[]),
            wanted(&[("a", Fired)], &[("a", label("x")), ("a", label("y")), ("a", close())]),
            "differs +close +label rules +a",
        ),
        (
            "one gone",
            wanted(&[("a", Fired)], &[("a", close())]),
            wanted(&[("a", Unknown)], &[]),
            "differs -close rules -a",
        ),
        (
            "another label",
            wanted(&[("a", Fired)], &[("a", label("x"))]),
            wanted(&[("a", Fired)], &[("a", label("y"))]),
            "differs +label -label",
        ),
        (
            "another order and twice the same",
            wanted(&[("a", Fired)], &[("a", label("x")), ("a", close())]),
            wanted(&[("a", Fired)], &[("a", close()), ("a", label("x")), ("a", label("x"))]),
            "",
        ),
        ("a failure", wanted(&[("a", NotFired)], &[]), wanted(&[("a", Failed)], &[]), "differs failure"),
        ("both fail", wanted(&[("a", Failed)], &[]), wanted(&[("a", Failed)], &[]), ""),
        ("unknown instead of no", wanted(&[("a", NotFired)], &[]), wanted(&[("a", Unknown)], &[]), ""),
    ];
    for (what, before, after, expected) in table {
        assert_eq!(in_words(&compare(&before, &after)), expected, "{what}");
    }
}

fn in_words(difference: &Difference) -> String {
    let mut words = Vec::new();
    if difference.is_decided_differently() {
        words.push("differs".to_owned());
    }
    words.extend(difference.more.iter().map(|effect| format!("+{effect}")));
    words.extend(difference.fewer.iter().map(|effect| format!("-{effect}")));
    if !difference.rules.is_empty() || !difference.rules_gone.is_empty() {
        words.push("rules".to_owned());
    }
    words.extend(difference.rules.iter().map(|rule| format!("+{rule}")));
    words.extend(difference.rules_gone.iter().map(|rule| format!("-{rule}")));
    if difference.failure {
        words.push("failure".to_owned());
    }
    words.join(" ")
}

#[test]
fn a_tally_counts_decisions_and_lists_what_moved() {
    let mut tally = Tally::default();
    let fires = wanted(&[("a", Fired), ("same", Fired)], &[("a", label("x")), ("a", label("y"))]);
    let rests = wanted(&[("a", NotFired), ("same", Fired)], &[]);
    // They even out, and are two decisions made differently all the same.
    tally.add(&fires, &rests);
    tally.add(&rests, &fires);
    tally.add(&fires, &fires);
    tally.add(&rests, &wanted(&[("same", Fired), ("new", Unknown), ("broken", Failed)], &[]));
    assert_eq!((tally.events, tally.different, tally.failed), (4, 3, 1));
    assert_eq!(tally.by_effect(), [EffectDiff { effect: "label".into(), more: 1, fewer: 1 }]);
    let rule = |rule: &str, fired: [u64; 2], unknown: [u64; 2]| RuleDiff {
        rule: rule.into(),
        fired_before: fired[0],
        fired_after: fired[1],
        unknown_before: unknown[0],
        unknown_after: unknown[1],
    };
    assert_eq!(
        tally.by_rule(),
        [rule("a", [2, 2], [0, 0]), rule("broken", [0, 0], [0, 0]), rule("new", [0, 0], [0, 1])]
    );

    let text = serde_json::to_string(&tally).unwrap();
    let mut again: Tally = serde_json::from_str(&text).unwrap();
    assert_eq!(again, tally, "what was written down is taken up again");
    assert_eq!(again.add(&fires, &rests), tally.add(&fires, &rests));
    assert_eq!(again, tally);
}

/// A policy that labels questions and fails on reactions.
struct Asks {
    charter: Charter,
    calendar: Calendar,
}

impl Asks {
    fn new() -> Self {
        Self {
            charter: Charter::default(),
            calendar: Calendar { time_zone: "UTC".into(), open: Vec::new(), holidays: Holidays::NONE },
        }
    }
}

impl Policy for Asks {
    fn charter(&self) -> &Charter {
        &self.charter
    }
    fn calendar(&self) -> &Calendar {
        &self.calendar
    }
    fn version(&self) -> &'static str {
        "asks"
    }
    fn evaluate(&self, facts: &Facts) -> Evaluation {
        let fires = facts.event.text.contains('?');
        let trace = |outcome| RuleTrace {
            rule: "question".into(),
            because: "They ask".into(),
            article: None,
            outcome,
            terms: Vec::new(),
        };
        let planned =
            Planned { effect: label("question"), rule: "question".into(), article: None, because: "They ask".into() };
        match facts.event.kind.as_str() {
            "reaction" => Evaluation { rules: vec![trace(Failed)], effects: vec![], failure: Some("broken".into()) },
            _ if fires => Evaluation { rules: vec![trace(Fired)], effects: vec![planned], failure: None },
            _ => Evaluation { rules: vec![trace(NotFired)], ..Evaluation::default() },
        }
    }
    fn render(&self, _: &str, _: &Facts, _: Option<&Post>) -> Option<String> {
        None
    }
    fn guard(&self, _: &Facts, _: &ReplyFacts) -> Vec<GuardVerdict> {
        Vec::new()
    }
    fn fallback(&self) -> Vec<Planned> {
        let effect = Effect::Ask { question: "What now?".into() };
        vec![Planned { effect, rule: "fallback".into(), article: None, because: String::new() }]
    }
}

/// The decision about an event, as it is stored.
fn decided(kind: EventKind, text: &str) -> Record {
    let at = Timestamp::UNIX_EPOCH;
    let mut case = Case::new(at);
    // What is already so is dropped and was wanted all the same.
    case.labels.insert("question".into());
    let event = Event { id: EventId::derived(&[text.as_bytes()]), case: case.id, at, received_at: at, kind };
    let snapshot = Snapshot::new(case);
    let outcome = step::step(&Asks::new(), &snapshot, &event, None, Err(NoAnswer::NothingLeft), at).unwrap();
    let mut decision = outcome.decision;
    decision.facts.event.text = text.to_owned();
    serde_json::from_str(&serde_json::to_string(&decision).unwrap()).unwrap()
}

#[test]
fn a_decision_speaks_for_the_version_that_made_it() {
    let post = || EventKind::PostDeleted { post: crate::PostId::derived(&[b"post"]) };
    let mut record = decided(post(), "Thank you");
    let facts = record.facts.clone();
    assert_eq!(record.clone().made_by("another"), None);
    assert_eq!(record.made_by("asks"), Some(Asks::new().wanted(&facts)));

    assert_eq!(decided(post(), "").made_by("asks"), None, "the words are gone, so what they led to says nothing");
    let mut reaction = decided(EventKind::Reaction { reaction: "up".into() }, "");
    assert_eq!(reaction.made_by("asks"), None, "a decision that failed is tried again");
    let again = Asks::new().wanted(&reaction.facts);
    assert!(again.failed && again.effects[0].effect.name() == "ask", "{again:?}");
}

#[test]
fn what_was_dropped_was_wanted() {
    let post = EventKind::PostEdited { post: crate::PostId::derived(&[b"post"]) };
    let mut record = decided(post, "Why?");
    let planned =
        Planned { effect: label("question"), rule: "question".into(), article: None, because: "They ask".into() };
    record.rules = vec![RuleOutcome { rule: "question".into(), outcome: Fired }];
    record.dropped = vec![Dropped { planned: planned.clone(), reason: Refusal::HasLabel }];
    let before = record.made_by("asks").unwrap();
    let after = Wanted::default();
    let difference = compare(&before, &after);
    let change = Change::new(difference, before, after);
    assert_eq!(change.effects(), ["label"].into());
    assert_eq!((change.before, change.after), (vec![planned], vec![]));
    assert_eq!((change.rules, change.rules_gone), (vec![], vec!["question".to_owned()]));
}

#[test]
fn a_case_is_counted_once_by_how_it_ended() {
    let fires = wanted(&[("a", Fired)], &[("a", label("x"))]);
    let rests = wanted(&[("a", NotFired)], &[]);
    let case = |number: u8| CaseId::derived(&[&[number]]);
    let decisions = [
        (1, "solved", &fires, &rests),
        (1, "solved", &fires, &fires),
        (1, "solved", &rests, &fires),
        (2, "open", &fires, &fires),
        (3, "solved", &rests, &rests),
        (3, "solved", &rests, &fires),
        // It was closed while it was looked at.
        (4, "open", &fires, &fires),
        (4, "solved", &fires, &rests),
    ];
    let count = |tally: &mut CaseTally, range: std::ops::Range<usize>| {
        for (number, outcome, before, after) in &decisions[range] {
            tally.add(case(*number), outcome, before, after);
        }
    };
    let mut whole = CaseTally::default();
    count(&mut whole, 0..decisions.len());
    let outcome = |outcome: &str, cases, different| OutcomeDiff { outcome: outcome.into(), cases, different };
    let summary = whole.summary();
    assert_eq!(summary.by_outcome, [outcome("open", 2, 1), outcome("solved", 2, 2)]);
    assert_eq!((summary.events, summary.decided_differently, summary.cases_differently), (8, 4, 3));

    for at in 0..decisions.len() {
        let mut first = CaseTally::default();
        count(&mut first, 0..at);
        let mut then: CaseTally = serde_json::from_str(&serde_json::to_string(&first).unwrap()).unwrap();
        count(&mut then, at..decisions.len());
        assert_eq!(then, whole, "interrupted before decision {at}");
    }
}

#[test]
fn an_outcome_is_why_a_case_was_closed() {
    let case = |status, reason: Option<&str>| Case {
        status,
        closed_reason: reason.map(str::to_owned),
        ..Case::new(Timestamp::UNIX_EPOCH)
    };
    assert_eq!(case(Status::Open, None).outcome(), "open");
    assert_eq!(case(Status::Closed, Some("abandoned")).outcome(), "abandoned");
    assert_eq!(case(Status::Closed, None).outcome(), "closed");
}
