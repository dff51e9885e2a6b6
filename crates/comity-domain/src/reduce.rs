//! From what rules want to what is done: removes what is already so and what contradicts, and says why.
//! [`PRECEDENCE`] says in words what wins.

use crate::{
    case::{Case, Priority, Status},
    effect::{Dropped, Effect, Planned},
    quota::Standing,
    refusal::Refusal,
};

/// What wins, among equals in the order of declaration.
pub const PRECEDENCE: [&str; 5] = [
    "Nothing is done twice: an effect whose outcome already holds is dropped.",
    "Holding replies wins over drafting and sending them, wherever the rules stand.",
    "There is one reply a decision: the first draft or send wins.",
    "There is one team and one reason for closing: the first wins. The highest priority wins.",
    "A quota that is used up lets nothing more happen; a reply that it keeps back goes to a person.",
];

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

fn over_quota(quotas: &mut [Standing], reduced: &mut Reduced, planned: &Planned) -> Option<Refusal> {
    let covers = |quota: &&mut Standing| quota.count.of.covers(planned) && quota.is_used_up(&reduced.effects);
    let quota = quotas.iter_mut().find(covers)?;
    quota.over += 1;
    let drafted = matches!(planned.effect, Effect::SendReply { .. });
    if drafted {
        reduced.drafts.push(planned.clone());
    }
    Some(Refusal::QuotaUsedUp { of: quota.count.of.clone(), most: quota.most, per: quota.count.per, drafted })
}

fn refusal(
    case: &Case,
    running: &dyn Fn(&str) -> bool,
    held: bool,
    top: Option<Priority>,
    reduced: &Reduced,
    effect: &Effect,
) -> Option<Refusal> {
    let Reduced { effects, drafts, .. } = reduced;
    let earlier = |same: &dyn Fn(&Effect) -> bool| effects.iter().find(|p| same(&p.effect)).map(|p| p.rule.clone());
    if let Some(rule) = earlier(&|done| done == effect) {
        return Some(Refusal::AlreadyDone { rule });
    }
    match effect {
        Effect::Label { label } if case.labels.contains(label) => Some(Refusal::HasLabel),
        Effect::Priority { priority } if *priority == case.priority => Some(Refusal::HasPriority),
        Effect::Priority { priority } if Some(*priority) != top => Some(Refusal::HigherPriority),
        Effect::AssignTeam { team } if case.team.as_ref() == Some(team) => Some(Refusal::HasTeam),
        Effect::AssignTeam { .. } => {
            earlier(&|done| matches!(done, Effect::AssignTeam { .. })).map(|rule| Refusal::TeamAssigned { rule })
        }
        Effect::RequireSkill { skill } if case.skills.contains(skill) => Some(Refusal::HasSkill),
        Effect::ShowBrief { brief } if case.briefs.contains(brief) => Some(Refusal::HasBrief),
        Effect::StartObligation { article } if running(article) => Some(Refusal::AlreadyRunning),
        Effect::MeetObligation { article } | Effect::WaiveObligation { article } if !running(article) => {
            Some(Refusal::NotRunning)
        }
        Effect::HoldReplies { team } if case.held_for.as_ref() == Some(team) => Some(Refusal::AlreadyHeld),
        Effect::HoldReplies { .. } => {
            earlier(&|done| matches!(done, Effect::HoldReplies { .. })).map(|rule| Refusal::HeldBy { rule })
        }
        Effect::DraftReply { .. } | Effect::SendReply { .. } if held => Some(Refusal::RepliesHeld),
        Effect::DraftReply { template } if case.draft.as_ref().is_some_and(|draft| draft.template == *template) => {
            Some(Refusal::DraftWaiting)
        }
        Effect::DraftReply { .. } | Effect::SendReply { .. } => {
            earlier(&|done| matches!(done, Effect::DraftReply { .. } | Effect::SendReply { .. }))
                .or_else(|| drafts.first().map(|planned| planned.rule.clone()))
                .map(|rule| Refusal::AnsweredBy { rule })
        }
        Effect::Escalate { flow } if case.escalations.iter().any(|one| one.flow == *flow && one.ended.is_none()) => {
            Some(Refusal::FlowStarted)
        }
        Effect::Ask { question } if case.questions.iter().any(|asked| asked.text == *question) => {
            Some(Refusal::AlreadyAsked)
        }
        Effect::Close { .. } if case.status != Status::Open => Some(Refusal::AlreadyClosed),
        Effect::Close { .. } => {
            earlier(&|done| matches!(done, Effect::Close { .. })).map(|rule| Refusal::ClosedBy { rule })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
