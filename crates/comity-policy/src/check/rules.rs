//! Rules and guards: what their conditions and effects may say, what they come to, and the promises they serve.

use super::{
    branches,
    conditions::Condition,
    expressions::{Checker, Part},
    logic::{Function, Logic},
    names::Names,
    overlap,
    reach::Reach,
    statements::end,
    types::Type,
};
use crate::{
    Diagnostic, Limits,
    declare::{RuleDeclaration, Script, Written},
};
use rhai::{Expr, Stmt};
use std::collections::{HashMap, HashSet};

pub(super) fn check(scripts: &[Script], names: &Names, limits: &Limits, found: &mut Vec<Diagnostic>) {
    let mut checker = Checker::new(scripts, names, limits, found);
    let mut sound = Vec::new();
    for (rule, is_guard) in all(scripts) {
        let before = checker.found.len();
        heading(&rule.because, rule.article.as_ref(), names, checker.found);
        checker.condition(&rule.at.file, &rule.when, is_guard);
        checker.effects(&rule.at.file, &rule.then, is_guard);
        does_something(rule, is_guard, checker.found);
        if !checker.found[before..].iter().any(Diagnostic::is_error) {
            sound.push((rule, is_guard));
        }
    }
    checker.unused_functions();
    let (functions, bodies) = (checker.conditions(), checker.bodies());
    look_into(scripts, &sound, &functions, checker.found);
    let reach = Reach::of(&bodies.iter().map(|(name, body)| (name.as_str(), body.as_slice())).collect());
    all(scripts).for_each(|(rule, _)| reach.check(rule, found));
    uncited(scripts, found);
}

/// Every rule and guard, and whether it is a guard.
fn all(scripts: &[Script]) -> impl Iterator<Item = (&RuleDeclaration, bool)> {
    scripts.iter().flat_map(|script| {
        let rules = script.rules.iter().map(|rule| (rule, false));
        rules.chain(script.guards.iter().map(|guard| (guard, true)))
    })
}

/// What the conditions mean, each for itself and beside the others; those with a mistake in them mean nothing yet.
fn look_into(
    scripts: &[Script],
    rules: &[(&RuleDeclaration, bool)],
    functions: &HashMap<String, Function>,
    found: &mut Vec<Diagnostic>,
) {
    let articles = scripts.iter().flat_map(|script| &script.articles);
    let owner = |party: &str| if party == "company" { "company" } else { "consumer" };
    let owners = articles.map(|article| (article.id.text.clone(), owner(&article.party.text))).collect();
    let logic = Logic::new(functions, owners);
    let conditions: Vec<(Condition<'_>, bool)> =
        rules.iter().map(|(rule, is_guard)| (Condition::of(&logic, rule, *is_guard), *is_guard)).collect();
    for (condition, _) in &conditions {
        condition.check(&logic, found);
        branches::check(&logic, condition, found);
    }
    let rules: Vec<Condition<'_>> =
        conditions.into_iter().filter(|(_, is_guard)| !is_guard).map(|(condition, _)| condition).collect();
    overlap::check(&logic, &rules, found);
}

/// Each promise is served by something, and everything that is done serves a promise.
fn uncited(scripts: &[Script], found: &mut Vec<Diagnostic>) {
    let all = || all(scripts).map(|(rule, _)| rule);
    let flows = scripts.iter().flat_map(|script| &script.flows).filter_map(|flow| flow.article.as_ref());
    let cited: HashSet<&str> =
        all().filter_map(|rule| rule.article.as_ref()).chain(flows).map(|a| a.text.as_str()).collect();
    for article in scripts.iter().flat_map(|script| &script.articles).filter(|a| !cited.contains(a.id.text.as_str())) {
        let message = format!(
            "Nothing is done under the article \u{201c}{}\u{201d}: no rule, guard or flow names it.",
            article.id.text
        );
        let help = format!("Write under \"{}\" behind the reason of a rule that serves it.", article.id.text);
        found.push(article.id.at.error("uncited", message).help(help).until(end(&article.id)).warning());
    }
    for rule in all().filter(|rule| rule.article.is_none()) {
        let message =
            format!("\u{201c}{}\u{201d} names no article, so nobody can see which promise it serves.", rule.id.text);
        let help = "Write under and the name of an article behind the reason.";
        found.push(rule.id.at.error("no-article", message).help(help).until(end(&rule.id)).warning());
    }
}

/// What rules, guards and flows share: a reason, and an article that exists.
pub(super) fn heading(because: &Written, article: Option<&Written>, names: &Names, found: &mut Vec<Diagnostic>) {
    if because.text.trim().is_empty() {
        let message = "The reason is empty; people read it with each decision.";
        found.push(because.at.error("empty", message).until(end(because)));
    }
    if let Some(article) = article {
        found.extend(names.verify(Type::Article, &article.text, &article.at));
    }
}

fn does_something(rule: &RuleDeclaration, is_guard: bool, found: &mut Vec<Diagnostic>) {
    let Expr::Stmt(block) = &rule.then else { return };
    if block.statements().iter().all(|statement| matches!(statement, Stmt::Noop(_))) {
        let example = if is_guard { "warn(\"…\"); or stop(\"…\");" } else { "label(\"…\");" };
        let message = format!("\u{201c}{}\u{201d} does nothing when it applies.", rule.id.text);
        found.push(
            rule.id.at.error("no-effect", message).help(format!("Write an effect in its braces, such as {example}")),
        );
    }
}

/// Where an expression stands, for messages about all of it.
pub(super) const fn part(is_guard: bool, in_then: bool) -> Part {
    match (is_guard, in_then) {
        (false, false) => Part::RuleWhen,
        (false, true) => Part::RuleThen,
        (true, false) => Part::GuardWhen,
        (true, true) => Part::GuardThen,
    }
}
