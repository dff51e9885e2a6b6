//! A case as a test of the policy.

use super::past::CasePast;
use crate::{App, AppError};
use comity_domain::CaseId;
use comity_policy::{CaseStory, Policy};
use std::sync::Arc;

/// A file for a bundle.
pub struct SavedTest {
    pub path: String,
    pub text: String,
}

impl App {
    /// Writes a case down as a test, for the version that decided about it last. Nothing in it says who it was.
    pub async fn test_of_case(&self, case: CaseId) -> Result<SavedTest, AppError> {
        let CasePast { past, decisions, ours } = self.case_past(case).await?;
        let Some(newest) = decisions.first() else {
            return Err(AppError::Conflict {
                detail: "nothing has been decided in this case yet".into(),
                advice: "Choose a case with a decision.".into(),
            });
        };
        let policy = self.version_by_hash(&newest.policy_version).await?;
        let staff: Vec<String> = self.people().await?.into_values().collect();
        let path = format!("tests/case-{}.toml", past.case.number);
        let written = self.blocking(move || {
            let story = CaseStory { past: &past, decisions: &decisions, ours: &ours, staff: &staff };
            comity_policy::write_test(&policy, &story)
        });
        let refused = |detail| AppError::Conflict { detail, advice: "Write the test by hand.".into() };
        Ok(SavedTest { path, text: written.await?.map_err(refused)? })
    }

    /// A published version by its content, compiled.
    async fn version_by_hash(&self, hash: &str) -> Result<Arc<Policy>, AppError> {
        let version = self.store.policy_version_by_hash(self.organization, hash).await?;
        let version = version.ok_or(AppError::NotFound { what: "policy version" })?;
        self.draft(version.files).await
    }
}
