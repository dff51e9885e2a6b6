//! The drafts compiled last, by their content: who moves the time slider or pins another case has not typed anything.

use crate::{App, AppError, policies::Files};
use comity_policy::{Bundle, Policy};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// A few people write at the same time; a compiled draft is small, and none is worth keeping for long.
const KEPT: usize = 4;

#[derive(Default)]
pub struct Drafts(Mutex<VecDeque<Arc<Policy>>>);

impl Drafts {
    fn get(&self, hash: &str) -> Option<Arc<Policy>> {
        let drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.iter().find(|policy| policy.version() == hash).cloned()
    }

    fn keep(&self, policy: &Arc<Policy>) {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|known| known.version() != policy.version());
        drafts.push_front(Arc::clone(policy));
        drafts.truncate(KEPT);
    }
}

impl App {
    /// The files, compiled.
    pub(crate) async fn draft(&self, files: Files) -> Result<Arc<Policy>, AppError> {
        let bundle = Bundle { files };
        let hash = bundle.hash();
        if let Some(known) = self.evidence.drafts.get(&hash) {
            return Ok(known);
        }
        let policy = self.blocking(move || Policy::compile(&bundle)).await?;
        let policy = Arc::new(policy.map_err(|diagnostics| AppError::PolicyRejected { diagnostics })?);
        self.evidence.drafts.keep(&policy);
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::bundled;

    #[test]
    fn the_newest_few_are_kept() {
        let drafts = Drafts::default();
        let draft = |number: usize| {
            let mut bundle = bundled("starter").unwrap();
            bundle.files.insert(format!("extra{number}.rhai"), String::new());
            Arc::new(Policy::compile(&bundle).unwrap())
        };
        let all: Vec<Arc<Policy>> = (0..=KEPT).map(draft).collect();
        for policy in &all {
            drafts.keep(policy);
        }
        assert!(drafts.get(all[0].version()).is_none(), "the oldest went");
        assert!(all[1..].iter().all(|policy| drafts.get(policy.version()).is_some()));
        drafts.keep(&all[1]);
        drafts.keep(&all[0]);
        assert!(drafts.get(all[1].version()).is_some(), "what is used stays");
    }
}
