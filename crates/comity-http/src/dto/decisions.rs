//! Why something was done: decisions with their traces, and what guards say of a reply.

use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub event: EventView,
    pub policy_version: PolicyVersionRef,
    /// The moment decided about.
    pub as_of: Timestamp,
    pub decided_at: Timestamp,
    /// The whole decision in a sentence.
    pub reason: String,
    /// Set when a script failed and the declared default was used.
    pub fallback: Option<String>,
    pub rules: Vec<RuleTrace>,
    pub effects: Vec<EffectView>,
    pub dropped: Vec<DroppedView>,
    /// The facts as they were; only in an answer about one decision.
    pub facts: Option<serde_json::Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    pub id: Uuid,
    /// `post`, `post_edited`, `breach` …
    pub kind: String,
    pub at: Timestamp,
    pub post_id: Option<Uuid>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyVersionRef {
    pub id: Option<Uuid>,
    pub number: Option<i64>,
    pub hash: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleTrace {
    pub rule: String,
    pub because: String,
    pub article: Option<String>,
    pub outcome: RuleOutcome,
    pub terms: Vec<TermTrace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleOutcome {
    Fired,
    NotFired,
    Unknown,
    Failed,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TermTrace {
    pub source: String,
    pub line: u32,
    pub value: Truth,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    True,
    False,
    Unknown,
    NotReached,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EffectView {
    /// `label`, `priority`, `assign_team` …
    pub effect: String,
    pub rule: String,
    pub article: Option<String>,
    pub because: String,
    /// A sentence: `Labelled “legal”`.
    pub text: String,
}

/// An effect that did not happen, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct DroppedView {
    #[serde(flatten)]
    pub effect: EffectView,
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Replay {
    /// Whether the stored facts give the same decision today.
    pub same: bool,
    pub decision: DecisionView,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplanationQuery {
    /// Such as `de`; without it, and where there are no texts in it, the organization's language.
    pub language: Option<String>,
    /// Who reads it; without it, your own people.
    #[serde(rename = "for")]
    #[param(inline)]
    pub audience: Option<Audience>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Staff,
    /// The person whose case it is: only what public rules did, and no names of yours.
    Person,
}

/// A decision in sentences.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The language it is told in; the policy's own texts may lack it.
    pub language: String,
    pub sentences: Vec<Sentence>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sentence {
    pub kind: SentenceKind,
    pub text: String,
    /// The rule it is about; never told to the person concerned.
    pub rule: Option<String>,
    pub article: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SentenceKind {
    Fired,
    /// All but its last condition held.
    Close,
    /// A fact that it needs is not known.
    Unknown,
    /// An effect that did not happen.
    Dropped,
    /// A script failed.
    Fallback,
    /// A guard kept a reply from leaving.
    Guard,
    /// There is nothing to tell.
    Nothing,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GuardVerdict {
    pub guard: String,
    pub because: String,
    pub article: Option<String>,
    pub action: GuardAction,
    /// What to do about it.
    pub message: String,
    /// The passages it is about.
    pub found: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    Warn,
    /// Somebody else has to agree before it goes.
    Approve,
    Stop,
}
