//! Compares what should be so with what is, and says the first difference in a sentence.

use super::{file::Expected, when};
use comity_domain::{
    calendar::Calendar,
    case::{Case, Priority, Status},
    decision::{GuardAction, GuardVerdict, Outcome, RuleTrace},
    effect::{Effect, Planned},
    ledger::Obligation,
};

/// What a step came to.
#[derive(Default)]
pub(super) struct Observed {
    pub rules: Vec<RuleTrace>,
    pub effects: Vec<Planned>,
    pub sent: Vec<String>,
    pub verdicts: Option<Vec<GuardVerdict>>,
    pub failure: Option<String>,
}

type Checked = Result<(), String>;

pub(super) fn step(expected: &Expected, observed: &Observed) -> Checked {
    if let Some(failure) = &observed.failure {
        return Err(failure.clone());
    }
    rules(expected, &observed.rules)?;
    effects(expected, &observed.effects)?;
    contains("sent without a person", &expected.sent, &observed.sent)?;
    guards(expected, observed)
}

/// How one rule came out over the events of a step: fired once is fired.
fn rules(expected: &Expected, traces: &[RuleTrace]) -> Checked {
    let has = |rule: &str, outcome| traces.iter().any(|trace| *trace.rule == *rule && trace.outcome == outcome);
    let why = |rule: &str| {
        let stopped = traces.iter().filter(|trace| *trace.rule == *rule).find_map(|trace| {
            let term = trace.terms.iter().find(|term| term.value != comity_domain::decision::Truth::True)?;
            let note = term.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
            Some(format!(": {}{note}", term.source))
        });
        stopped.unwrap_or_default()
    };
    for rule in &expected.fired {
        if !has(rule, Outcome::Fired) {
            return Err(format!("The rule {rule} should fire and did not{}.", why(rule)));
        }
    }
    for rule in &expected.not_fired {
        if has(rule, Outcome::Fired) {
            return Err(format!("The rule {rule} should not fire and did."));
        }
    }
    for rule in &expected.unknown {
        if !has(rule, Outcome::Unknown) {
            return Err(format!("The rule {rule} should be unknown and was not{}.", why(rule)));
        }
    }
    Ok(())
}

fn effects(expected: &Expected, planned: &[Planned]) -> Checked {
    let all: Vec<String> = planned.iter().map(|planned| words(&planned.effect)).collect();
    let is = |wanted: &str| all.iter().any(|effect| effect == wanted || effect.split(' ').next() == Some(wanted));
    let listed = || if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
    if let Some(missing) = expected.effects.iter().find(|wanted| !is(wanted)) {
        return Err(format!("The effect \u{201c}{missing}\u{201d} should come of it; there came {}.", listed()));
    }
    if let Some(extra) = expected.no_effects.iter().find(|unwanted| is(unwanted)) {
        return Err(format!("The effect \u{201c}{extra}\u{201d} should not come of it; there came {}.", listed()));
    }
    Ok(())
}

/// The effect's word with what it is about.
pub(super) fn words(effect: &Effect) -> String {
    let about = match effect {
        Effect::Label { label } => label,
        Effect::Priority { priority } => priority.as_str(),
        Effect::AssignTeam { team } | Effect::HoldReplies { team } | Effect::Kudos { team } => team,
        Effect::RequireSkill { skill } => skill,
        Effect::ShowBrief { brief } => brief,
        Effect::StartObligation { article }
        | Effect::MeetObligation { article }
        | Effect::WaiveObligation { article } => article,
        Effect::DraftReply { template } | Effect::SendReply { template } => template,
        Effect::Escalate { flow } => flow,
        Effect::Ask { question } => question,
        Effect::Close { reason } => reason,
    };
    format!("{} {about}", effect.name())
}

fn guards(expected: &Expected, observed: &Observed) -> Checked {
    if expected.guards.is_empty() && expected.no_guards.is_empty() && expected.may_go.is_none() {
        return Ok(());
    }
    let Some(verdicts) = &observed.verdicts else {
        return Err("Guards look only at a step with reply.".to_owned());
    };
    for (guard, action) in &expected.guards {
        match verdicts.iter().find(|verdict| verdict.guard == *guard) {
            Some(verdict) if verdict.action == *action => {}
            Some(verdict) => {
                return Err(format!("The guard {guard} says {:?} and should say {action:?}.", verdict.action));
            }
            None => return Err(format!("The guard {guard} should say {action:?} and says nothing.")),
        }
    }
    if let Some(verdict) = verdicts.iter().find(|verdict| expected.no_guards.contains(&verdict.guard)) {
        return Err(format!("The guard {} should say nothing and says: {}", verdict.guard, verdict.message));
    }
    let stopped = verdicts.iter().find(|verdict| verdict.action != GuardAction::Warn);
    match (expected.may_go, stopped) {
        (Some(true), Some(verdict)) => {
            Err(format!("The reply should go; {} keeps it: {}", verdict.guard, verdict.message))
        }
        (Some(false), None) => Err("The reply should not go; no guard keeps it.".to_owned()),
        _ => Ok(()),
    }
}

