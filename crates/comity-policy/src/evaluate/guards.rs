//! Guards: what is said of a reply before it leaves.

use super::{Rule, failure, terms};
use crate::run::{self, Failure, unknown_fact};
use comity_domain::{
    decision::{GuardAction, GuardVerdict, Truth},
    facts::ReplyFacts,
};
use rhai::{EvalContext, Expression};

/// What one guard says of a reply.
pub(super) fn verdicts(context: &mut EvalContext, guard: &Rule, reply: &ReplyFacts) -> Vec<GuardVerdict> {
    run::set_origin(&guard.origin);
    let mut found = Vec::new();
    let mut failure = None;
    for (expr, _) in &guard.terms {
        match terms::truth(context, expr) {
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
        return broken(guard, &failure::sentence("guard", guard, error));
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

/// A guard that fails keeps the reply: nobody knows what it would have said.
pub(super) fn broken(guard: &Rule, failure: &str) -> GuardVerdict {
    let Rule { file, line, .. } = guard;
    let message = format!(
        "{failure} Nothing is sent until that is put right: ask whoever keeps the policy ({file}, line {line})."
    );
    verdict(guard, GuardAction::Stop, message)
}

fn verdict(guard: &Rule, action: GuardAction, message: String) -> GuardVerdict {
    let (guard, because, article) = guard.origin.written();
    GuardVerdict { guard, because, article, action, message, found: Vec::new() }
}
