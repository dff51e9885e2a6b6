//! A policy's life: drafted, checked, tested, published, live, and back to an older version when it must be.
//!
//! A version is immutable and named by its content. Publishing refuses a bundle with errors or with a failing test, whoever
//! asks. The one that is live is kept compiled in memory; every other question is answered from the database.

mod bundled;
mod live;

pub use bundled::bundled;
pub use live::{Live, LivePolicy};

use crate::{App, AppError, changes::Change};
use comity_domain::{PolicyVersionId, UserId, audit::Actor};
use comity_policy::{Bundle, Diagnostic, Policy, TestReport};
use comity_store::{Draft, NewPolicyVersion, PolicyVersion};
use std::{collections::BTreeMap, sync::Arc};

pub type Files = BTreeMap<String, String>;

/// What the checker says of a draft, and what it is made of.
pub struct Checked {
    pub diagnostics: Vec<Diagnostic>,
    /// Nothing when the bundle has errors.
    pub policy: Option<Policy>,
}

impl App {
    /// The policy that decides.
    pub fn live_policy(&self) -> Result<Arc<Live>, AppError> {
        self.policy.get().ok_or_else(|| AppError::internal("no policy has been published"))
    }

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

    /// Makes files the live version, if they have no errors and all their tests pass.
    ///
    /// `base` is the version that they were made from: when another one is live by now, nothing is published, so that
    /// nobody undoes what they have not seen.
    pub async fn publish_policy(
        &self,
        files: Files,
        note: String,
        base: Option<PolicyVersionId>,
        author: UserId,
    ) -> Result<PolicyVersion, AppError> {
        let _turn = self.policy.turn.lock().await;
        if let (Some(base), Some(live)) = (base, self.policy.get())
            && live.id != base
        {
            return Err(AppError::PolicyChanged { number: live.number });
        }
        self.publish(files, note, Some(author)).await
    }

    pub(crate) async fn publish(
        &self,
        files: Files,
        note: String,
        author: Option<UserId>,
    ) -> Result<PolicyVersion, AppError> {
        let bundle = Bundle { files };
        let (bundle, policy) = self.blocking(move || compile_and_test(bundle)).await??;
        let version = NewPolicyVersion { hash: bundle.hash(), files: bundle.files, note, author };
        let version = self.store.publish_policy(self.organization, version, self.clock.now()).await?;
        self.policy.set(Live { id: version.id, number: version.number, policy });
        self.changes.tell(Change::Policy);
        Ok(version)
    }

    /// Makes an older version live again.
    pub async fn restore_policy(
        &self,
        id: PolicyVersionId,
        reason: &str,
        user: UserId,
    ) -> Result<PolicyVersion, AppError> {
        if reason.trim().is_empty() {
            return Err(AppError::invalid(
                "/reason",
                "say why the older version comes back; it is kept in the audit log",
            ));
        }
        let _turn = self.policy.turn.lock().await;
        // First, so that nothing is live that today's checker would not let run.
        let policy = self.compiled(&self.policy_version(id).await?).await?;
        let withdrawn = self.store.live_policy(self.organization).await?;
        let actor = Actor::User { user };
        let version = self.store.restore_policy(self.organization, id, reason, &actor, self.clock.now()).await?;
        self.policy.set(Live { id: version.id, number: version.number, policy });
        self.forget_draft_of(withdrawn, &version, user).await?;
        self.changes.tell(Change::Policy);
        Ok(version)
    }

    /// A draft in which nothing was changed yet begins from what is live now: the next small change must not bring back
    /// what was just taken out of force.
    async fn forget_draft_of(
        &self,
        withdrawn: Option<PolicyVersion>,
        live: &PolicyVersion,
        user: UserId,
    ) -> Result<(), AppError> {
        let draft = self.store.policy_draft(self.organization).await?;
        if let (Some(draft), Some(withdrawn)) = (draft, withdrawn)
            && draft.files == withdrawn.files
        {
            // Somebody who saves at this very moment keeps what they wrote.
            drop(self.save_policy_draft(live.files.clone(), draft.revision, user).await);
        }
        Ok(())
    }

    /// Every published version, newest first.
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

    /// Compiles the version that the database says is live, if it is not the one in memory. Should this program's checker no
    /// longer accept it, the newest one that it does accept decides, and the log says so: without any, nothing would be
    /// decided, and nobody could publish a better one.
    pub(crate) async fn load_live_policy(&self) -> Result<(), AppError> {
        let Some(version) = self.store.live_policy(self.organization).await? else { return Ok(()) };
        if self.policy.get().is_some_and(|live| live.id == version.id) {
            return Ok(());
        }
        let mut refused = match self.compiled(&version).await {
            Ok(policy) => {
                self.policy.set(Live { id: version.id, number: version.number, policy });
                return Ok(());
            }
            Err(error) => error,
        };
        for older in self.policy_versions().await?.into_iter().filter(|older| older.id != version.id) {
            match self.compiled(&older).await {
                Ok(policy) => {
                    let (live, instead) = (version.number, older.number);
                    tracing::error!(
                        live,
                        instead,
                        "the live policy has errors by today's checks; an older one decides"
                    );
                    self.policy.set(Live { id: older.id, number: older.number, policy });
                    return Ok(());
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    async fn compiled(&self, version: &PolicyVersion) -> Result<Policy, AppError> {
        let bundle = Bundle { files: version.files.clone() };
        let policy = self.blocking(move || Policy::compile(&bundle)).await?;
        policy.map_err(|diagnostics| AppError::PolicyRejected { diagnostics })
    }

    /// The draft everyone edits; before the first edit, the live version's files.
    pub async fn policy_draft(&self) -> Result<Draft, AppError> {
        if let Some(draft) = self.store.policy_draft(self.organization).await? {
            return Ok(draft);
        }
        let live = self.store.live_policy(self.organization).await?;
        let live = live.ok_or(AppError::NotFound { what: "policy" })?;
        Ok(Draft { files: live.files, revision: 0, updated_at: live.published_at, updated_by: live.author })
    }

    /// Keeps a draft that was begun on `base_revision`; an older base is refused with the newest revision's number.
    pub async fn save_policy_draft(&self, files: Files, base_revision: i64, user: UserId) -> Result<Draft, AppError> {
        let saved =
            self.store.save_policy_draft(self.organization, files, base_revision, user, self.clock.now()).await?;
        saved.map_err(|newest| AppError::DraftChanged { revision: newest.revision })
    }
}

fn compile_and_test(bundle: Bundle) -> Result<(Bundle, Policy), AppError> {
    let policy = Policy::compile(&bundle).map_err(|diagnostics| AppError::PolicyRejected { diagnostics })?;
    let report = comity_policy::run_tests(&bundle);
    if report.failed > 0 {
        return Err(AppError::PolicyTestsFailed { report: Box::new(report) });
    }
    Ok((bundle, policy))
}
