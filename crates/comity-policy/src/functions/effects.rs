//! What a rule can want and a guard can say. Each call only adds to the plan.

use crate::run::{Failure, plan, refused, verdict};
use comity_domain::{case::Priority, decision::GuardAction, effect::Effect};
use rhai::Engine;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("label", |label: &str| plan(Effect::Label { label: label.to_owned() }))
        .register_fn("priority", priority)
        .register_fn("assign_team", |team: &str| plan(Effect::AssignTeam { team: team.to_owned() }))
        .register_fn("require_skill", |skill: &str| plan(Effect::RequireSkill { skill: skill.to_owned() }))
        .register_fn("show_brief", |brief: &str| plan(Effect::ShowBrief { brief: brief.to_owned() }))
        .register_fn("start_obligation", |article: &str| plan(Effect::StartObligation { article: article.to_owned() }))
        .register_fn("meet_obligation", |article: &str| plan(Effect::MeetObligation { article: article.to_owned() }))
        .register_fn("waive_obligation", |article: &str| plan(Effect::WaiveObligation { article: article.to_owned() }))
        .register_fn("draft_reply", |template: &str| plan(Effect::DraftReply { template: template.to_owned() }))
        .register_fn("send_reply", |template: &str| plan(Effect::SendReply { template: template.to_owned() }))
        .register_fn("hold_replies", |team: &str| plan(Effect::HoldReplies { team: team.to_owned() }))
        .register_fn("escalate", |flow: &str| plan(Effect::Escalate { flow: flow.to_owned() }))
        .register_fn("ask", |question: &str| plan(Effect::Ask { question: question.to_owned() }))
        .register_fn("kudos", |team: &str| plan(Effect::Kudos { team: team.to_owned() }))
        .register_fn("close", |reason: &str| plan(Effect::Close { reason: reason.to_owned() }));

    engine
        .register_fn("warn", |message: &str| verdict(GuardAction::Warn, message))
        .register_fn("needs_approval", |message: &str| verdict(GuardAction::Approve, message))
        .register_fn("stop", |message: &str| verdict(GuardAction::Stop, message));
}

fn priority(word: &str) -> Result<(), Failure> {
    let priority = Priority::parse(word).ok_or_else(|| refused(format!("There is no priority {word:?}.")))?;
    plan(Effect::Priority { priority })
}
