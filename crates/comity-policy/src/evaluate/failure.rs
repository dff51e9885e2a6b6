//! Why a script could not be worked out, in a sentence.

use super::Rule;
use crate::run::{OutOf, Refused};
use rhai::EvalAltResult;

/// `kind` is rule or guard.
pub(super) fn sentence(kind: &str, rule: &Rule, error: &EvalAltResult) -> String {
    let line = error.position().line().map_or(rule.line, |line| line as u32);
    let (id, file) = (&rule.origin.id, &rule.file);
    format!("The {kind} \u{201c}{id}\u{201d} ({file}, line {line}) could not be worked out: {}", reason(error))
}

fn reason(error: &EvalAltResult) -> String {
    match error.unwrap_inner() {
        EvalAltResult::ErrorTooManyOperations(_) => TOO_MANY_STEPS.to_owned(),
        EvalAltResult::ErrorTerminated(why, _) => match why.read_lock::<OutOf>().as_deref() {
            Some(OutOf::Time) => "it takes too long.".to_owned(),
            _ => TOO_MANY_STEPS.to_owned(),
        },
        EvalAltResult::ErrorRuntime(why, _) => match why.read_lock::<Refused>() {
            Some(refused) => refused.0.clone(),
            None => "it stopped itself.".to_owned(),
        },
        EvalAltResult::ErrorStackOverflow(_) => "its functions call each other too deeply.".to_owned(),
        EvalAltResult::ErrorDataTooLarge(..) => "it builds something too large.".to_owned(),
        EvalAltResult::ErrorTooManyVariables(_) => "it has too many variables.".to_owned(),
        EvalAltResult::ErrorArithmetic(why, _) => format!("it calculates something impossible ({why})."),
        EvalAltResult::ErrorFunctionNotFound(call, _) => format!("there is no {call}."),
        EvalAltResult::ErrorVariableNotFound(name, _) => format!("there is no {name}."),
        EvalAltResult::ErrorDotExpr(why, _) => format!("{}.", why.trim_end_matches('.')),
        other => format!("{}.", other.to_string().trim_end_matches('.')),
    }
}

const TOO_MANY_STEPS: &str = "it takes too many steps.";
