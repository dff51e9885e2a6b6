//! One decision: every rule's terms in order, each traced, and the effects of those that fire.
//!
//! If anything fails, nothing of the evaluation happens. What was traced until then is kept, so that the failure can be
//! looked at.

mod failure;
mod guards;
mod ready;
mod terms;

pub(crate) use ready::Ready;
pub(crate) use terms::{IS_NOT_KNOWN, IT_IS};

use crate::{
    Limits,
    declare::RuleDeclaration,
    objects::Context,
    run::{self, Failure, Lists, Origin, unknown_fact},
    source::Term,
};
use comity_domain::{
    compare::{RuleOutcome, Wanted},
    decision::{Evaluation, GuardVerdict, Outcome, RuleTrace, TermTrace, Truth},
    effect::Planned,
    facts::{Facts, ReplyFacts},
};
use rhai::{Caches, Engine, EvalContext, Expr, Expression, Module, Shared};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};

/// A rule or guard ready to run.
pub(crate) struct Rule {
    pub origin: Arc<Origin>,
    pub terms: Vec<(Expr, Term)>,
    /// For each term, the short way to its value, where there is one.
    pub ready: Vec<Option<Ready>>,
    pub then: Expr,
    pub is_public: bool,
    /// What a guard says, when that is one text in quotes.
    pub message: Option<String>,
    pub file: String,
    pub line: u32,
    pub reach_reason: Option<String>,
}

impl Rule {
    pub(crate) fn new(declaration: RuleDeclaration) -> Self {
        let message = declaration.only_message();
        let RuleDeclaration { id, because, article, is_public, terms, then, at, reach, .. } = declaration;
        let reach_reason = reach.map(|reason| reason.text).filter(|reason| !reason.is_empty());
        let ready = terms.iter().map(|(expr, _)| Ready::of(expr)).collect();
        let origin = Origin {
            id: id.text.into(),
            because: because.text.into(),
            article: article.map(|article| article.text.into()),
        };
        let (origin, file, line) = (Arc::new(origin), at.file, at.line);
        Self { origin, terms, ready, then, is_public, message, file, line, reach_reason }
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

impl Machine {
    pub(crate) fn decide(&self, rules: &[Rule], facts: &Facts) -> Evaluation {
        let mut traces = Vec::with_capacity(rules.len());
        let (planned, failure) = self.run(facts, None, |context, facts| {
            rules.iter().find_map(|rule| {
                let (trace, failure) = decide_rule(context, facts, rule);
                traces.push(trace);
                failure
            })
        });
        let effects = if failure.is_some() { Vec::new() } else { planned };
        Evaluation { rules: traces, effects, failure }
    }

    /// The same decision without its trace; of the rules, those that do not rest.
    pub(crate) fn wanted(&self, rules: &[Rule], facts: &Facts, fallback: impl FnOnce() -> Vec<Planned>) -> Wanted {
        let mut outcomes = Vec::new();
        let (planned, failure) = self.run(facts, None, |context, facts| {
            rules.iter().find_map(|rule| {
                let (outcome, failure) = ask_rule(context, facts, rule);
                if outcome != Outcome::NotFired {
                    outcomes.push(RuleOutcome { rule: rule.origin.id.clone(), outcome });
                }
                failure
            })
        });
        let failed = failure.is_some();
        Wanted { effects: if failed { fallback() } else { planned }, rules: outcomes, failed }
    }

    pub(crate) fn guard(&self, guards: &[Rule], facts: &Facts, reply: &ReplyFacts) -> Vec<GuardVerdict> {
        let mut verdicts = Vec::new();
        let mut current = None;
        let (_, failure) = self.run(facts, Some(reply), |context, _| {
            for guard in guards {
                current = Some(guard);
                verdicts.extend(guards::verdicts(context, guard, reply));
            }
            None
        });
        verdicts.extend(current.zip(failure).map(|(guard, failure)| guards::broken(guard, &failure)));
        verdicts
    }

    /// Sets an evaluation up, runs it, and takes it down on every way out: what was planned, and why it failed. A panic is
    /// a failure like any other.
    fn run(
        &self,
        facts: &Facts,
        reply: Option<&ReplyFacts>,
        work: impl FnOnce(&mut EvalContext, &Arc<Context>) -> Option<String>,
    ) -> (Vec<Planned>, Option<String>) {
        let _running = run::begin(self.limits, self.lists.clone(), reply.is_some());
        let seen = Context::new(facts, reply, self.limits.text_bytes);
        run::stated(seen.event_text().clone(), facts.event.lang.as_deref());
        let mut scope = seen.scope();
        let mut caches = self.caches.lock().ok().and_then(|mut caches| caches.pop()).unwrap_or_default();
        let mut global = self.engine.new_global_runtime_state();
        global.lib.extend(self.functions.iter().cloned());
        let mut context = EvalContext::new(&self.engine, &mut global, &mut caches, &mut scope, None);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut context, &seen)));
        // What a panic left half done is not used again.
        if let (Ok(_), Ok(mut kept)) = (&outcome, self.caches.lock()) {
            kept.push(caches);
        }
        let failure = outcome.unwrap_or_else(|_| Some("Something went wrong inside Comity itself.".to_owned()));
        (run::take_planned(), failure)
    }
}

