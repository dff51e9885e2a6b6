//! `comity policy check`, `test` and `reference`: the same checker and the same evaluator as the server's.

use crate::{cli, exit, exit::Code};
use comity_policy::{Bundle, Severity};

pub fn run(command: cli::Policy) -> anyhow::Result<Code> {
    match command {
        cli::Policy::Check(arguments) => check(&arguments),
        cli::Policy::Test(arguments) => test(&arguments),
        cli::Policy::Reference => {
            print!("{}", comity_policy::reference::reference());
            Ok(Code::Ok)
        }
    }
}

fn read(arguments: &cli::Bundle) -> anyhow::Result<Bundle> {
    Bundle::read_dir(&arguments.dir).map_err(|error| exit::fail(Code::NotFound, error.to_string()))
}

fn check(arguments: &cli::Bundle) -> anyhow::Result<Code> {
    let diagnostics = comity_policy::check(&read(arguments)?);
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
    let report = comity_policy::run_tests(&read(arguments)?);
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
