//! The precedence rules that no step test shows.

use super::*;

fn case() -> Case {
    let known = Case::new(jiff::Timestamp::UNIX_EPOCH);
    Case { labels: ["known".to_owned()].into(), team: Some("care".into()), ..known }
}

/// The reasons of what is dropped, `None` for what is done.
fn reasons(effects: &[Effect]) -> Vec<Option<Refusal>> {
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
        Some(Refusal::HasLabel),
        None,
        Some(Refusal::AlreadyDone { rule: "rule-1".into() }),
        Some(Refusal::HasTeam),
        Some(Refusal::NotRunning),
        None,
    ];
    assert_eq!(reasons, expected);
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
        Some(Refusal::HigherPriority),
        None,
        None,
        Some(Refusal::AnsweredBy { rule: "rule-2".into() }),
        None,
        Some(Refusal::ClosedBy { rule: "rule-4".into() }),
    ];
    assert_eq!(reasons, expected);
}
