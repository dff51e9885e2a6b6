//! How much comes in, for a batch of decisions: what the policy counts of each waiting post, and what was counted before.

use super::plan::Waiting;
use crate::{App, AppError, policies::Deciding};
use comity_domain::{Party, Timestamp, event::EventKind, step::Snapshot, surge::Counted};
use std::{collections::BTreeSet, sync::Arc};

impl App {
    /// Gives every waiting case what is known of how much comes in and how well promises are kept, with one look for all
    /// of them.
    pub(super) async fn with_counts(
        &self,
        deciding: &Arc<Deciding>,
        waiting: Vec<Waiting>,
        now: Timestamp,
    ) -> Result<Vec<Waiting>, AppError> {
        let moments: Vec<Timestamp> =
            waiting.iter().flat_map(|waiting| &waiting.events).map(|event| event.at).collect();
        let counting = Arc::clone(deciding);
        let (mut waiting, counted) = self
            .blocking(move || {
                let counted = waiting.iter().flat_map(|waiting| counted(&counting, waiting)).collect();
                (waiting, counted)
            })
            .await?;
        let counts = self.store.counts(self.organization, &topics(deciding), &moments, counted, now).await?;
        let (counts, promises) = (Arc::new(counts), self.promises(now).await?);
        for one in &mut waiting {
            one.snapshot.surge = Arc::clone(&counts);
            one.snapshot.promises = Arc::clone(&promises);
        }
        Ok(waiting)
    }

    /// The same for a case that somebody looks at now.
    pub(crate) async fn with_counts_now(&self, snapshot: Snapshot) -> Result<Snapshot, AppError> {
        let (topics, now) = (topics(&*self.loaded_policies()?), self.clock.now());
        let counts = self.store.counts(self.organization, &topics, &[now], Vec::new(), now).await?;
        Ok(Snapshot { surge: Arc::new(counts), promises: self.promises(now).await?, ..snapshot })
    }
}

/// Those that the live version counts, and those that only the version beside it knows.
fn topics(deciding: &Deciding) -> BTreeSet<String> {
    let beside = deciding.beside.as_ref().map(|beside| &beside.version);
    std::iter::once(&deciding.live).chain(beside).flat_map(|version| version.policy.topics()).collect()
}

fn counted<'a>(deciding: &'a Deciding, waiting: &'a Waiting) -> impl Iterator<Item = Counted> + 'a {
    waiting.events.iter().filter_map(|event| match event.kind {
        EventKind::Post { post, party: Party::Consumer } => {
            let post = waiting.posts.iter().find(|known| known.id == post)?;
            let live = &deciding.live.policy;
            let mut counted = live.counted(event.id, post);
            if let Some(beside) = &deciding.beside {
                let known = live.topics();
                let told = beside.version.policy.counted(event.id, post).topics;
                counted.topics.extend(told.into_iter().filter(|topic| !known.contains(topic)));
            }
            Some(counted)
        }
        _ => None,
    })
}
