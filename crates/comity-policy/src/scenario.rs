//! Tests written in a bundle, in the words of the people who keep it.
//!
//! A test is either facts with what should come of them, or a short story: who wrote what when, and what should be so after
//! each step. A story is played through [`comity_domain::step::step`], the same function that decides live, and breaches
//! fall due in it by themselves as time passes. No clock is read to decide; time is only measured to report how long a
//! test took.

mod expect;
mod file;
mod play;
mod when;

use crate::{
    Bundle, Diagnostic, Policy,
    check::names::Names,
    stopwatch::{Deadline, Stopwatch},
};
use comity_domain::facts::Facts;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    pub passed: usize,
    pub failed: usize,
    pub cases: Vec<TestCase>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCase {
    pub file: String,
    pub name: String,
    pub passed: bool,
    /// What was expected and what came; empty when it passed.
    pub message: String,
    pub duration_us: u64,
}

/// Runs every test of a bundle. A bundle with errors fails with each of them.
#[must_use]
pub fn run_tests(bundle: &Bundle) -> TestReport {
    let cases = match Policy::compile(bundle) {
        Ok(policy) => {
            let until = Deadline::after(policy.limits().test_time);
            bundle.tests().flat_map(|(path, text)| run_file(&policy, path, text, until)).collect()
        }
        Err(diagnostics) => diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).map(unusable).collect(),
    };
    report(cases)
}

fn report(cases: Vec<TestCase>) -> TestReport {
    let passed = cases.iter().filter(|case| case.passed).count();
    TestReport { passed, failed: cases.len() - passed, cases }
}

/// A test that begins in time ends in time: a step is bounded by its evaluations and its breaches.
fn run_file(policy: &Policy, path: &str, text: &str, until: Deadline) -> Vec<TestCase> {
    let Ok(file) = file::parse(path, text) else { return Vec::new() };
    let run = |test: &file::Test| {
        let started = Stopwatch::start();
        let outcome = play::play(policy, test, until);
        let duration_us = started.elapsed().as_micros() as u64;
        let (passed, message) = (outcome.is_ok(), outcome.err().unwrap_or_default());
        TestCase { file: path.to_owned(), name: test.name.clone(), passed, message, duration_us }
    };
    file.test.iter().map(run).collect()
}

fn unusable(diagnostic: &Diagnostic) -> TestCase {
    TestCase {
        file: diagnostic.file.clone(),
        name: "The policy can be used".to_owned(),
        passed: false,
        message: diagnostic.to_string(),
        duration_us: 0,
    }
}

/// What a decision about an ordinary post looks at.
pub(crate) fn ordinary_facts() -> Result<Facts, String> {
    play::given_facts(&toml::Table::new(), &file::Author::default())
}

/// Whether the tests can be read and speak of rules that exist.
pub(crate) fn check(bundle: &Bundle, names: &Names, found: &mut Vec<Diagnostic>) {
    for (path, text) in bundle.tests() {
        match file::parse(path, text) {
            Ok(file) => file.test.iter().for_each(|test| test.check(path, text, names, found)),
            Err(diagnostic) => found.push(diagnostic),
        }
    }
}
