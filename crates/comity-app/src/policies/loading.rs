//! Following what the database says: which version is live, and which runs beside it.

use super::{
    Deciding, Live, OnTrial,
    live::{Credit, Loaded},
};
use crate::{App, AppError, changes::Change};
use comity_domain::{
    CaseId, PolicyVersionId,
    life::{State, is_unreviewed},
};
use comity_policy::{Bundle, Policy};
use comity_store::{PolicyVersion, Standing};
use std::sync::Arc;

impl App {
    /// The policy that decides.
    pub fn live_policy(&self) -> Result<Arc<Live>, AppError> {
        self.policy.get().ok_or_else(none)
    }

    /// The policy that decides this case: the live one, or a canary.
    pub async fn policy_of(&self, case: CaseId) -> Result<Arc<Live>, AppError> {
        Ok(Arc::clone(self.deciding().await?.of(case)))
    }

    /// What decided last, for what is only shown.
    pub(crate) fn loaded_policies(&self) -> Result<Arc<Deciding>, AppError> {
        self.policy.deciding().ok_or_else(none)
    }

    /// What decides now. Compiles what the database says is live or beside, unless that is what is there.
    pub(crate) async fn deciding(&self) -> Result<Arc<Deciding>, AppError> {
        let standing = self.store.policies_standing(self.organization).await?;
        match self.policy.loaded() {
            Some(loaded) if loaded.standing == standing => Ok(Arc::clone(&loaded.deciding)),
            _ => self.load_policies().await?.ok_or_else(none),
        }
    }

    pub(crate) async fn load_policies(&self) -> Result<Option<Arc<Deciding>>, AppError> {
        let _turn = self.policy.turn.lock().await;
        let standing = self.store.policies_standing(self.organization).await?;
        let before = self.policy.loaded();
        let Some(live) = standing.iter().find(|one| one.state == State::Live) else { return Ok(None) };
        let live = match &before {
            // Also when an older one decides instead.
            Some(before) if id_of(&before.standing, State::Live) == Some(live.id) => Arc::clone(&before.deciding.live),
            _ => self.load_live(live.id).await?,
        };
        let beside = match standing.iter().find(|one| one.state.is_beside()) {
            Some(beside) => self.load_beside(*beside, before.as_deref()).await?,
            None => None,
        };
        let deciding = Arc::new(Deciding { live, beside });
        self.policy.set(standing.clone(), Arc::clone(&deciding));
        if let Some(before) = before.filter(|before| before.standing != standing) {
            self.tell_what_changed(&before.standing, &standing).await?;
        }
        Ok(Some(deciding))
    }

    /// Should this program's checker no longer accept the live version, the newest one that it does accept decides, and the
    /// log says so: without any, nothing would be decided, and nobody could publish a better one.
    async fn load_live(&self, id: PolicyVersionId) -> Result<Arc<Live>, AppError> {
        let version = self.policy_version(id).await?;
        let mut refused = match self.compiled(&version).await {
            Ok(policy) => return Ok(Arc::new(Live { id, number: version.number, policy })),
            Err(error) => error,
        };
        let older = |other: &PolicyVersion| {
            other.number < version.number && other.life.published_at.is_some() && !is_unreviewed(&other.life)
        };
        for other in self.policy_versions().await?.into_iter().filter(older) {
            match self.compiled(&self.policy_version(other.id).await?).await {
                Ok(policy) => {
                    let (live, instead) = (version.number, other.number);
                    tracing::error!(
                        live,
                        instead,
                        "the live policy has errors by today's checks; an older one decides"
                    );
                    return Ok(Arc::new(Live { id: other.id, number: other.number, policy }));
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Nothing is lost when it does not compile: the live version decides.
    async fn load_beside(&self, standing: Standing, before: Option<&Loaded>) -> Result<Option<OnTrial>, AppError> {
        let Standing { id, number, canary_percent, .. } = standing;
        let known = before.and_then(|before| before.deciding.beside.as_ref()).filter(|known| known.version.id == id);
        let version = match known {
            Some(known) => Arc::clone(&known.version),
            None => match self.compiled(&self.policy_version(id).await?).await {
                Ok(policy) => Arc::new(Live { id, number, policy }),
                Err(AppError::PolicyRejected { .. }) => {
                    tracing::error!(number, "the version beside the live one has errors by today's checks; it waits");
                    return Ok(None);
                }
                Err(error) => return Err(error),
            },
        };
        Ok(Some(OnTrial { version, canary_percent, credit: Credit::default() }))
    }

    async fn tell_what_changed(&self, before: &[Standing], now: &[Standing]) -> Result<(), AppError> {
        self.changes.tell(Change::Policy);
        let was_canary = id_of(before, State::Canary).filter(|id| id_of(now, State::Shadow) == Some(*id));
        if let Some(id) = was_canary {
            let version = self.policy_version(id).await?;
            // Not when a person took it back.
            if version.life.canary_stopped.is_some() {
                self.changes.tell(Change::PolicyAlert { alert: "canary_stopped", id, number: version.number });
            }
        }
        Ok(())
    }

    pub(super) async fn compiled(&self, version: &PolicyVersion) -> Result<Policy, AppError> {
        let bundle = Bundle { files: version.files.clone() };
        let policy = self.blocking(move || Policy::compile(&bundle)).await?;
        policy.map_err(|diagnostics| AppError::PolicyRejected { diagnostics })
    }
}

fn id_of(standing: &[Standing], state: State) -> Option<PolicyVersionId> {
    standing.iter().find(|one| one.state == state).map(|one| one.id)
}

fn none() -> AppError {
    AppError::internal("no policy has been published")
}
