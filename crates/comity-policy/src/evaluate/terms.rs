//! The terms of a condition, worked out one by one on the syntax tree: yes, no, or not known.
//!
//! A term joined by `||` is yes as soon as one side is, whichever stands first; it is unknown only when no side is yes and
//! one is unknown.

use super::{Ready, Rule};
use crate::{
    objects::{Context, Span},
    run::{self, Failure, unknown_fact},
};
use comity_domain::decision::{TermTrace, Truth};
use rhai::{Dynamic, EvalContext, Expr, Expression, ImmutableString};
use std::sync::Arc;

/// Works terms out up to the first that is not yes. The whole is what that one is.
pub(super) fn trace(
    context: &mut EvalContext,
    facts: &Arc<Context>,
    rule: &Rule,
) -> (Vec<TermTrace>, Result<Truth, Failure>) {
    let mut traces = Vec::with_capacity(rule.terms.len());
    let mut whole = Ok(Truth::True);
    for ((expr, term), ready) in rule.terms.iter().zip(&rule.ready) {
        let (value, note) = if matches!(whole, Ok(Truth::True)) {
            let (value, note) = match of_term(context, facts, expr, ready.as_ref()) {
                Ok(value) => (Ok(value), note(context, facts, expr, ready.as_ref(), value)),
                Err(error) => match unknown_fact(&error) {
                    Some(fact) => (Ok(Truth::Unknown), Some(not_known(fact))),
                    _ => (Err(error), Some("this could not be worked out".to_owned())),
                },
            };
            whole = value;
            (*whole.as_ref().unwrap_or(&Truth::Unknown), note)
        } else {
            (Truth::NotReached, None)
        };
        traces.push(TermTrace { source: term.source.clone(), line: term.line, value, note });
    }
    (traces, whole)
}

/// How notes of an unknown fact end, and those of a value begin; explanations take them apart again.
pub(crate) const IS_NOT_KNOWN: &str = " is not known";
pub(crate) const IT_IS: &str = "it is ";

/// What a condition is, without a trace.
pub(super) fn whole(context: &mut EvalContext, facts: &Arc<Context>, rule: &Rule) -> Result<Truth, Failure> {
    for ((expr, _), ready) in rule.terms.iter().zip(&rule.ready) {
        match of_term(context, facts, expr, ready.as_ref()) {
            Ok(Truth::True) => {}
            Ok(other) => return Ok(other),
            Err(error) if unknown_fact(&error).is_some() => return Ok(Truth::Unknown),
            Err(error) => return Err(error),
        }
    }
    Ok(Truth::True)
}

pub(super) fn not_known(fact: &str) -> String {
    [fact, IS_NOT_KNOWN].concat()
}

/// The same as [`truth`], the short way where there is one.
fn of_term(
    context: &mut EvalContext,
    facts: &Arc<Context>,
    expr: &Expr,
    ready: Option<&Ready>,
) -> Result<Truth, Failure> {
    match ready.map_or(Ok(None), |ready| ready.holds(facts))? {
        Some(true) => Ok(Truth::True),
        Some(false) => Ok(Truth::False),
        None => truth(context, expr),
    }
}

/// Yes, no, or an error, among them that a fact is not known.
pub(super) fn truth(context: &mut EvalContext, expr: &Expr) -> Result<Truth, Failure> {
    let of = |yes: bool| if yes { Truth::True } else { Truth::False };
    match expr {
        Expr::And(parts, _) => {
            for part in parts.iter() {
                if truth(context, part)? != Truth::True {
                    return Ok(Truth::False);
                }
            }
            Ok(Truth::True)
        }
        Expr::Or(parts, _) => {
            let mut unknown = None;
            for part in parts.iter() {
                match truth(context, part) {
                    Ok(Truth::True) => return Ok(Truth::True),
                    Ok(_) => {}
                    Err(error) if unknown_fact(&error).is_some() => unknown = unknown.or(Some(error)),
                    Err(error) => return Err(error),
                }
            }
            unknown.map_or(Ok(Truth::False), Err)
        }
        _ => {
            let value = context.eval_expression_tree(&Expression::from(expr))?;
            let not_bool = |kind| run::refused(format!("Its condition gives {kind} and not yes or no."));
            value.as_bool().map(of).map_err(not_bool)
        }
    }
}

/// What helps to see why: the words found, or the value that was compared.
fn note(
    context: &mut EvalContext,
    facts: &Arc<Context>,
    expr: &Expr,
    ready: Option<&Ready>,
    value: Truth,
) -> Option<String> {
    let found = run::take_found();
    if !found.is_empty() {
        return Some(listed(&found));
    }
    match expr {
        Expr::FnCall(call, _) if value == Truth::False && call.is_operator_call() && call.args.len() == 2 => {
            let left = &call.args[0];
            if left.is_constant() {
                return None;
            }
            let actual = match ready {
                Some(ready) => ready.fact(facts),
                None => context.eval_expression_tree(&Expression::from(left)),
            };
            shown(&actual.ok()?).map(|actual| [IT_IS, &actual].concat())
        }
        _ => None,
    }
}

/// How many found words a note lists.
const MOST_FOUND: usize = 5;

/// `found “fraud”, “court” and 3 more`. Put together by hand: most decisions have some.
fn listed(found: &[String]) -> String {
    let mut note = String::from("found ");
    for (index, word) in found.iter().take(MOST_FOUND).enumerate() {
        note.push_str(if index == 0 { "\u{201c}" } else { ", \u{201c}" });
        note.push_str(word);
        note.push('\u{201d}');
    }
    if let Some(more) = found.len().checked_sub(MOST_FOUND).filter(|more| *more > 0) {
        note.extend([" and ", &more.to_string(), " more"]);
    }
    note
}

fn shown(value: &Dynamic) -> Option<String> {
    if let Some(text) = value.read_lock::<ImmutableString>() {
        let end = text.char_indices().nth(40).map_or(text.len(), |(end, _)| end);
        return Some(["\u{201c}", &text[..end], "\u{201d}"].concat());
    }
    if let Some(span) = value.read_lock::<Span>() {
        return Some(span.words());
    }
    (value.is_int() || value.is_float() || value.is_bool()).then(|| value.to_string())
}
