//! The shape of `tests/*.toml`.

use crate::{Diagnostic, settings::toml_error};
use comity_domain::{case::Priority, case::Status, decision::GuardAction, ledger::State};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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
    /// The brand or account spoken to.
    pub brand: Option<String>,
    /// Facts to decide about at once, as far as they differ from an ordinary public post.
    pub given: Option<toml::Table>,
    /// What should come of `given`.
    #[serde(default)]
    pub expect: Expected,
    /// A story, step by step.
    #[serde(default)]
    pub step: Vec<Step>,
}

#[derive(Clone, Debug, Deserialize)]
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
    pub open_cases: Option<i64>,
    pub broken_promises: Option<i64>,
    /// A time.
    pub last_case_at: Option<String>,
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
            open_cases: None,
            broken_promises: None,
            last_case_at: None,
        }
    }
}

/// One thing that happens: exactly one of [`KINDS`] is given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
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
    /// What they wrote becomes this.
    pub edited: Option<String>,
    /// What they wrote is deleted.
    pub deleted: bool,
    /// Something that has no words of its own, by its name in `event.kind`.
    pub happens: Option<Wordless>,
    /// A person closes the case, with this reason.
    pub closed: Option<String>,
    /// A person opens the case again.
    pub reopened: bool,
    /// A person changes the case.
    pub set: Option<Change>,
    /// Time passes.
    pub wait: bool,
    /// Who writes, when it is not whom the case is with.
    pub author: Option<Author>,
    /// Which post is edited or deleted, counted from 1; the consumer's newest when it is left out.
    pub of: Option<usize>,
    /// Whether everybody can read it, which is so unless it is said otherwise.
    pub public: Option<bool>,
    pub names_us: Option<bool>,
    pub automatic: bool,
    /// What whoever writes the reply knows.
    pub writer_skills: BTreeSet<String>,
    pub lang: Option<String>,
    pub expect: Expected,
}

/// What a step can be.
pub(super) const KINDS: &str =
    "consumer, company, reply, edited, deleted = true, happens, closed, reopened = true, set and wait = true";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wordless {
    Reaction,
    DeliveryFailed,
    AccountErased,
    Joined,
    Solved,
    NotSolved,
    /// Our side says that it is solved.
    SolvedByUs,
    NotSolvedByUs,
    Appeal,
    CorrectionRequest,
    ErasureRequest,
    /// The oldest request without an answer is granted.
    RequestAnswered,
}

impl Wordless {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Reaction => "reaction",
            Self::DeliveryFailed => "delivery_failed",
            Self::AccountErased => "account_erased",
            Self::Joined => "joined",
            Self::Solved => "solved",
            Self::NotSolved => "not_solved",
            Self::SolvedByUs => "solved_by_us",
            Self::NotSolvedByUs => "not_solved_by_us",
            Self::Appeal => "appeal",
            Self::CorrectionRequest => "correction_request",
            Self::ErasureRequest => "erasure_request",
            Self::RequestAnswered => "request_answered",
        }
    }
}

/// What a person changes about a case; what is left out stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Change {
    pub labels: Option<BTreeSet<String>>,
    /// Empty: nobody's.
    pub team: Option<String>,
    pub priority: Option<Priority>,
    /// Only `false`: replies may leave again.
    pub is_held: Option<bool>,
    /// Only `false`: the prepared reply was sent or put aside.
    pub has_draft: Option<bool>,
}

impl Step {
    pub(super) fn is_public(&self) -> bool {
        self.public.unwrap_or(true)
    }

    /// How many of [`KINDS`] are given.
    pub(super) fn kinds(&self) -> usize {
        let texts = [&self.consumer, &self.company, &self.reply, &self.edited, &self.closed];
        let flags = [self.deleted, self.reopened, self.wait, self.happens.is_some(), self.set.is_some()];
        texts.iter().filter(|text| text.is_some()).count() + flags.iter().filter(|flag| **flag).count()
    }
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
    /// Briefs that are in the case.
    pub briefs: Vec<String>,
    /// Skills that the case asks for.
    pub skills: Vec<String>,
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
    /// Guards that have nothing to say of `reply`.
    pub no_guards: Vec<String>,
    /// Whether the reply may go at once.
    pub may_go: Option<bool>,
}

impl Expected {
    /// What is expected of the case rather than of the evaluation.
    pub(super) fn about_the_case(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("labels", !self.labels.is_empty()),
            ("no_labels", !self.no_labels.is_empty()),
            ("briefs", !self.briefs.is_empty()),
            ("skills", !self.skills.is_empty()),
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
            ("no_guards", !self.no_guards.is_empty()),
            ("may_go", self.may_go.is_some()),
        ];
        all.into_iter().filter_map(|(name, given)| given.then_some(name))
    }

    /// The rules that it speaks of.
    pub(super) fn rules(&self) -> impl Iterator<Item = &String> {
        self.fired.iter().chain(&self.not_fired).chain(&self.unknown)
    }

    pub(super) fn is_nothing(&self) -> bool {
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
    /// Every expectation in it.
    pub(super) fn expectations(&self) -> impl Iterator<Item = &Expected> {
        self.step.iter().map(|step| &step.expect).chain([&self.expect])
    }
}
