//! Whether a test can be run at all: that it does one thing a step, and speaks of what is there.

use super::file::{KINDS, Test};
use crate::{
    Diagnostic,
    check::{names::Names, types::Type},
    declare::At,
};

impl Test {
    pub(super) fn check(&self, path: &str, text: &str, names: &Names, found: &mut Vec<Diagnostic>) {
        let at = At { file: path.to_owned(), line: line_of(text, &self.name), column: 1 };
        let mut report = |message: String, help: &str| found.push(at.error("test", message).help(help));
        if self.given.is_some() {
            for name in self.expect.about_the_case() {
                let help =
                    "Write it as [[test.step]], which has a case; given only asks which rules fire and what they want.";
                report(format!("{name} cannot be expected of given facts: there is no case behind them."), help);
            }
        } else if !self.expect.is_nothing() {
            report(
                "What should come of it stands beside the steps.".to_owned(),
                "Write it as [test.step.expect] behind a step.",
            );
        }
        match (&self.given, self.step.is_empty()) {
            (Some(_), false) => report("A test has either given or steps.".to_owned(), "Make two tests of it."),
            (None, true) => report("This test does nothing.".to_owned(), "Write [test.given] or [[test.step]]."),
            _ => {}
        }
        for step in &self.step {
            if step.kinds() != 1 {
                let help = format!("Write exactly one of {KINDS}.");
                report("It is not clear what happens in a step.".to_owned(), &help);
            }
            let set = step.set.as_ref();
            let cannot = |name: &str| format!("A person cannot make {name} true.");
            for (name, given) in
                [("is_held", set.and_then(|set| set.is_held)), ("has_draft", set.and_then(|set| set.has_draft))]
            {
                if given == Some(true) {
                    report(cannot(name), "Write false, or let a rule do it.");
                }
            }
        }
        for expected in self.expectations() {
            for rule in expected.rules().filter(|rule| !names.rules.contains(rule)) {
                report(format!("There is no rule \u{201c}{rule}\u{201d}."), "Use the name of a rule in this policy.");
            }
            for guard in expected.guards.keys().chain(&expected.no_guards).filter(|guard| !names.guards.contains(guard))
            {
                report(
                    format!("There is no guard \u{201c}{guard}\u{201d}."),
                    "Use the name of a guard in this policy.",
                );
            }
            let (briefs, skills) = (names.known(Type::Brief), names.known(Type::Skill));
            for brief in expected.briefs.iter().filter(|brief| !briefs.contains(&brief.as_str())) {
                report(
                    format!("There is no brief \u{201c}{brief}\u{201d}."),
                    "Use the name of a brief in the settings.",
                );
            }
            for skill in expected.skills.iter().filter(|skill| !skills.contains(&skill.as_str())) {
                report(
                    format!("There is no skill \u{201c}{skill}\u{201d}."),
                    "Use the name of a skill in the settings.",
                );
            }
            let articles = names.known(Type::Article);
            let named =
                expected.obligations.iter().map(|obligation| &obligation.article).chain(&expected.no_obligations);
            for article in named.filter(|article| !articles.contains(&article.as_str())) {
                report(
                    format!("There is no article \u{201c}{article}\u{201d}."),
                    "Use the name of an article in the charter.",
                );
            }
        }
    }
}

fn line_of(text: &str, name: &str) -> u32 {
    text.lines()
        .position(|line| line.trim_start().starts_with("name") && line.contains(name))
        .map_or(1, |at| at as u32 + 1)
}
