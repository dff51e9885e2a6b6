//! The life of a version: proposed, tried beside the live one, approved, live, retired.

use super::{Diagnostic, PersonRef};
use crate::dto::BacktestSummary;
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// Path within the bundle to text.
    pub files: BTreeMap<String, String>,
    /// What changed and why, for those who read the list of versions.
    pub note: String,
    /// The live version that the files were made from; with another one live the answer is 409. Left out, nothing is asked.
    #[serde(default)]
    pub base: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// Proposed; decides nothing.
    Candidate,
    /// Works out every decision beside the live version; nothing that it wants is done.
    Shadow,
    /// Live for a share of the cases.
    Canary,
    Live,
    /// Was live, or was set aside.
    Retired,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VersionRow {
    pub id: Uuid,
    pub hash: String,
    pub number: i64,
    pub note: String,
    pub author: Option<PersonRef>,
    pub state: VersionState,
    pub is_live: bool,
    pub proposed_at: Timestamp,
    /// When it first went live; `null` when it never did.
    pub published_at: Option<Timestamp>,
    /// The version that was live when it was proposed.
    pub base: Option<NumberedVersion>,
    pub canary_percent: Option<u8>,
    /// Why it decides no cases any more, after it did.
    pub canary_stopped: Option<CanaryStopped>,
    pub approval: Option<Approval>,
    pub break_glass: Option<BreakGlass>,
    /// Each action with the sentence why the caller cannot take it now; `null` when they can.
    pub may: May,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct NumberedVersion {
    pub id: Uuid,
    pub number: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CanaryStopped {
    pub at: Timestamp,
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Approval {
    pub by: PersonRef,
    pub at: Timestamp,
    pub note: String,
    /// Of the report that was approved.
    pub impact_hash: String,
    /// Whether it is for the version as it would go live now; of one that went live with it, `true`.
    pub is_current: bool,
}

/// Live at once without an approval.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakGlass {
    pub reason: String,
    /// `null`: from the installation's own folder.
    pub by: Option<PersonRef>,
    pub at: Timestamp,
    /// `null` as long as it asks for a review.
    pub reviewed: Option<BreakGlassReview>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BreakGlassReview {
    pub by: Option<PersonRef>,
    pub at: Timestamp,
    pub note: String,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct May {
    pub approve: Option<String>,
    pub publish: Option<String>,
    pub break_glass: Option<String>,
    pub shadow: Option<String>,
    pub canary: Option<String>,
    pub set_aside: Option<String>,
    pub restore: Option<String>,
    pub review: Option<String>,
}

/// A step that needs nothing said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Why a step is taken; kept in the audit log.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Because {
    pub reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// Of the report that was looked at; with another one by now the answer is 409.
    pub impact_hash: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// What the review found.
    pub note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartCanary {
    /// The share of cases that the version decides, 1 to 50.
    #[schema(minimum = 1, maximum = 50)]
    pub percent: u8,
}

/// What making a version live would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImpactReport {
    /// Names everything below; approve with it.
    pub hash: String,
    pub version: VersionName,
    /// What is live now.
    pub against: Option<VersionName>,
    pub files: Vec<FileChange>,
    /// Rules and guards, by id.
    pub rules: Changes,
    pub articles: Changes,
    pub tests: TestCounts,
    pub warnings: Vec<Diagnostic>,
    /// What the newest finished backtest of it against the live version came to.
    pub backtest: Option<TriedBacktest>,
}

/// What a version came to over what was decided before.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedBacktest {
    /// Only events that happened from then on; `null` for all.
    pub from: Option<Timestamp>,
    /// Only events that happened before; `null` for all.
    pub until: Option<Timestamp>,
    pub summary: BacktestSummary,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionName {
    pub id: Uuid,
    pub number: i64,
    pub hash: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FileChange {
    pub path: String,
    pub status: FileStatus,
    pub added_lines: u64,
    pub removed_lines: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
    Added,
    Removed,
    Changed,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TestCounts {
    pub passed: u64,
    pub failed: u64,
}

/// One step in the life of a version.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryLine {
    pub at: Timestamp,
    /// `null`: the installation itself.
    pub by: Option<PersonRef>,
    /// `policy.propose`, `policy.approve` …
    pub action: String,
    /// The step in a sentence.
    pub detail: String,
}
