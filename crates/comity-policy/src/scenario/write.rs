//! Writes a case down as a test: its posts with stand-ins for whoever they name, its times counted from a Monday of their
//! own, what people did, and what the version that decided makes of each step.
//!
//! What is expected is what playing the written test gives, so that it passes with that version; where the case was decided
//! otherwise at the time (by another version, or about words that were deleted since), a comment says so.

mod expected;
mod lines;
mod retold;

use super::{file, play};
use crate::{Policy, stopwatch::Deadline};
use comity_domain::{
    EventId,
    decision::{Decision, Outcome},
    story::Past,
};
use std::collections::BTreeSet;

/// A case as it went.
pub struct CaseStory<'a> {
    pub past: &'a Past,
    pub decisions: &'a [Decision],
    /// Handles that our side writes under.
    pub ours: &'a [String],
    /// Names of the people on our side.
    pub staff: &'a [String],
}

/// The case as a file of `tests/`, written for the version that decided. An error is a sentence.
pub fn write_test(policy: &Policy, story: &CaseStory) -> Result<String, String> {
    let (test, told) = retold::test(policy, story)?;
    let mut expectations = expected::Expectations::new(policy);
    let until = Deadline::after(policy.limits().test_time);
    play::play(policy, &test, until, &mut |_, observed, snapshot| {
        expectations.after(observed, snapshot);
        Ok(())
    })?;
    let comments = told.iter().zip(&expectations.fired).map(|(events, fired)| otherwise(story, events, fired));
    let text = lines::render(&test, &expectations.lines, &comments.collect::<Vec<_>>());
    passes(policy, &text, until).map(|()| text)
}

/// What was written is read again and run, as anybody will.
fn passes(policy: &Policy, text: &str, until: Deadline) -> Result<(), String> {
    let file = file::parse("tests/case.toml", text).map_err(|error| error.to_string())?;
    for test in &file.test {
        let case = super::run(policy, "tests/case.toml", test, until);
        if !case.passed {
            return Err(format!("this case cannot be told as a test: {}", case.message));
        }
    }
    Ok(())
}

/// What fired when it was decided, when other rules fire in the test.
fn otherwise(story: &CaseStory, events: &[EventId], fired: &BTreeSet<String>) -> Option<String> {
    let decisions = story.decisions.iter().filter(|decision| events.contains(&decision.event));
    let recorded: BTreeSet<&str> = decisions
        .flat_map(|decision| &decision.rules)
        .filter(|rule| rule.outcome == Outcome::Fired)
        .map(|rule| rule.rule.as_ref())
        .collect();
    if fired.iter().map(String::as_str).eq(recorded.iter().copied()) {
        return None;
    }
    let list = recorded.into_iter().collect::<Vec<_>>().join(", ");
    Some(if list.is_empty() {
        "At the time, no rule fired here.".to_owned()
    } else {
        format!("At the time, these fired here: {list}.")
    })
}
