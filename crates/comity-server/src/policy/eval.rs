//! `comity policy eval`: what a bundle decides about one set of facts.

use crate::{cli, exit, exit::Code};
use anyhow::Context as _;
use comity_domain::decision::{Evaluation, Outcome, RuleTrace, Truth};

pub fn run(arguments: &cli::Eval) -> anyhow::Result<Code> {
    let text = std::fs::read_to_string(&arguments.facts);
    let text = text.with_context(|| format!("reading {}", arguments.facts.display()))?;
    let policy = super::compiled(&super::read(&arguments.dir)?)?;
    let facts = comity_policy::read_facts(&policy, &text);
    let facts = facts.map_err(|why| exit::fail(Code::Faults, format!("{}: {why}", arguments.facts.display())))?;
    let evaluation = policy.evaluate(&facts);
    if arguments.json {
        println!("{}", serde_json::to_string(&evaluation)?);
    } else {
        print(&evaluation);
    }
    Ok(if evaluation.failure.is_none() { Code::Ok } else { Code::Faults })
}

fn print(evaluation: &Evaluation) {
    for rule in evaluation.rules.iter().filter(|rule| rule.outcome != Outcome::NotFired) {
        println!("{:<8}  {}: {}", word(rule.outcome), rule.rule, rule.because);
        if let Some(why) = stopped(rule) {
            println!("          {why}");
        }
    }
    for planned in &evaluation.effects {
        println!("wants     {} ({})", comity_policy::explain::effect_sentence(&planned.effect, "en"), planned.rule);
    }
    if let Some(failure) = &evaluation.failure {
        println!("failed    {failure}");
    }
    let rested = evaluation.rules.iter().filter(|rule| rule.outcome == Outcome::NotFired).count();
    println!("{rested} other rules do not apply");
}

/// The term that is not known, with what is missing.
fn stopped(rule: &RuleTrace) -> Option<String> {
    let term = rule.terms.iter().find(|term| term.value == Truth::Unknown)?;
    Some(term.note.as_ref().map_or(term.source.to_string(), |note| format!("{}: {note}", term.source)))
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fired => "fires",
        Outcome::NotFired => "rests",
        Outcome::Unknown => "unknown",
        Outcome::Failed => "failed",
    }
}
