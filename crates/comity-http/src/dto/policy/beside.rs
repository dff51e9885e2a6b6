//! Two policies over the same facts: what the later one wants otherwise.

use crate::dto::{CaseDiff, EffectDiff, RuleDiff};
use comity_domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

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
