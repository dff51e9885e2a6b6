//! Backtests: a policy over everything that was decided.

use super::{EffectDiff, PersonRef, RuleDiff, VersionName};
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Either files or a version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBacktest {
    /// Path within the bundle to text.
    #[serde(default)]
    pub files: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub version_id: Option<Uuid>,
    /// Only events that happened from then on.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Only events that happened before.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Backtest {
    pub id: Uuid,
    /// The version tried; `null` for files that nobody has proposed.
    pub version: Option<VersionName>,
    /// Content hash of what is tried.
    pub hash: String,
    /// The version it is compared with.
    pub against: Option<VersionName>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub state: BacktestState,
    /// Decisions looked at so far, of `total`.
    pub done: u64,
    pub total: u64,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub by: PersonRef,
    /// Why it failed.
    pub error: Option<String>,
    /// Once it is done.
    pub summary: Option<BacktestSummary>,
    /// How many of the decisions made differently can be looked at one by one; the list was cut when it is less than
    /// `summary.decided_differently`.
    pub listed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BacktestState {
    Running,
    Done,
    Cancelled,
    Failed,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BacktestSummary {
    /// Decisions compared.
    pub events: u64,
    pub decided_differently: u64,
    pub cases_differently: u64,
    /// Decisions in which the candidate fails.
    pub failed: u64,
    pub by_effect: Vec<EffectDiff>,
    pub by_rule: Vec<RuleDiff>,
    pub by_outcome: Vec<OutcomeDiff>,
}

/// Cases that ended in this way, and those among them that are decided differently somewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeDiff {
    /// Why they were closed, or `open`.
    pub outcome: String,
    pub cases: u64,
    pub different: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BacktestCasesQuery {
    /// A rule that fires by one version and not by the other.
    pub rule: Option<String>,
    /// The name of an effect that either version wants.
    pub effect: Option<String>,
    /// How the case had ended.
    pub outcome: Option<String>,
    /// `next_cursor` of the page before.
    pub after: Option<String>,
    pub limit: Option<u32>,
}
