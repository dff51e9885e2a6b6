//! The precedence rules that no step test shows.

use super::*;

fn case() -> Case {
    let known = Case::new(jiff::Timestamp::UNIX_EPOCH);
    Case { labels: ["known".to_owned()].into(), team: Some("care".into()), ..known }
}

/// The reasons of what is dropped, `None` for what is done.
fn reasons(effects: &[Effect]) -> Vec<Option<String>> {
    let plan = |(i, effect): (usize, &Effect)| Planned {
        effect: effect.clone(),
        rule: format!("rule-{i}"),
        article: None,
        because: String::new(),
    };
    let planned: Vec<Planned> = effects.iter().enumerate().map(plan).collect();
    let reduced = reduce(&case(), &|article| article == "answer", planned.clone());
    assert_eq!(reduced.effects.len() + reduced.dropped.len(), planned.len());
    let reason = |plan: &Planned| reduced.dropped.iter().find(|d| d.planned == *plan).map(|d| d.reason.clone());
    planned.iter().map(reason).collect()
}

#[test]
fn what_is_already_so_is_dropped() {
    let label = |label: &str| Effect::Label { label: label.into() };
    let reasons = reasons(&[
        label("known"),
        label("new"),
        label("new"),
        Effect::AssignTeam { team: "care".into() },
        Effect::WaiveObligation { article: "other".into() },
        Effect::WaiveObligation { article: "answer".into() },
    ]);
    let expected = [
        Some("the case already has this label"),
        None,
        Some("the rule rule-1 has already done it"),
        Some("the case is already theirs"),
        Some("no such obligation is running"),
        None,
    ];
    assert_eq!(reasons.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
}

#[test]
fn the_highest_priority_and_the_first_answer_win() {
    let reasons = reasons(&[
        Effect::Priority { priority: Priority::High },
        Effect::Priority { priority: Priority::Urgent },
        Effect::DraftReply { template: "a".into() },
        Effect::SendReply { template: "b".into() },
        Effect::Close { reason: "first".into() },
        Effect::Close { reason: "second".into() },
    ]);
    let expected = [
        Some("another rule asks for a higher priority"),
        None,
        None,
        Some("the rule rule-2 already answers"),
        None,
        Some("the rule rule-4 already closes the case"),
    ];
    assert_eq!(reasons.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
}
