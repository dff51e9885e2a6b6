//! The precedence rules that no step test shows.

use super::*;
use crate::quota::{Count, Limited, Per};

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
    let reduced = reduce(&case(), &|article| article == "answer", planned.clone(), &mut []);
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

fn standing(of: Limited, most: u32, used: i64) -> Standing {
    let since = jiff::Timestamp::UNIX_EPOCH;
    Standing { most, count: Count { of, per: Per::Hour, since, used }, over: 0 }
}

fn planned(rule: &str, effect: Effect) -> Planned {
    Planned { effect, rule: rule.into(), article: None, because: String::new() }
}

#[test]
fn a_quota_counts_what_this_decision_does_too() {
    let ask = |rule: &str, question: &str| planned(rule, Effect::Ask { question: question.into() });
    let all =
        vec![ask("one", "a"), ask("one", "b"), ask("two", "c"), planned("two", Effect::Kudos { team: "care".into() })];
    let mut quotas = [standing(Limited::Effect("ask".into()), 5, 3), standing(Limited::Rule("two".into()), 1, 0)];
    let reduced = reduce(&case(), &|_| false, all, &mut quotas);
    let kept: Vec<&str> = reduced.effects.iter().map(|planned| planned.effect.name()).collect();
    assert_eq!(kept, ["ask", "ask", "kudos"]);
    let over = Refusal::QuotaUsedUp { of: Limited::Effect("ask".into()), most: 5, per: Per::Hour, drafted: false };
    assert_eq!(reduced.dropped[0].reason, over);
    assert_eq!(quotas.each_ref().map(|quota| (quota.taken(&reduced.effects), quota.over)), [(2, 1), (1, 0)]);
}

#[test]
fn what_is_refused_anyway_takes_nothing_from_a_quota() {
    let label = |label: &str| planned("one", Effect::Label { label: label.into() });
    let mut quotas = [standing(Limited::Rule("one".into()), 1, 0)];
    let reduced = reduce(&case(), &|_| false, vec![label("known"), label("new")], &mut quotas);
    assert_eq!((reduced.effects, quotas[0].over), (vec![label("new")], 0));
}

#[test]
fn a_reply_over_its_quota_is_a_draft_and_still_the_answer() {
    let send = planned("one", Effect::SendReply { template: "sorry".into() });
    let draft = planned("two", Effect::DraftReply { template: "other".into() });
    let mut quotas = [standing(Limited::Effect("send_reply".into()), 200, 200)];
    let reduced = reduce(&case(), &|_| false, vec![send.clone(), draft], &mut quotas);
    assert_eq!((reduced.effects, reduced.drafts), (vec![], vec![send]));
    let reasons: Vec<Refusal> = reduced.dropped.into_iter().map(|dropped| dropped.reason).collect();
    let of = Limited::Effect("send_reply".into());
    let over = Refusal::QuotaUsedUp { of, most: 200, per: Per::Hour, drafted: true };
    assert_eq!(reasons, [over, Refusal::AnsweredBy { rule: "one".into() }]);
}
