//! Steps in the life of a version, and what stands in the way of each.

use super::{Files, ImpactReport};
use crate::{App, AppError, changes::Change};
use comity_domain::{
    PolicyVersionId, UserId,
    life::{Action, Around, Asker, MOST_CANARY_PERCENT, Step, is_current, may},
};
use comity_policy::{Bundle, Policy};
use comity_store::{Impact, NewPolicyVersion, PolicyVersion};
use std::sync::Arc;

const LONGEST_TEXT: usize = 2_000;

/// A version as somebody sees it.
pub struct VersionView {
    pub version: PolicyVersion,
    /// Each action with why they cannot take it now; nothing when they can.
    pub may: [(Action, Option<String>); 8],
    /// Whether the approval, if there is one, is for the version as it would go live now.
    pub approval_is_current: bool,
}

impl App {
    /// Proposes files that have no errors and whose tests all pass.
    ///
    /// `base` is the version that they were made from: when another one is live by now, nothing is proposed, so that nobody
    /// undoes what they have not seen.
    pub async fn propose_policy(
        &self,
        files: Files,
        note: String,
        base: Option<PolicyVersionId>,
        author: Option<UserId>,
    ) -> Result<PolicyVersion, AppError> {
        if let Some(stray) = files.keys().find(|path| !Bundle::belongs(path)) {
            let pointer = format!("/files/{}", stray.replace('~', "~0").replace('/', "~1"));
            return Err(AppError::invalid(&pointer, format!("{stray} is no part of a policy; leave it out")));
        }
        let bundle = self.blocking(move || tested(Bundle { files })).await??;
        let version = NewPolicyVersion { hash: bundle.hash(), files: bundle.files, note, author };
        let now = self.clock.now();
        let proposed = self.store.propose_policy(self.organization, version, base, now).await?;
        let proposed = proposed.map_err(|live| AppError::PolicyChanged { number: live.number })?;
        self.changes.tell(Change::Policy);
        Ok(proposed)
    }

    /// Makes files the live version at once, as the installation does with its first policy.
    pub(crate) async fn install_policy(&self, files: Files, note: String) -> Result<(), AppError> {
        let bundle = self.blocking(move || tested(Bundle { files })).await??;
        let version = NewPolicyVersion { hash: bundle.hash(), files: bundle.files, note, author: None };
        self.store.publish_policy(self.organization, version, self.clock.now()).await?;
        self.load_policies().await?;
        self.changes.tell(Change::Policy);
        Ok(())
    }

    /// Takes a step with a version.
    pub async fn take_policy_step(
        &self,
        id: PolicyVersionId,
        step: &Step,
        asker: &Asker,
    ) -> Result<PolicyVersion, AppError> {
        check_texts(step)?;
        let version = self.policy_version(id).await?;
        if let Step::Publish | Step::BreakGlass { .. } | Step::Restore { .. } | Step::Canary { .. } = step {
            // First, so that nothing decides that today's checker would not let run.
            self.compiled(&version).await?;
        }
        let impact = match step {
            Step::Approve { .. } => Some(self.impact_of(&version).await?),
            Step::Publish | Step::Canary { .. } if version.life.approval.is_some() => {
                Some(self.impact_of(&version).await?)
            }
            _ => None,
        };
        let impact = impact.map(|report| present(&report));
        let now = self.clock.now();
        let taken = self.store.take_policy_step(self.organization, id, step, asker, impact.as_ref(), now).await?;
        let version = taken.map_err(AppError::PolicyRefused)?;
        self.load_policies().await?;
        self.changes.tell(Change::Policy);
        if let Step::BreakGlass { .. } = step {
            self.changes.tell(Change::PolicyAlert { alert: "break_glass", id, number: version.number });
        }
        Ok(version)
    }

    /// Versions with what this person may do with each.
    pub async fn policy_views(
        &self,
        versions: Vec<PolicyVersion>,
        asker: &Asker,
    ) -> Result<Vec<VersionView>, AppError> {
        let around = self.store.around_policies(self.organization).await?;
        let mut views = Vec::with_capacity(versions.len());
        for version in versions {
            let impact_hash = self.present_hash(&version).await?;
            let around = Around { impact_hash, ..around.clone() };
            let why =
                |action| (action, may(action, &version.life, asker, &around).err().map(|refused| refused.sentence));
            views.push(VersionView {
                may: Action::ALL.map(why),
                approval_is_current: is_current(&version.life, &around),
                version,
            });
        }
        Ok(views)
    }

    /// Worked out only where there is an approval that it could be compared with.
    async fn present_hash(&self, version: &PolicyVersion) -> Result<Option<String>, AppError> {
        if !version.life.state.is_open() || version.life.approval.is_none() {
            return Ok(None);
        }
        // Lists come without files.
        match self.policy_impact(version.id).await {
            Ok(report) => Ok(Some(report.hash.clone())),
            Err(AppError::PolicyRejected { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What making this version live would change, as an approver looks at it.
    pub async fn policy_impact(&self, id: PolicyVersionId) -> Result<Arc<ImpactReport>, AppError> {
        self.impact_of(&self.policy_version(id).await?).await
    }
}

fn present(report: &ImpactReport) -> Impact {
    Impact { hash: report.hash.clone(), against: report.against.as_ref().map(|against| against.id) }
}

fn tested(bundle: Bundle) -> Result<Bundle, AppError> {
    Policy::compile(&bundle).map_err(|diagnostics| AppError::PolicyRejected { diagnostics })?;
    let report = comity_policy::run_tests(&bundle);
    if report.failed > 0 {
        return Err(AppError::PolicyTestsFailed { report: Box::new(report) });
    }
    Ok(bundle)
}

fn check_texts(step: &Step) -> Result<(), AppError> {
    let (pointer, text, missing) = match step {
        Step::Approve { note, .. } => ("/note", note, None),
        Step::Review { note } => ("/note", note, Some("say what you found; it is kept in the audit log")),
        Step::BreakGlass { reason } => {
            ("/reason", reason, Some("say why it cannot wait; everybody is told, and it is kept in the audit log"))
        }
        Step::SetAside { reason } => ("/reason", reason, Some("say why it is set aside; it is kept in the audit log")),
        Step::Restore { reason } => {
            ("/reason", reason, Some("say why the older version comes back; it is kept in the audit log"))
        }
        Step::Canary { percent } if !(1..=MOST_CANARY_PERCENT).contains(percent) => {
            let message = format!("choose between 1 and {MOST_CANARY_PERCENT} percent of the cases");
            return Err(AppError::invalid("/percent", message));
        }
        Step::Publish | Step::Shadow | Step::Canary { .. } => return Ok(()),
    };
    match missing {
        Some(message) if text.trim().is_empty() => Err(AppError::invalid(pointer, message)),
        _ if text.chars().count() > LONGEST_TEXT => {
            Err(AppError::invalid(pointer, format!("this has at most {LONGEST_TEXT} characters")))
        }
        _ => Ok(()),
    }
}
