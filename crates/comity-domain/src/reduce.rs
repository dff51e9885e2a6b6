//! From what rules want to what is done: removes what is already so and what contradicts, and says why.
//!
//! Precedence, in the order of declaration among equals:
//! - nothing is done twice: an effect whose outcome already holds is dropped;
//! - holding replies wins over drafting and sending them, wherever the rules stand;
//! - one reply a decision: the first draft or send wins;
//! - one team, one closing reason: the first wins; the highest priority wins;
//! - a quota that is used up lets nothing more happen; a reply that it keeps back goes to a person.

use crate::{
    case::{Case, Priority, Status},
    effect::{Dropped, Effect, Planned},
    quota::Standing,
};

/// What is done, and what is not with the reason.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reduced {
    pub effects: Vec<Planned>,
    pub dropped: Vec<Dropped>,
    /// Replies that a quota keeps from being sent, of those dropped: a person gets them as drafts.
    pub drafts: Vec<Planned>,
}

/// `running` names the articles with a running obligation once the event itself is counted. `quotas` are told what they
/// kept from happening.
#[must_use]
pub fn reduce(case: &Case, running: &dyn Fn(&str) -> bool, planned: Vec<Planned>, quotas: &mut [Standing]) -> Reduced {
    let held = case.held_for.is_some() || planned.iter().any(|p| matches!(p.effect, Effect::HoldReplies { .. }));
    let top = planned.iter().filter_map(|p| match p.effect {
        Effect::Priority { priority } => Some(priority),
        _ => None,
    });
    let top = top.max();
    let mut reduced = Reduced::default();
    for planned in planned {
        let refused = refusal(case, running, held, top, &reduced, &planned.effect)
            .or_else(|| over_quota(quotas, &mut reduced, &planned));
        match refused {
            Some(reason) => reduced.dropped.push(Dropped { planned, reason }),
            None => reduced.effects.push(planned),
        }
    }
    reduced
}

fn over_quota(quotas: &mut [Standing], reduced: &mut Reduced, planned: &Planned) -> Option<String> {
    let covers = |quota: &&mut Standing| quota.count.of.covers(planned) && quota.is_used_up(&reduced.effects);
    let quota = quotas.iter_mut().find(covers)?;
    quota.over += 1;
    if let Effect::SendReply { .. } = planned.effect {
        reduced.drafts.push(planned.clone());
        return Some(format!("{}, so a person has it as a draft", quota.refusal()));
    }
    Some(quota.refusal())
}

fn refusal(
    case: &Case,
    running: &dyn Fn(&str) -> bool,
    held: bool,
    top: Option<Priority>,
    reduced: &Reduced,
    effect: &Effect,
) -> Option<String> {
    let Reduced { effects, drafts, .. } = reduced;
    let earlier = |same: &dyn Fn(&Effect) -> bool| effects.iter().find(|p| same(&p.effect)).map(|p| p.rule.as_str());
    let by = |rule: &str| format!("the rule {rule} has already done it");
    if let Some(rule) = earlier(&|done| done == effect) {
        return Some(by(rule));
    }
    match effect {
        Effect::Label { label } if case.labels.contains(label) => Some("the case already has this label".into()),
        Effect::Priority { priority } if *priority == case.priority => Some("the case already has it".into()),
        Effect::Priority { priority } if Some(*priority) != top => {
            Some("another rule asks for a higher priority".into())
        }
        Effect::AssignTeam { team } if case.team.as_ref() == Some(team) => Some("the case is already theirs".into()),
        Effect::AssignTeam { .. } => earlier(&|done| matches!(done, Effect::AssignTeam { .. }))
            .map(|rule| format!("the rule {rule} has already assigned the case")),
        Effect::StartObligation { article } if running(article) => Some("the obligation is already running".into()),
        Effect::MeetObligation { article } | Effect::WaiveObligation { article } if !running(article) => {
            Some("no such obligation is running".into())
        }
        Effect::HoldReplies { team } if case.held_for.as_ref() == Some(team) => Some("replies are already held".into()),
        Effect::HoldReplies { .. } => earlier(&|done| matches!(done, Effect::HoldReplies { .. }))
            .map(|rule| format!("the rule {rule} already holds replies")),
        Effect::DraftReply { .. } | Effect::SendReply { .. } if held => Some("replies are held".into()),
        Effect::DraftReply { template } if case.draft.as_ref().is_some_and(|draft| draft.template == *template) => {
            Some("this draft is already waiting".into())
        }
        Effect::DraftReply { .. } | Effect::SendReply { .. } => {
            earlier(&|done| matches!(done, Effect::DraftReply { .. } | Effect::SendReply { .. }))
                .or_else(|| drafts.first().map(|planned| planned.rule.as_str()))
                .map(|rule| format!("the rule {rule} already answers"))
        }
        Effect::Escalate { flow } if case.escalations.iter().any(|running| running.flow == *flow) => {
            Some("this flow has already been started in the case".into())
        }
        Effect::Ask { question } if case.questions.iter().any(|asked| asked.text == *question) => {
            Some("this has already been asked".into())
        }
        Effect::Close { .. } if case.status != Status::Open => Some("the case is already closed".into()),
        Effect::Close { .. } => earlier(&|done| matches!(done, Effect::Close { .. }))
            .map(|rule| format!("the rule {rule} already closes the case")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