/// Why a rule did not come to its end.
enum Stopped {
    Unknown(&'static str),
    /// In a sentence.
    Failed(String),
}

/// The outcome of one rule, with its effects planned when it fires, and why it failed if it did.
fn decide_rule(context: &mut EvalContext, facts: &Arc<Context>, rule: &Rule) -> (RuleTrace, Option<String>) {
    run::set_origin(&rule.origin);
    let (mut terms, truth) = terms::trace(context, facts, rule);
    let (outcome, stopped) = act(context, rule, truth);
    let failure = match stopped {
        Some(Stopped::Unknown(fact)) => {
            let (source, note) = ("then".into(), Some(terms::not_known(fact)));
            terms.push(TermTrace { source, line: rule.line, value: Truth::Unknown, note });
            None
        }
        Some(Stopped::Failed(failure)) => Some(failure),
        None => None,
    };
    let Origin { id, because, article } = Origin::clone(&rule.origin);
    (RuleTrace { rule: id, because, article, outcome, terms }, failure)
}

/// The same without a trace.
fn ask_rule(context: &mut EvalContext, facts: &Arc<Context>, rule: &Rule) -> (Outcome, Option<String>) {
    run::set_origin(&rule.origin);
    let truth = terms::whole(context, facts, rule);
    let (outcome, stopped) = act(context, rule, truth);
    let failure = stopped.and_then(|stopped| match stopped {
        Stopped::Failed(failure) => Some(failure),
        Stopped::Unknown(_) => None,
    });
    (outcome, failure)
}

/// Plans what a rule does when its condition holds; of one that does not come to its end, nothing.
fn act(context: &mut EvalContext, rule: &Rule, truth: Result<Truth, Failure>) -> (Outcome, Option<Stopped>) {
    let before = run::planned_so_far();
    let acted = match truth {
        Ok(Truth::True) => context.eval_expression_tree(&Expression::from(&rule.then)).map(|_| Outcome::Fired),
        Ok(Truth::Unknown) => Ok(Outcome::Unknown),
        Ok(_) => Ok(Outcome::NotFired),
        Err(error) => Err(error),
    };
    match acted {
        Ok(outcome) => (outcome, None),
        Err(error) => {
            run::unplan(before);
            match unknown_fact(&error) {
                Some(fact) => (Outcome::Unknown, Some(Stopped::Unknown(fact))),
                None => (Outcome::Failed, Some(Stopped::Failed(failure::sentence("rule", rule, &error)))),
            }
        }
    }
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
