//! The shape of `tests/*.toml`.

use crate::{
    Diagnostic,
    check::{names::Names, types::Type},
    declare::At,
    settings::toml_error,
};
use comity_domain::{case::Priority, case::Status, decision::GuardAction, ledger::State};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub test: Vec<Test>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    pub name: String,
    /// Who the case is with.
    #[serde(default)]
    pub author: Author,
    /// Facts to decide about at once, as far as they differ from an ordinary public post.
    pub given: Option<toml::Table>,
    /// What should come of `given`.
    #[serde(default)]
    pub expect: Expected,
    /// A story, step by step.
    #[serde(default)]
    pub step: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Author {
    pub handle: String,
    pub display_name: Option<String>,
    pub is_staff: bool,
    pub is_customer: Option<bool>,
    /// A time.
    pub customer_since: Option<String>,
    pub followers: Option<u64>,
    pub earlier_cases: i64,
}

impl Default for Author {
    fn default() -> Self {
        Self {
            handle: "someone".to_owned(),
            display_name: None,
            is_staff: false,
            is_customer: None,
            customer_since: None,
            followers: None,
            earlier_cases: 0,
        }
    }
}

/// One thing that happens. Exactly one of `consumer`, `company`, `reply`, `deleted` and `wait` is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// When: a time, for the first step at least.
    pub at: Option<String>,
    /// When, counted from the step before.
    pub after: Option<String>,
    /// The consumer writes this.
    pub consumer: Option<String>,
    /// Our side writes this.
    pub company: Option<String>,
    /// Somebody wants to send this: only the guards look at it.
    pub reply: Option<String>,
    /// The consumer deletes what they wrote last.
    #[serde(default)]
    pub deleted: bool,
    /// Time passes.
    #[serde(default)]
    pub wait: bool,
    #[serde(default = "yes")]
    pub public: bool,
    pub names_us: Option<bool>,
    #[serde(default)]
    pub automatic: bool,
    pub lang: Option<String>,
    #[serde(default)]
    pub expect: Expected,
}

const fn yes() -> bool {
    true
}

/// What should be so. Lists need to be contained in what is; what is left out does not matter.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expected {
    /// Rules that fire in this step (or in breaches that fall due in it).
    pub fired: Vec<String>,
    pub not_fired: Vec<String>,
    /// Rules that cannot be decided in this step.
    pub unknown: Vec<String>,
    /// Effects of this step, such as `label legal`, `escalate counsel` or only `close`.
    pub effects: Vec<String>,
    /// Effects that must not come of this step.
    pub no_effects: Vec<String>,
    pub labels: Vec<String>,
    pub no_labels: Vec<String>,
    pub status: Option<Status>,
    pub closed_reason: Option<String>,
    pub priority: Option<Priority>,
    pub team: Option<String>,
    pub held_for: Option<String>,
    pub is_held: Option<bool>,
    /// The template of the waiting draft.
    pub draft: Option<String>,
    pub has_draft: Option<bool>,
    pub escalations: Vec<String>,
    /// Parts of questions a person was asked.
    pub questions: Vec<String>,
    /// Templates sent without a person in this step.
    pub sent: Vec<String>,
    pub obligations: Vec<ExpectedObligation>,
    /// Articles that have no obligation in the ledger.
    pub no_obligations: Vec<String>,
    /// Guards and what they say of `reply`.
    pub guards: BTreeMap<String, GuardAction>,
    /// Whether the reply may go.
    pub may_go: Option<bool>,
}

impl Expected {
    /// What is expected of the case rather than of the evaluation.
    fn about_the_case(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("labels", !self.labels.is_empty()),
            ("no_labels", !self.no_labels.is_empty()),
            ("status", self.status.is_some()),
            ("closed_reason", self.closed_reason.is_some()),
            ("priority", self.priority.is_some()),
            ("team", self.team.is_some()),
            ("held_for", self.held_for.is_some()),
            ("is_held", self.is_held.is_some()),
            ("draft", self.draft.is_some()),
            ("has_draft", self.has_draft.is_some()),
            ("escalations", !self.escalations.is_empty()),
            ("questions", !self.questions.is_empty()),
            ("obligations", !self.obligations.is_empty()),
            ("no_obligations", !self.no_obligations.is_empty()),
            ("sent", !self.sent.is_empty()),
            ("guards", !self.guards.is_empty()),
            ("may_go", self.may_go.is_some()),
        ];
        all.into_iter().filter_map(|(name, given)| given.then_some(name))
    }

    fn is_nothing(&self) -> bool {
        let lists = [&self.fired, &self.not_fired, &self.unknown, &self.effects, &self.no_effects];
        self.about_the_case().next().is_none() && lists.iter().all(|list| list.is_empty())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedObligation {
    pub article: String,
    pub state: State,
    /// A time.
    pub due: Option<String>,
}

pub(super) fn parse(path: &str, text: &str) -> Result<File, Diagnostic> {
    toml::from_str(text).map_err(|error| toml_error(path, text, &error))
}

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
            let kinds =
                [step.consumer.is_some(), step.company.is_some(), step.reply.is_some(), step.deleted, step.wait];
            if kinds.iter().filter(|given| **given).count() != 1 {
                let help = "Write exactly one of consumer, company, reply, deleted = true and wait = true.";
                report("It is not clear what happens in a step.".to_owned(), help);
            }
        }
        for expected in self.step.iter().map(|step| &step.expect).chain([&self.expect]) {
            let rules = expected.fired.iter().chain(&expected.not_fired).chain(&expected.unknown);
            for rule in rules.filter(|rule| !names.rules.contains(rule)) {
                report(format!("There is no rule \u{201c}{rule}\u{201d}."), "Use the name of a rule in this policy.");
            }
            for guard in expected.guards.keys().filter(|guard| !names.guards.contains(guard)) {
                report(
                    format!("There is no guard \u{201c}{guard}\u{201d}."),
                    "Use the name of a guard in this policy.",
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
