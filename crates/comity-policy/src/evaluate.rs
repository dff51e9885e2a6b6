//! One decision: every rule's terms in order, each traced, and the effects of those that fire.
//!
//! Terms are worked out one by one on the syntax tree, with three outcomes: yes, no, and not known. A term joined by `||`
//! is yes as soon as one side is, whichever stands first; it is unknown only when no side is yes and one is unknown.
//! If anything fails, nothing of the evaluation happens.

mod failure;

use crate::{
    Limits,
    declare::RuleDeclaration,
    objects::{Context, Span},
    run::{self, Failure, Lists, Origin, unknown_fact},
};
use comity_domain::{
    decision::{Evaluation, GuardAction, GuardVerdict, Outcome, RuleTrace, TermTrace, Truth},
    facts::{Facts, ReplyFacts},
};
use rhai::{Caches, Dynamic, Engine, EvalContext, Expr, Expression, ImmutableString, Module, Shared};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

/// A rule or guard ready to run.
pub(crate) struct Rule {
    pub origin: Arc<Origin>,
    pub terms: Vec<(Expr, crate::source::Term)>,
    pub then: Expr,
    pub file: String,
    pub line: u32,
}

impl Rule {
    pub(crate) fn new(declaration: RuleDeclaration) -> Self {
        let RuleDeclaration { id, because, article, terms, then, at, .. } = declaration;
        let origin = Origin { id: id.text, because: because.text, article: article.map(|article| article.text) };
        Self { origin: Arc::new(origin), terms, then, file: at.file, line: at.line }
    }
}

/// What the rules of one bundle run in.
pub(crate) struct Machine {
    pub engine: Engine,
    pub limits: Limits,
    pub lists: Arc<Lists>,
    /// Functions written in the bundle's scripts.
    pub functions: Vec<Shared<Module>>,
    /// Which functions calls lead to, found once and used again; as many as evaluations ever ran at a time.
    pub caches: Mutex<Vec<Caches>>,
}

/// How a rule stopped short of an outcome.
struct Broken {
    sentence: String,
}

impl Machine {
    pub(crate) fn decide(&self, rules: &[Rule], facts: &Facts) -> Evaluation {
        let mut traces = Vec::with_capacity(rules.len());
        let failure = self.run(facts, None, |context| {
            for rule in rules {
                let trace = decide_rule(context, rule);
                let broken = trace.as_ref().err().map(|(_, broken)| broken.sentence.clone());
                traces.push(trace.unwrap_or_else(|(trace, _)| trace));
                if broken.is_some() {
                    return broken;
                }
            }
            None
        });
        match failure {
            (_, Some(failure)) => Evaluation { rules: traces, effects: Vec::new(), failure: Some(failure) },
            (Harvest { planned, .. }, None) => Evaluation { rules: traces, effects: planned, failure: None },
        }
    }

    pub(crate) fn guard(&self, guards: &[Rule], facts: &Facts, reply: &ReplyFacts) -> Vec<GuardVerdict> {
        let mut verdicts = Vec::new();
        let mut current = 0;
        let (_, panicked) = self.run(facts, Some(reply), |context| {
            for (index, guard) in guards.iter().enumerate() {
                current = index;
                verdicts.extend(guard_verdicts(context, guard, reply));
            }
            None
        });
        if let (Some(sentence), Some(guard)) = (panicked, guards.get(current)) {
            verdicts.push(verdict(guard, GuardAction::Stop, stopped(guard, &sentence)));
        }
        verdicts
    }

    /// Sets an evaluation up, runs it, and takes it down on every way out. A panic is a failure like any other.
    fn run(
        &self,
        facts: &Facts,
        reply: Option<&ReplyFacts>,
        work: impl FnOnce(&mut EvalContext) -> Option<String>,
    ) -> (Harvest, Option<String>) {
        let _running = run::begin(self.limits, self.lists.clone(), reply.is_some());
        let mut scope = Context::new(facts, reply).scope();
        let mut caches = self.caches.lock().ok().and_then(|mut caches| caches.pop()).unwrap_or_default();
        let mut global = self.engine.new_global_runtime_state();
        global.lib.extend(self.functions.iter().cloned());
        let mut context = EvalContext::new(&self.engine, &mut global, &mut caches, &mut scope, None);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut context)));
        // What a panic left half done is not used again.
        if let (Ok(_), Ok(mut kept)) = (&outcome, self.caches.lock()) {
            kept.push(caches);
        }
        let failure = outcome.unwrap_or_else(|_| Some("Something went wrong inside Comity itself.".to_owned()));
        (Harvest { planned: run::take_planned() }, failure)
    }
}

