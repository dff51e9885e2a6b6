//! `comity policy …`: what the policy pages do, for a folder in Git and the scripts around it.
//!
//! Checking, testing, evaluating and the reference need no server: it is the same checker and the same evaluator as the
//! server's. Everything else goes through a running server or the data folder of one that does not run ([`place`]), by the
//! same rules.

mod backtest;
mod diff;
mod eval;
mod place;
mod problem;
mod pull;
mod steps;

use crate::{cli, exit, exit::Code};
use comity_policy::{Bundle, Policy, Severity};
use std::path::Path;

pub async fn run(data: &Path, command: cli::Policy) -> anyhow::Result<Code> {
    match command {
        cli::Policy::Check(arguments) => check(&arguments),
        cli::Policy::Test(arguments) => test(&arguments),
        cli::Policy::Reference => {
            print!("{}", comity_policy::reference::reference());
            Ok(Code::Ok)
        }
        cli::Policy::Pull(arguments) => pull::run(data, arguments).await,
        cli::Policy::Push(arguments) => steps::push(data, arguments).await,
        cli::Policy::Publish(arguments) => steps::publish(data, arguments).await,
        cli::Policy::Rollback(arguments) => steps::rollback(data, arguments).await,
        cli::Policy::Diff(arguments) => diff::run(data, arguments).await,
        cli::Policy::Eval(arguments) => eval::run(&arguments),
        cli::Policy::Backtest(arguments) => backtest::run(data, arguments).await,
    }
}

/// A bundle that can decide.
fn compiled(bundle: &Bundle) -> anyhow::Result<Policy> {
    Policy::compile(bundle).map_err(|found| {
        let errors = found.iter().filter(|one| one.is_error()).map(|one| format!("\n{one}"));
        exit::fail(Code::Faults, format!("the bundle has errors:{}", errors.collect::<String>()))
    })
}

fn read(folder: &Path) -> anyhow::Result<Bundle> {
    Bundle::read_dir(folder).map_err(|error| exit::fail(Code::NotFound, error.to_string()))
}

fn check(arguments: &cli::Bundle) -> anyhow::Result<Code> {
    let diagnostics = comity_policy::check(&read(&arguments.dir)?);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if arguments.json {
        println!("{}", serde_json::json!({ "errors": errors, "diagnostics": diagnostics }));
    } else {
        for diagnostic in &diagnostics {
            println!("{diagnostic}");
        }
        let warnings = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
        println!("{errors} errors, {warnings} warnings");
    }
    Ok(if errors == 0 { Code::Ok } else { Code::Faults })
}

fn test(arguments: &cli::Bundle) -> anyhow::Result<Code> {
    let report = comity_policy::run_tests(&read(&arguments.dir)?);
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        for case in report.cases.iter().filter(|case| !case.passed) {
            println!("{}: {}\n  {}", case.file, case.name, case.message);
        }
        println!("{} passed, {} failed", report.passed, report.failed);
    }
    Ok(if report.failed == 0 { Code::Ok } else { Code::Faults })
}