/// How the case stands after a step.
pub(super) fn case(expected: &Expected, case: &Case, ledger: &[Obligation], calendar: &Calendar) -> Checked {
    let labels: Vec<String> = case.labels.iter().cloned().collect();
    contains("on the case", &expected.labels, &labels)?;
    if let Some(extra) = expected.no_labels.iter().find(|label| labels.contains(label)) {
        return Err(format!("The label {extra} should not be on the case."));
    }
    contains("shown as a brief", &expected.briefs, &case.briefs.iter().cloned().collect::<Vec<_>>())?;
    contains("asked for as a skill", &expected.skills, &case.skills.iter().cloned().collect::<Vec<_>>())?;
    same("status", expected.status.map(Status::as_str), Some(case.status.as_str()))?;
    same("closed_reason", expected.closed_reason.as_deref(), case.closed_reason.as_deref())?;
    same("priority", expected.priority.map(Priority::as_str), Some(case.priority.as_str()))?;
    same("team", expected.team.as_deref(), case.team.as_deref())?;
    same("held_for", expected.held_for.as_deref(), case.held_for.as_deref())?;
    same_answer("is_held", expected.is_held, case.held_for.is_some())?;
    same("draft", expected.draft.as_deref(), case.draft.as_ref().map(|draft| draft.template.as_str()))?;
    same_answer("has_draft", expected.has_draft, case.draft.is_some())?;
    let flows: Vec<String> = case.escalations.iter().map(|escalation| escalation.flow.clone()).collect();
    contains("escalated", &expected.escalations, &flows)?;
    let asked = |part: &&String| !case.questions.iter().any(|question| question.text.contains(part.as_str()));
    if let Some(missing) = expected.questions.iter().find(asked) {
        return Err(format!("Nobody was asked \u{201c}{missing}\u{201d}."));
    }
    obligations(expected, ledger, calendar)
}

fn obligations(expected: &Expected, ledger: &[Obligation], calendar: &Calendar) -> Checked {
    if let Some(extra) = expected.no_obligations.iter().find(|article| ledger.iter().any(|o| o.article == **article)) {
        return Err(format!("There should be no obligation {extra}, and there is one."));
    }
    for wanted in &expected.obligations {
        let due = wanted.due.as_ref().map(|due| when::moment(due, calendar)).transpose()?;
        let fits = |o: &&Obligation| {
            o.article == wanted.article && o.state == wanted.state && due.is_none_or(|due| due == o.due_at)
        };
        if !ledger.iter().any(|obligation| fits(&obligation)) {
            let there = ledger.iter().filter(|o| o.article == wanted.article);
            let there: Vec<String> = there.map(|o| format!("{} until {}", o.state.as_str(), o.due_at)).collect();
            let there =
                if there.is_empty() { "there is none".to_owned() } else { format!("it is {}", there.join(", ")) };
            let due = wanted.due.as_ref().map(|due| format!(" until {due}")).unwrap_or_default();
            return Err(format!(
                "The obligation {} should be {}{due}; {there}.",
                wanted.article,
                wanted.state.as_str()
            ));
        }
    }
    Ok(())
}

fn contains(what: &str, wanted: &[String], there: &[String]) -> Checked {
    match wanted.iter().find(|wanted| !there.contains(wanted)) {
        None => Ok(()),
        Some(missing) if there.is_empty() => Err(format!("{missing} should be {what}; there is nothing.")),
        Some(missing) => Err(format!("{missing} should be {what}; there is {}.", there.join(", "))),
    }
}

/// What is not expected does not matter.
fn same(what: &str, wanted: Option<&str>, is: Option<&str>) -> Checked {
    match wanted {
        Some(wanted) if is != Some(wanted) => {
            Err(format!("{what} should be {wanted} and is {}.", is.unwrap_or("not set")))
        }
        _ => Ok(()),
    }
}

fn same_answer(what: &str, wanted: Option<bool>, is: bool) -> Checked {
    match wanted {
        Some(wanted) if wanted != is => Err(format!("{what} should be {wanted} and is {is}.")),
        _ => Ok(()),
    }
}
