//! How much comes in, for a batch of decisions: what the policy counts of each waiting post, and what was counted before.

use super::plan::Waiting;
use crate::{App, AppError, policies::Live};
use comity_domain::{Party, Timestamp, event::EventKind, step::Snapshot, surge::Counted};
use std::sync::Arc;

impl App {
    /// Gives every waiting case what is known of how much comes in, with one look for all of them.
    pub(super) async fn with_counts(
        &self,
        live: &Arc<Live>,
        waiting: Vec<Waiting>,
        now: Timestamp,
    ) -> Result<Vec<Waiting>, AppError> {
        let moments: Vec<Timestamp> =
            waiting.iter().flat_map(|waiting| &waiting.events).map(|event| event.at).collect();
        let counting = Arc::clone(live);
        let (mut waiting, counted) = self
            .blocking(move || {
                let counted = waiting.iter().flat_map(|waiting| counted(&counting, waiting)).collect();
                (waiting, counted)
            })
            .await?;
        let counts = self.store.counts(self.organization, &live.policy.topics(), &moments, counted, now).await?;
        let counts = Arc::new(counts);
        for one in &mut waiting {
            one.snapshot.surge = Arc::clone(&counts);
        }
        Ok(waiting)
    }

    /// The same for a case that somebody looks at now.
    pub(crate) async fn with_counts_now(&self, snapshot: Snapshot) -> Result<Snapshot, AppError> {
        let (live, now) = (self.live_policy()?, self.clock.now());
        let topics = live.policy.topics();
        let counts = self.store.counts(self.organization, &topics, &[now], Vec::new(), now).await?;
        Ok(Snapshot { surge: Arc::new(counts), ..snapshot })
    }
}

fn counted<'a>(live: &'a Live, waiting: &'a Waiting) -> impl Iterator<Item = Counted> + 'a {
    waiting.events.iter().filter_map(|event| match event.kind {
        EventKind::Post { post, party: Party::Consumer } => {
            let post = waiting.posts.iter().find(|known| known.id == post)?;
            Some(live.policy.counted(event.id, post))
        }
        _ => None,
    })
}
