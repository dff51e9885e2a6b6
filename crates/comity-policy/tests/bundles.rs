//! The bundles in `policies/`: without a complaint from the checker, and with every test of theirs passing.

use comity_policy::{Bundle, Policy, check, run_tests};
use std::path::Path;

fn bundle(name: &str) -> Bundle {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    Bundle::read_dir(&policies.join(name)).unwrap()
}

fn is_sound(name: &str, fewest_tests: usize) {
    let bundle = bundle(name);
    let found: Vec<String> = check(&bundle).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let report = run_tests(&bundle);
    let failures: Vec<String> = report
        .cases
        .iter()
        .filter(|case| !case.passed)
        .map(|case| format!("{}: {}\n    {}", case.file, case.name, case.message))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(report.passed >= fewest_tests, "only {} tests ran", report.passed);
}

#[test]
fn starter() {
    is_sound("starter", 18);
}

#[test]
fn every_template_of_the_starter_may_leave_the_house() {
    let policy = Policy::compile(&bundle("starter")).unwrap();
    assert_eq!(policy.flows().len(), 3);
    assert!(policy.template("apology").is_some());
}
