//! A policy's life: drafted, checked, tested, proposed, tried beside the live one, approved, live, and back to an older
//! version when it must be.
//!
//! A version is immutable and named by its content. Proposing refuses a bundle with errors or with a failing test, whoever
//! asks. Who may take which step stands in [`comity_domain::life`], is asked by the store under its lock, and by the pages
//! through [`App::policy_views`]. What decides is kept compiled in memory and follows the database; every other question is
//! answered from there.
//!
//! Reading order: this file (drafts, checks, versions), `life` (steps), `impact` (what an approver looks at), `live` and
//! `loading` (what decides), `history`.

mod bundled;
mod diff;
mod history;
mod impact;
mod life;
mod live;
mod loading;

pub use bundled::bundled;
pub use diff::{FileChange, FileStatus, changed_files, unified_diff};
pub use history::HistoryLine;
pub(crate) use impact::Impacts;
pub use impact::{Changes, ImpactReport, Tests, Tried, VersionName};
pub use life::VersionView;
pub use live::{Deciding, Live, LivePolicy, OnTrial};

use crate::{App, AppError, changes::Change};
use comity_domain::{PolicyVersionId, UserId};
use comity_policy::{Bundle, Diagnostic, Policy, TestReport};
use comity_store::{Beside, Draft, PolicyVersion};
use std::collections::BTreeMap;

pub type Files = BTreeMap<String, String>;

/// What the checker says of a draft, and what it is made of.
pub struct Checked {
    pub diagnostics: Vec<Diagnostic>,
    /// Nothing when the bundle has errors.
    pub policy: Option<Policy>,
}

impl App {
    /// Checks files without keeping them.
    pub async fn check_policy(&self, files: Files) -> Result<Checked, AppError> {
        self.blocking(move || {
            let bundle = Bundle { files };
            let diagnostics = comity_policy::check(&bundle);
            let policy = Policy::compile(&bundle).ok();
            Checked { diagnostics, policy }
        })
        .await
    }

    /// Runs the files' own tests.
    pub async fn test_policy(&self, files: Files) -> Result<TestReport, AppError> {
        self.blocking(move || comity_policy::run_tests(&Bundle { files })).await
    }

    /// Every version without its files, newest first.
    pub async fn policy_versions(&self) -> Result<Vec<PolicyVersion>, AppError> {
        Ok(self.store.policy_versions(self.organization).await?)
    }

    /// The version that the database says is live.
    pub async fn live_version(&self) -> Result<Option<PolicyVersion>, AppError> {
        Ok(self.store.live_policy(self.organization).await?)
    }

    pub async fn policy_version(&self, id: PolicyVersionId) -> Result<PolicyVersion, AppError> {
        let version = self.store.policy_version(self.organization, id).await?;
        version.ok_or(AppError::NotFound { what: "policy version" })
    }

    /// What a version came to beside the live one.
    pub async fn policy_beside(&self, id: PolicyVersionId) -> Result<Beside, AppError> {
        self.policy_version(id).await?;
        Ok(self.store.policy_beside(self.organization, id).await?)
    }

    /// The draft everyone edits; before the first edit, the live version's files.
    pub async fn policy_draft(&self) -> Result<Draft, AppError> {
        if let Some(draft) = self.store.policy_draft(self.organization).await? {
            return Ok(draft);
        }
        let live = self.store.live_policy(self.organization).await?;
        let live = live.ok_or(AppError::NotFound { what: "policy" })?;
        let (updated_at, updated_by) = (live.life.proposed_at, live.life.author);
        Ok(Draft { files: live.files, revision: 0, updated_at, updated_by })
    }

    /// Keeps a draft that was begun on `base_revision`; an older base is refused with the newest revision's number.
    pub async fn save_policy_draft(
        &self,
        files: Files,
        base_revision: i64,
        user: Option<UserId>,
    ) -> Result<Draft, AppError> {
        let saved =
            self.store.save_policy_draft(self.organization, files, base_revision, user, self.clock.now()).await?;
        let draft = saved.map_err(|newest| AppError::DraftChanged { revision: newest.revision })?;
        self.changes.tell(Change::Policy);
        Ok(draft)
    }
}
