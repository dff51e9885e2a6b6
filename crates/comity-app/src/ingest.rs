//! Makes inbound events durable, many senders in one commit.
//!
//! A durable commit costs milliseconds and is the same for one event and for a thousand. So batches queue up while a
//! commit runs, and whatever has queued up goes into the next one. A sender is answered only after its own events are
//! committed. A batch that cannot be stored does not take its neighbours with it: each is then tried alone.

use crate::{App, AppError};
use comity_store::{IngestBatch, IngestOutcome, StoreError};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// A batch and where its sender waits.
pub struct Queued {
    batch: IngestBatch,
    answer: oneshot::Sender<Result<IngestOutcome, StoreError>>,
}

#[derive(Clone)]
pub struct IngestQueue(mpsc::Sender<Queued>);

impl IngestQueue {
    #[must_use]
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Queued>) {
        let (sender, receiver) = mpsc::channel(capacity);
        (Self(sender), receiver)
    }
}

impl App {
    /// Returns once the events are committed.
    pub async fn ingest(&self, mut batch: IngestBatch) -> Result<IngestOutcome, AppError> {
        self.leave_channel_messages_out(&mut batch).await?;
        batch.events.iter_mut().for_each(|event| self.mask_case_links(event));
        let (answer, committed) = oneshot::channel();
        let stopped = || AppError::internal("the server is stopping; send it again");
        self.ingest_queue.0.send(Queued { batch, answer }).await.map_err(|_| stopped())?;
        Ok(committed.await.map_err(|_| stopped())??)
    }
}

/// Commits what is queued until told to stop; what was accepted before is still committed.
pub async fn run(app: Arc<App>, mut queue: mpsc::Receiver<Queued>, stop: CancellationToken) {
    loop {
        let first = tokio::select! {
            queued = queue.recv() => queued,
            () = stop.cancelled() => {
                queue.close();
                queue.recv().await
            }
        };
        let Some(first) = first else { return };
        let mut events = first.batch.events.len();
        let mut group = vec![first];
        while events < app.config.ingest.most_events_per_commit {
            let Ok(queued) = queue.try_recv() else { break };
            events += queued.batch.events.len();
            group.push(queued);
        }
        commit(&app, group).await;
    }
}

async fn commit(app: &App, group: Vec<Queued>) {
    let (batches, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|queued| (queued.batch, queued.answer)).unzip();
    let results = match app.store.ingest(batches.clone()).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if batches.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut results = Vec::with_capacity(batches.len());
            for batch in batches {
                let stored = app.store.ingest(vec![batch]).await;
                results
                    .push(stored.and_then(|mut outcomes| outcomes.pop().ok_or(StoreError::NotFound { what: "batch" })));
            }
            results
        }
    };
    if results.iter().any(|result| matches!(result, Ok(outcome) if outcome.stored > 0)) {
        app.wake.decide.notify_one();
    }
    for (answer, result) in answers.into_iter().zip(results) {
        // A sender that went away has lost nothing: it sends again and finds a duplicate.
        let _ = answer.send(result);
    }
}
