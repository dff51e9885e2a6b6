//! Two policies over the same facts: what the later one wants otherwise.

use crate::dto::{CaseStatus, EffectView, EventView};
use comity_domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a version came to beside the live one.
#[derive(Debug, Serialize, ToSchema)]
pub struct BesideView {
    /// Since when it is compared with what is live; `null` when it never ran beside it.
    pub since: Option<Timestamp>,
    pub decided: u64,
    pub different: u64,
    pub failed: u64,
    /// Not compared, because the version was too slow for it.
    pub skipped: u64,
    /// Decided by the version itself, as a canary, and how many of those failed.
    pub canary_decided: i64,
    pub canary_failed: i64,
    pub by_effect: Vec<EffectDiff>,
    pub by_rule: Vec<RuleDiff>,
    /// The newest decisions that came out otherwise, newest first, at most 100.
    pub cases: Vec<CaseDiff>,
}

/// Decisions in which the later version wants the effect and the live one does not, and the reverse.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectDiff {
    /// `label`, `escalate`, `send_reply` …
    pub effect: String,
    pub more: u64,
    pub fewer: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDiff {
    pub rule: String,
    pub fired_before: u64,
    pub fired_after: u64,
    pub unknown_before: u64,
    pub unknown_after: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDiff {
    pub case: CaseBrief,
    pub event: EventView,
    /// The moment decided about.
    pub at: Timestamp,
    pub before: Vec<EffectView>,
    pub after: Vec<EffectView>,
    /// Rules that fired after and not before.
    pub rules: Vec<String>,
    /// Rules that fired before and not after.
    pub rules_gone: Vec<String>,
}

/// A case in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseBrief {
    pub id: Uuid,
    pub number: i64,
    pub subject: String,
    pub status: CaseStatus,
    pub closed_reason: Option<String>,
}