struct Harvest {
    planned: Vec<comity_domain::effect::Planned>,
}

/// The outcome of one rule, with its effects planned when it fires.
fn decide_rule(context: &mut EvalContext, rule: &Rule) -> Result<RuleTrace, (RuleTrace, Broken)> {
    run::set_origin(&rule.origin);
    let before = run::planned_so_far();
    let (mut terms, truth) = trace_terms(context, rule);
    let mut outcome = match &truth {
        Ok(Truth::True) => Outcome::Fired,
        Ok(Truth::Unknown) => Outcome::Unknown,
        Ok(_) => Outcome::NotFired,
        Err(_) => Outcome::Failed,
    };
    let mut failure = truth.err();
    if outcome == Outcome::Fired
        && let Err(error) = context.eval_expression_tree(&Expression::from(&rule.then))
    {
        run::unplan(before);
        match unknown_fact(&error) {
            Some(fact) => {
                outcome = Outcome::Unknown;
                terms.push(TermTrace {
                    source: "then".to_owned(),
                    line: rule.line,
                    value: Truth::Unknown,
                    note: Some(format!("{fact} is not known")),
                });
            }
            None => {
                outcome = Outcome::Failed;
                failure = Some(error);
            }
        }
    }
    let Origin { id, because, article } = Origin::clone(&rule.origin);
    let trace = RuleTrace { rule: id, because, article, outcome, terms };
    match failure {
        None => Ok(trace),
        Some(error) => {
            let what = format!("The rule \u{201c}{}\u{201d}", rule.origin.id);
            Err((trace, Broken { sentence: failure::sentence(&what, &rule.file, rule.line, &error) }))
        }
    }
}

/// Works the terms out up to the first that is not yes.
fn trace_terms(context: &mut EvalContext, rule: &Rule) -> (Vec<TermTrace>, Result<Truth, Failure>) {
    let mut traces = Vec::with_capacity(rule.terms.len());
    let mut whole = Ok(Truth::True);
    for (expr, term) in &rule.terms {
        let (value, note) = if matches!(whole, Ok(Truth::True)) {
            match truth(context, expr) {
                Ok(value) => (value, note(context, expr, value)),
                Err(error) => match unknown_fact(&error) {
                    Some(fact) => (Truth::Unknown, Some(format!("{fact} is not known"))),
                    None => {
                        whole = Err(error);
                        (Truth::Unknown, Some("this could not be worked out".to_owned()))
                    }
                },
            }
        } else {
            (Truth::NotReached, None)
        };
        if matches!(whole, Ok(Truth::True)) {
            whole = Ok(value);
        }
        traces.push(TermTrace { source: term.source.clone(), line: term.line, value, note });
    }
    (traces, whole)
}

/// Yes, no, or an error, among them that a fact is not known.
fn truth(context: &mut EvalContext, expr: &Expr) -> Result<Truth, Failure> {
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
fn note(context: &mut EvalContext, expr: &Expr, value: Truth) -> Option<String> {
    let found = run::take_found();
    if !found.is_empty() {
        let quoted: Vec<String> = found.iter().take(MOST_FOUND).map(|word| format!("\u{201c}{word}\u{201d}")).collect();
        let more =
            if found.len() > MOST_FOUND { format!(" and {} more", found.len() - MOST_FOUND) } else { String::new() };
        return Some(format!("found {}{more}", quoted.join(", ")));
    }
    match expr {
        Expr::FnCall(call, _) if value == Truth::False && call.is_operator_call() && call.args.len() == 2 => {
            let left = &call.args[0];
            let actual = context.eval_expression_tree(&Expression::from(left)).ok()?;
            if left.is_constant() { None } else { shown(&actual).map(|actual| format!("it is {actual}")) }
        }
        _ => None,
    }
}

/// How many found words a note lists.
const MOST_FOUND: usize = 5;

fn shown(value: &Dynamic) -> Option<String> {
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Some(format!("\u{201c}{}\u{201d}", text.chars().take(40).collect::<String>()));
    }
    if let Some(span) = value.read_lock::<Span>() {
        return Some(span.words());
    }
    (value.is_int() || value.is_float() || value.is_bool()).then(|| value.to_string())
}

