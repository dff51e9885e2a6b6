//! One evaluation: facts, policy version, which rules fired and why, effects.

use crate::{
    CaseId, DecisionId, EventId,
    effect::{Dropped, Planned},
    facts::Facts,
    quota::Standing,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub id: DecisionId,
    pub case: CaseId,
    pub event: EventId,
    /// Content hash of the bundle.
    pub policy_version: String,
    /// The moment decided about.
    pub as_of: Timestamp,
    pub decided_at: Timestamp,
    /// The facts as they were; replay starts from these.
    pub facts: Facts,
    pub rules: Vec<RuleTrace>,
    pub effects: Vec<Planned>,
    pub dropped: Vec<Dropped>,
    /// The quotas that effects of this decision come under, with what was counted before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<Standing>,
    /// Why the declared default was used instead, when a script failed.
    pub fallback: Option<String>,
    /// The whole decision in a sentence.
    pub reason: String,
}

/// What an evaluator returns for one set of facts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub rules: Vec<RuleTrace>,
    pub effects: Vec<Planned>,
    /// Set when a script failed; `effects` is then empty.
    pub failure: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleTrace {
    /// Shared with the policy, like all that a trace only repeats: every decision has one of every rule.
    pub rule: Arc<str>,
    pub because: Arc<str>,
    pub article: Option<Arc<str>>,
    pub outcome: Outcome,
    /// Each top-level term of `when`, up to the first that is false or unknown; the rest are `not_reached`.
    pub terms: Vec<TermTrace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Fired,
    NotFired,
    /// A fact the rule needs is not known. Never counts as "no".
    Unknown,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TermTrace {
    pub source: Arc<str>,
    pub line: u32,
    pub value: Truth,
    /// What was found or missing: `found "fraud"`, `customer_since is not known`.
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    True,
    False,
    Unknown,
    NotReached,
}

/// What a guard says of an outgoing reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuardVerdict {
    pub guard: String,
    pub because: String,
    pub article: Option<String>,
    pub action: GuardAction,
    /// What to do about it, in the guard's words.
    pub message: String,
    /// The passages of the reply it is about.
    pub found: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    /// Shown; the reply may go.
    Warn,
    /// Somebody else has to agree before the reply goes.
    Approve,
    /// The reply may not go.
    Stop,
}
