//! Policy bundles: drafts, checks, tests, versions with their lives.

mod beside;
mod calendar;
mod life;

pub use beside::*;
pub use calendar::*;
pub use life::*;

use super::{Party, PersonRef};
use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyState {
    pub live: Option<VersionRow>,
    pub draft: Option<Draft>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Draft {
    /// Path within the bundle to text.
    pub files: BTreeMap<String, String>,
    /// Counts up with every save.
    pub revision: i64,
    pub updated_at: Timestamp,
    pub updated_by: Option<PersonRef>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// Path within the bundle to text.
    pub files: BTreeMap<String, String>,
    /// The revision the change was made on; with a newer one the answer is 409 and carries that one.
    pub base_revision: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Path within the bundle to text.
    pub files: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BundleCheck {
    pub diagnostics: Vec<Diagnostic>,
    /// `null` when there are errors.
    pub charter: Option<CharterView>,
    pub rules: Vec<RuleSummary>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Diagnostic {
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    pub column: u32,
    pub end_column: Option<u32>,
    pub severity: Severity,
    pub code: String,
    pub message: String,
    pub help: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
    Hint,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CharterView {
    pub name: String,
    pub articles: Vec<ArticleView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleView {
    pub id: String,
    pub party: Party,
    pub owes: String,
    /// In words: `4 working hours`; `null` for an article that always holds.
    pub within: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSummary {
    pub id: String,
    pub because: String,
    pub article: Option<String>,
    /// Whether the person concerned may be told what it did.
    pub is_public: bool,
    pub file: String,
    pub line: u32,
    /// Why it may look at how many people follow somebody, as written above it.
    pub reach_reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BundleTests {
    pub passed: u64,
    pub failed: u64,
    pub cases: Vec<BundleTest>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BundleTest {
    pub file: String,
    pub name: String,
    pub passed: bool,
    pub message: Option<String>,
    pub duration_us: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    #[serde(flatten)]
    pub row: VersionRow,
    /// Path within the bundle to text.
    pub files: BTreeMap<String, String>,
}
