//! Rules and guards: what their conditions and effects may say, and conditions that can never hold.

use super::{
    expressions::{Checker, Part},
    names::Names,
    statements::end,
    types::Type,
};
use crate::{
    Diagnostic, Limits,
    declare::{At, RuleDeclaration, Script, Written},
};
use rhai::{Expr, Stmt};
use std::collections::HashSet;

pub(super) fn check(scripts: &[Script], names: &Names, limits: &Limits, found: &mut Vec<Diagnostic>) {
    let mut checker = Checker::new(scripts, names, limits, found);
    for script in scripts {
        for (rule, is_guard) in script.rules.iter().map(|r| (r, false)).chain(script.guards.iter().map(|g| (g, true))) {
            heading(&rule.because, rule.article.as_ref(), names, checker.found);
            checker.condition(&script.file, &rule.when, is_guard);
            checker.effects(&script.file, &rule.then, is_guard);
            does_something(rule, is_guard, checker.found);
            contradictions(rule, checker.found);
        }
    }
    checker.unused_functions();
    uncited(scripts, found);
}

/// Each promise is served by something, and everything that is done serves a promise.
fn uncited(scripts: &[Script], found: &mut Vec<Diagnostic>) {
    let all = || scripts.iter().flat_map(|script| script.rules.iter().chain(&script.guards));
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

fn contradictions(rule: &RuleDeclaration, found: &mut Vec<Diagnostic>) {
    let terms = &rule.terms;
    for (index, (expr, term)) in terms.iter().enumerate() {
        let at = At::new(&rule.at.file, expr.start_position());
        if matches!(expr, Expr::BoolConstant(false, _)) {
            found.push(at.error("never", "This is always no, so the rule never applies.").warning());
        }
        if matches!(expr, Expr::BoolConstant(true, _)) {
            let (message, help) = ("This is always yes.", "Leave it out, or say when the rule applies.");
            found.push(at.error("always", message).help(help).warning());
        }
        for (_, earlier) in &terms[..index] {
            if earlier.source == term.source {
                let message = format!("{} stands here twice.", term.source);
                found.push(at.error("repeated-term", message).help("Leave one of them out.").warning());
            } else if opposite(&earlier.source, &term.source) {
                let message =
                    format!("{} and {} never hold at once, so the rule never applies.", earlier.source, term.source);
                found.push(at.error("never", message).help("Join them with || or make two rules.").warning());
            }
        }
    }
}

fn opposite(one: &str, other: &str) -> bool {
    let negates = |a: &str, b: &str| a.strip_prefix('!') == Some(b);
    let equals = |term: &str| -> Option<(String, String)> {
        let (left, right) = term.split_once("==")?;
        let right = right.trim();
        let literal = right.len() >= 2 && right.starts_with('"') && right[1..].find('"') == Some(right.len() - 2);
        literal.then(|| (left.trim().to_owned(), right.to_owned()))
    };
    let different = || match (equals(one), equals(other)) {
        (Some((left, value)), Some((same, another))) => left == same && value != another,
        _ => false,
    };
    negates(one, other) || negates(other, one) || different()
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