fn guard_verdicts(context: &mut EvalContext, guard: &Rule, reply: &ReplyFacts) -> Vec<GuardVerdict> {
    run::set_origin(&guard.origin);
    let mut found = Vec::new();
    let mut failure = None;
    for (expr, _) in &guard.terms {
        match truth(context, expr) {
            Ok(Truth::True) => found.extend(run::take_found()),
            Ok(_) => return Vec::new(),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let acted = match failure {
        Some(error) => Err(error),
        None => context.eval_expression_tree(&Expression::from(&guard.then)),
    };
    let mut verdicts = run::take_verdicts();
    match acted {
        Ok(_) => verdicts.iter_mut().for_each(|verdict| verdict.found.clone_from(&found)),
        Err(error) => verdicts = vec![undecided(guard, reply, &error)],
    }
    verdicts
}

/// A guard that cannot say yes or no: a person may judge for themselves, an automatic reply may not go.
fn undecided(guard: &Rule, reply: &ReplyFacts, error: &Failure) -> GuardVerdict {
    let Some(fact) = unknown_fact(error) else {
        let what = format!("The guard \u{201c}{}\u{201d}", guard.origin.id);
        let sentence = failure::sentence(&what, &guard.file, guard.line, error);
        return verdict(guard, GuardAction::Stop, stopped(guard, &sentence));
    };
    if reply.is_automatic {
        let message = format!("{fact} is not known, so a person must look at this reply before it goes.");
        verdict(guard, GuardAction::Stop, message)
    } else {
        let message =
            format!("{fact} is not known, so nobody can say whether this applies. Look twice before you send.");
        verdict(guard, GuardAction::Warn, message)
    }
}

fn stopped(guard: &Rule, sentence: &str) -> String {
    let Rule { file, line, .. } = guard;
    format!("{sentence} Nothing is sent until that is put right: ask whoever keeps the policy ({file}, line {line}).")
}

fn verdict(guard: &Rule, action: GuardAction, message: String) -> GuardVerdict {
    let Origin { id, because, article } = Origin::clone(&guard.origin);
    GuardVerdict { guard: id, because, article, action, message, found: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bundle, Policy};

    #[test]
    fn a_panic_is_a_failure_and_the_next_evaluation_is_whole() {
        let settings = "teams = { care = \"Answers\" }\n\
                        calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";
        let rule = "charter \"c\"; rule \"r\" because \"b\" when event.text.asks then { label(\"x\"); label(\"y\"); }";
        let bundle = Bundle::new([("settings.toml", settings), ("rules.rhai", rule)]);
        let mut policy = Policy::compile(&bundle).unwrap();
        let whole = policy.machine.decide(&policy.rules, &asking());
        assert_eq!(whole.effects.len(), 2);

        policy.machine.engine.register_fn("label", |label: &str| assert_ne!(label, "y", "made to panic"));
        policy.machine.caches.get_mut().unwrap().clear();
        let broken = policy.machine.decide(&policy.rules, &asking());
        assert_eq!(broken.failure.as_deref(), Some("Something went wrong inside Comity itself."));
        assert_eq!(broken.effects, []);

        let again = Policy::compile(&bundle).unwrap();
        assert_eq!(again.evaluate(&asking()), whole);
    }

    fn asking() -> Facts {
        let at = "2026-03-02T09:00:00Z";
        serde_json::from_value(serde_json::json!({
            "now": at,
            "event": { "kind": "post", "at": at, "text": "Why?" },
            "case": {
                "is_open": true, "is_held": false, "priority": "normal", "labels": [], "company_replies": 0,
                "consumer_posts": 1, "unanswered_replies": 0, "has_draft": false, "escalations": [], "opened_at": at,
            },
            "author": { "handle": "a", "is_staff": false, "earlier_cases": 0 },
            "charter": { "running": [], "breached": [], "met": [] },
            "surge": {},
        }))
        .unwrap()
    }
}
