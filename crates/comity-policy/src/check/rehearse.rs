//! Guards before templates: a reply that we wrote ourselves and never let go helps nobody.
//!
//! Guards that look at nothing but the reply are run over every template as if it were sent in public. What other guards
//! say depends on the case, so they are left alone.

use super::settings::place;
use crate::{
    Diagnostic, Policy, bundle::SETTINGS, declare::Written, evaluate::Rule, objects::VARIABLES, scenario,
    syntax::CHARTER,
};
use comity_domain::{
    decision::{GuardAction, GuardVerdict},
    facts::{Facts, ReplyFacts},
};
use rhai::{ASTNode, Expr, Stmt};
use std::collections::HashSet;

/// With more guards and templates than come to this, a check would take too long.
const MOST_RUNS: usize = 2_000;

/// `guards` are the names of the guards with their places.
pub(super) fn check(policy: &Policy, settings: &str, guards: &[Written], found: &mut Vec<Diagnostic>) {
    if policy.guards.len() * policy.templates().len() > MOST_RUNS {
        return;
    }
    let Ok(facts) = scenario::ordinary_facts() else { return };
    let sent = sent_by_rules(&policy.rules);
    for guard in policy.guards.iter().filter(|guard| looks_only_at_the_reply(guard)) {
        let stopped: Vec<(&str, Stopped)> = policy
            .templates()
            .keys()
            .filter_map(|name| Some((name.as_str(), stopped(policy, guard, name, &facts)?)))
            .collect();
        let id = &guard.origin.id;
        let is_all = stopped.len() > 1 && stopped.len() == policy.templates().len();
        let at = guards.iter().find(|written| *written.text == **id).map(|written| &written.at);
        if let (true, Some(at), Some((_, first))) = (is_all, at, stopped.first()) {
            let who = if stopped.iter().all(|(_, stopped)| stopped.by_hand) { "" } else { " that a rule sends" };
            let message = format!("This guard stops every template{who}, whatever the case: {}", first.verdict.message);
            let end = at.column + id.chars().count() as u32 + 2;
            found.push(at.error("stops-all", message).help("Ask for less in it, or only warn.").until(end).warning());
            continue;
        }
        for (name, stopped) in stopped.into_iter().filter(|(name, stopped)| stopped.by_hand || sent.contains(*name)) {
            let (line, column) = place(settings, "templates", name);
            let when = if stopped.by_hand { "whenever it is sent in public" } else { "whenever a rule sends it" };
            let message = format!(
                "The guard \u{201c}{id}\u{201d} stops the template \u{201c}{name}\u{201d} {when}{}.",
                because(&stopped.verdict)
            );
            let end = column + name.chars().count() as u32;
            let stopped = Diagnostic::error(SETTINGS, line, column, "stopped-template", message).until(end);
            found.push(stopped.help("Change the template or the guard.").warning());
        }
    }
}

struct Stopped {
    verdict: GuardVerdict,
    by_hand: bool,
}

fn stopped(policy: &Policy, guard: &Rule, template: &str, facts: &Facts) -> Option<Stopped> {
    let text = policy.render_template(template, facts)?;
    let stops = |is_automatic| {
        let reply = ReplyFacts { text: text.clone(), is_public: true, is_automatic, ..ReplyFacts::default() };
        let verdicts = policy.machine.guard(std::slice::from_ref(guard), facts, &reply);
        verdicts.into_iter().find(|verdict| verdict.action != GuardAction::Warn)
    };
    let by_hand = stops(false);
    let is_by_hand = by_hand.is_some();
    by_hand.or_else(|| stops(true)).map(|verdict| Stopped { verdict, by_hand: is_by_hand })
}

fn because(verdict: &GuardVerdict) -> String {
    let quoted: Vec<String> = verdict.found.iter().map(|found| format!("\u{201c}{found}\u{201d}")).collect();
    if quoted.is_empty() { String::new() } else { format!(": it finds {}", quoted.join(", ")) }
}

fn looks_only_at_the_reply(guard: &Rule) -> bool {
    let mut only = true;
    let mut look = |path: &[ASTNode<'_>]| {
        only = only
            && match path.last() {
                Some(ASTNode::Expr(Expr::Variable(name, ..))) => {
                    name.1 == "reply" || !VARIABLES.iter().any(|(known, _)| name.1 == *known)
                }
                Some(ASTNode::Expr(Expr::Custom(custom, _))) => custom.tokens[0] != CHARTER,
                _ => true,
            };
        only
    };
    for expr in guard.terms.iter().map(|(expr, _)| expr).chain([&guard.then]) {
        expr.walk(&mut Vec::new(), &mut look);
    }
    only
}

fn sent_by_rules(rules: &[Rule]) -> HashSet<String> {
    let mut sent = HashSet::new();
    for rule in rules {
        rule.then.walk(&mut Vec::new(), &mut |path| {
            if let Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))) = path.last()
                && let ("send_reply", [Expr::StringConstant(template, _)]) = (call.name.as_str(), call.args.as_slice())
            {
                sent.insert(template.to_string());
            }
            true
        });
    }
    sent
}
