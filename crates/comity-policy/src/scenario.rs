//! Tests written in a bundle, in the words of the people who keep it.
//!
//! A test is either facts with what should come of them, or a short story: who wrote what when, and what should be so after
//! each step. A story is played through [`comity_domain::step::step`], the same function that decides live, and breaches
//! fall due in it by themselves as time passes. No clock is read to decide; time is only measured to report how long a
//! test took. A case of an installation can be written down as a test ([`write_test`]).

mod checks;
mod expect;
mod facts;
mod file;
mod play;
mod pseudonyms;
mod when;
mod write;

pub use facts::read_facts;
pub use write::{CaseStory, write_test};

use crate::{
    Bundle, Diagnostic, Policy,
    check::names::Names,
    stopwatch::{Deadline, Stopwatch},
};
use comity_domain::{decision::Outcome, facts::Facts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    pub passed: usize,
    pub failed: usize,
    pub cases: Vec<TestCase>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCase {
    pub file: String,
    pub name: String,
    pub passed: bool,
    /// What was expected and what came; empty when it passed.
    pub message: String,
    pub duration_us: u64,
    /// Rules that fired in it.
    pub fired: BTreeSet<String>,
    /// Rules that its expectations speak of.
    pub named: BTreeSet<String>,
    /// Articles whose clock ran in it.
    pub articles: BTreeSet<String>,
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
    file.test.iter().map(|test| run(policy, path, test, until)).collect()
}

fn run(policy: &Policy, path: &str, test: &file::Test, until: Deadline) -> TestCase {
    let mut case = TestCase { file: path.to_owned(), name: test.name.clone(), ..TestCase::default() };
    case.named = test.expectations().flat_map(file::Expected::rules).cloned().collect();
    let started = Stopwatch::start();
    let outcome = match &test.given {
        Some(given) => play::given(policy, given, &test.author).and_then(|observed| {
            case.fired.extend(fired(&observed));
            expect::step(&test.expect, &observed)
        }),
        None => play::play(policy, test, until, &mut |step, observed, snapshot| {
            case.fired.extend(fired(observed));
            case.articles.extend(snapshot.obligations.iter().map(|obligation| obligation.article.clone()));
            expect::step(&step.expect, observed)?;
            expect::case(&step.expect, &snapshot.case, &snapshot.obligations, policy.calendar())
        }),
    };
    case.duration_us = started.elapsed().as_micros() as u64;
    case.passed = outcome.is_ok();
    case.message = outcome.err().unwrap_or_default();
    case
}

fn fired(observed: &expect::Observed) -> impl Iterator<Item = String> {
    observed.rules.iter().filter(|rule| rule.outcome == Outcome::Fired).map(|rule| rule.rule.to_string())
}

fn unusable(diagnostic: &Diagnostic) -> TestCase {
    TestCase {
        file: diagnostic.file.clone(),
        name: "The policy can be used".to_owned(),
        message: diagnostic.to_string(),
        ..TestCase::default()
    }
}

/// What a decision about an ordinary post looks at.
pub(crate) fn ordinary_facts() -> Result<Facts, String> {
    facts::given_facts(&facts::Counted::default(), serde_json::json!({}), &file::Author::default(), "")
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
