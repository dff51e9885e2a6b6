//! What a draft would do: over decided events, in one case, in its tests.

use super::{CaseDiff, EffectDiff, Party, RuleDiff, RuleOutcome, TermTrace};
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceQuestion {
    /// Path within the bundle to text.
    pub files: BTreeMap<String, String>,
    /// A case to look at more closely.
    #[serde(default)]
    pub case_id: Option<Uuid>,
    /// The moment that case is looked at; now, when it is left out.
    #[serde(default)]
    pub now: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Evidence {
    /// Events looked at: the latest that were decided.
    pub events: u64,
    pub took_ms: f64,
    /// Events that are decided differently.
    pub different: u64,
    pub by_effect: Vec<EffectDiff>,
    pub by_rule: Vec<RuleDiff>,
    /// The newest of the events that are decided differently.
    pub cases: Vec<CaseDiff>,
    pub unknown: Vec<UnknownFact>,
    /// Events for which the draft cannot be worked out.
    pub failed: u64,
    pub pinned: Option<Pinned>,
}

/// A fact that a rule lacked, and in how many events.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnknownFact {
    pub rule: String,
    pub fact: String,
    pub events: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Pinned {
    pub case: PinnedCase,
    /// How each rule comes out for the newest event by then, in the order in which they run.
    pub marks: Vec<RuleMark>,
    /// What happened until then, and what happens after it if nobody does anything.
    pub timeline: Vec<TimelineMoment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PinnedCase {
    pub id: Uuid,
    pub number: i64,
    pub subject: String,
    pub handle: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleMark {
    pub rule: String,
    pub file: String,
    pub line: u32,
    pub outcome: RuleOutcome,
    pub event_at: Timestamp,
    /// The first term that is not so, or that nobody knows.
    pub first_false: Option<TermTrace>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineMoment {
    pub at: Timestamp,
    pub kind: TimelineKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    Event,
    Due,
    Breach,
    Flow,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Coverage {
    pub articles: Vec<ArticleCoverage>,
    pub rules: Vec<RuleCoverage>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleCoverage {
    pub id: String,
    pub party: Party,
    pub owes: String,
    /// Rules that serve it.
    pub rules: Vec<String>,
    /// Tests in which its clock runs or one of its rules fires.
    pub tests: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleCoverage {
    pub id: String,
    pub article: Option<String>,
    /// Tests in which it fires.
    pub tests: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// How far back; 30 when it is left out.
    pub days: Option<u32>,
}

/// A rule of the live version in daily life.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulePage {
    pub rule: String,
    pub because: String,
    pub article: Option<String>,
    /// Whether the person concerned may be told of it.
    pub is_public: bool,
    pub file: String,
    pub line: u32,
    /// Days on which something was decided, oldest first.
    pub days: Vec<RuleDay>,
    /// How the cases ended in which it fired.
    pub outcomes: Vec<RuleOutcomeCount>,
    /// Tests that speak of it or in which it fires.
    pub tests: Vec<String>,
    /// Decisions looked at, the newest ones.
    pub events: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDay {
    /// `2026-03-02`, in the calendar's time zone.
    pub day: String,
    pub fired: u64,
    pub unknown: u64,
    /// Decisions in which something that it wanted did not happen.
    pub dropped: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleOutcomeCount {
    /// Why the case was closed, or `open`.
    pub outcome: String,
    pub cases: u64,
}

/// A file for a bundle.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedTest {
    pub path: String,
    pub text: String,
}

/// A word that a script can use.
#[derive(Debug, Serialize, ToSchema)]
pub struct VocabularyWord {
    pub name: String,
    /// What it is read from or called on; `null` for a plain function.
    pub on: Option<String>,
    /// The kind of value it gives.
    pub gives: String,
    /// `anywhere`, `rule`, `guard` or `flow`.
    pub place: String,
    /// A sentence, or an example of a call.
    pub help: String,
}
