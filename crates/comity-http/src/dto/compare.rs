//! Two versions over the same facts: in sums, and where they part.

use super::{CaseStatus, EffectView, EventView};
use comity_domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// In how many decisions an effect is wanted by one version and not by the other.
#[derive(Debug, Serialize, ToSchema)]
pub struct EffectDiff {
    pub effect: String,
    pub more: u64,
    pub fewer: u64,
}

/// In how many decisions a rule fires and is unknown, by either version.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDiff {
    pub rule: String,
    pub fired_before: u64,
    pub fired_after: u64,
    pub unknown_before: u64,
    pub unknown_after: u64,
}

/// An event that is decided differently.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDiff {
    pub case: CaseRef,
    pub event: EventView,
    /// The moment decided about.
    pub at: Timestamp,
    pub before: Vec<EffectView>,
    pub after: Vec<EffectView>,
    /// Rules that fire now and did not before.
    pub rules: Vec<String>,
    /// Rules that fired before and do not now.
    pub rules_gone: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRef {
    pub id: Uuid,
    pub number: i64,
    pub subject: String,
    pub status: CaseStatus,
    pub closed_reason: Option<String>,
}
