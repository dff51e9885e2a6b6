//! Why something was done: the decision as it was recorded, in sentences, and made again from the same facts.

use crate::{App, AppError};
use comity_domain::{CaseId, DecisionId, decision::Decision, effect::Effect, event::Event};
use comity_policy::{
    Bundle, Policy,
    explain::{Audience, Explanation, explain},
};
use comity_store::PolicyVersion;

/// A decision with the event it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    pub decision: Decision,
    pub event: Event,
}

/// A decision made again.
pub struct Replayed {
    pub recorded: Explained,
    /// Whether rules, terms and effects came out the same.
    pub same: bool,
    pub rules: Vec<comity_domain::decision::RuleTrace>,
    pub failure: Option<String>,
}

impl App {
    /// Newest first.
    pub async fn case_decisions(&self, case: CaseId) -> Result<Vec<Explained>, AppError> {
        let decisions = self.store.case_decisions(self.organization, case).await?;
        Ok(decisions.into_iter().map(|(decision, event)| Explained { decision, event }).collect())
    }

    pub async fn decision(&self, id: DecisionId) -> Result<Explained, AppError> {
        let found = self.store.decision(self.organization, id).await?;
        let (decision, event) = found.ok_or(AppError::NotFound { what: "decision" })?;
        Ok(Explained { decision, event })
    }

    /// The published version a decision was made by.
    pub async fn policy_version_of(&self, decision: &Decision) -> Result<Option<PolicyVersion>, AppError> {
        Ok(self.store.policy_version_by_hash(self.organization, &decision.policy_version).await?)
    }

    /// A decision in sentences, in the words of the version that made it. Should this program no longer read that one, the
    /// live version's words have to do.
    pub async fn explain(
        &self,
        id: DecisionId,
        language: Option<String>,
        audience: Audience,
    ) -> Result<Explanation, AppError> {
        let decision = self.decision(id).await?.decision;
        let live = self.live_policy()?;
        let is_live = live.policy.version() == decision.policy_version;
        let version = if is_live { None } else { self.policy_version_of(&decision).await? };
        self.blocking(move || {
            let deciding = version.and_then(|version| Policy::compile(&Bundle { files: version.files }).ok());
            explain(deciding.as_ref().unwrap_or(&live.policy), &decision, language.as_deref(), audience)
        })
        .await
    }

    /// Evaluates the stored facts with the version that decided then.
    pub async fn replay(&self, id: DecisionId) -> Result<Replayed, AppError> {
        let recorded = self.decision(id).await?;
        let version = self.policy_version_of(&recorded.decision).await?;
        let version = version.ok_or(AppError::NotFound { what: "policy version" })?;
        let facts = recorded.decision.facts.clone();
        let evaluation = self
            .blocking(move || {
                let policy = Policy::compile(&Bundle { files: version.files });
                policy.map(|policy| policy.evaluate(&facts))
            })
            .await?
            .map_err(|diagnostics| AppError::PolicyRejected { diagnostics })?;
        let decision = &recorded.decision;
        let wanted: Vec<&Effect> = evaluation.effects.iter().map(|planned| &planned.effect).collect();
        let recorded_effects = decision.effects.iter().chain(decision.dropped.iter().map(|dropped| &dropped.planned));
        let all_recorded = recorded_effects.map(|planned| &planned.effect).all(|effect| wanted.contains(&effect));
        let count = decision.effects.len() + decision.dropped.len();
        let same_effects = evaluation.failure.is_some() || (all_recorded && wanted.len() == count);
        let same = evaluation.rules == decision.rules && evaluation.failure == decision.fallback && same_effects;
        Ok(Replayed { same, rules: evaluation.rules, failure: evaluation.failure, recorded })
    }
}
