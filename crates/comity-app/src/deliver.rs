//! Sends what is to be sent: leased, counted, then tried; looked up when nobody can say whether it arrived.
//!
//! A duplicate public reply is worse than a late one. So an attempt whose outcome is unknown (a lease that ran out, a
//! connection lost after the request had gone) is never simply repeated: the platform is asked first. Where it cannot be asked,
//! a person decides.

use crate::{App, AppError, connections::Runtime};
use comity_domain::{
    Timestamp,
    delivery::{Attempt, Delivery},
};
use comity_plugin_host::{CallOutput, Capability, ConnectorError, ErrorCode, HostError, Receipt, Reply};
use comity_store::{Leased, StoreError};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

pub async fn run(app: Arc<App>) {
    let scan = Duration::from_secs(app.config.deliver.scan_seconds);
    while !app.stop.is_cancelled() {
        match app.deliver_due().await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "delivering failed; it is tried again"),
        }
        let next = app.store.next_delivery_at(app.organization).await.ok().flatten();
        let wait = next.map_or(scan, |at| at.duration_since(app.clock.now()).try_into().unwrap_or(Duration::ZERO));
        tokio::select! {
            () = app.wake.deliver.notified() => {}
            () = tokio::time::sleep(wait.clamp(Duration::from_millis(50), scan)) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
    /// Tries what is due now; how many replies that were.
    pub async fn deliver_due(self: &Arc<Self>) -> Result<usize, AppError> {
        let config = &self.config.deliver;
        let lease = SignedDuration::from_secs(config.lease_seconds.cast_signed());
        let now = self.clock.now();
        let until = now.saturating_add(lease).unwrap_or(now);
        let leased = self.store.lease_deliveries(self.organization, now, until, config.parallel, &self.worker).await?;
        let count = leased.len();
        let mut attempts = JoinSet::new();
        for delivery in leased {
            let app = Arc::clone(self);
            attempts.spawn(async move { app.attempt(delivery).await });
        }
        while let Some(done) = attempts.join_next().await {
            done.map_err(|error| AppError::internal(format!("an attempt ended early: {error}")))??;
        }
        Ok(count)
    }

    async fn attempt(&self, leased: Leased) -> Result<(), AppError> {
        let Leased { delivery, look_up } = leased;
        let attempt = match self.runtime(delivery.connection).await {
            Ok(runtime) => {
                let _turn = runtime.turn.lock().await;
                if look_up { self.look_up(&runtime, &delivery).await? } else { self.send(&runtime, &delivery).await? }
            }
            Err(error) => Attempt::Retry { error: error.to_string(), at: self.retry_at(&delivery, None) },
        };
        metrics::counter!("comity_delivery_attempts_total", "result" => word(&attempt)).increment(1);
        let most = self.config.deliver.most_attempts;
        let (id, fence, now) = (delivery.id, delivery.fence, self.clock.now());
        match self.store.record_attempt(self.organization, id, fence, &attempt, most, now).await {
            Ok(_) => {}
            Err(StoreError::StaleFence) => tracing::warn!(delivery = %id, "another worker has taken this reply over"),
            Err(error) => return Err(error.into()),
        }
        self.wake.decide.notify_one();
        self.tell_case(delivery.case).await
    }

    async fn send(&self, runtime: &Runtime, delivery: &Delivery) -> Result<Attempt, AppError> {
        let attempt = u32::try_from(delivery.attempts).unwrap_or(1);
        let context = runtime.context(self.clock.now());
        let mut output = runtime.plugin.send(context, reply(delivery), delivery.idempotency_key.clone(), attempt).await;
        let left = runtime.absorb(self, &mut output)?;
        self.keep_leftovers(runtime, left).await?;
        Ok(match output {
            Ok(CallOutput { result: Ok(receipt), .. }) => sent(receipt),
            Ok(CallOutput { result: Err(error), .. }) => self.failed(delivery, &error),
            // Once a request has gone out, nobody can say what became of it.
            Err(HostError::Stopped(stopped)) if stopped.usage.http_requests > 0 => {
                Attempt::Unknown { error: stopped.to_string(), look_up_at: self.retry_at(delivery, None) }
            }
            Err(error) => Attempt::Retry { error: error.to_string(), at: self.retry_at(delivery, None) },
        })
    }

    async fn look_up(&self, runtime: &Runtime, delivery: &Delivery) -> Result<Attempt, AppError> {
        if !runtime.plugin.can(Capability::Actions) {
            return Ok(Attempt::Refused { error: "this connector cannot send replies".into() });
        }
        let context = runtime.context(self.clock.now());
        let mut output = runtime.plugin.lookup(context, reply(delivery), delivery.idempotency_key.clone()).await;
        let left = runtime.absorb(self, &mut output)?;
        self.keep_leftovers(runtime, left).await?;
        Ok(match output {
            Ok(CallOutput { result: Ok(Some(receipt)), .. }) => sent(receipt),
            // It surely did not arrive, so sending it is no repetition.
            Ok(CallOutput { result: Ok(None), .. }) => return self.send(runtime, delivery).await,
            Ok(CallOutput { result: Err(error), .. }) if error.code == ErrorCode::Unsupported => Attempt::Refused {
                error: "Nobody can say whether this reply arrived, and the platform cannot be asked. Look there, then send it \
                        again or drop it."
                    .into(),
            },
            Ok(CallOutput { result: Err(error), .. }) => {
                Attempt::Unknown { error: error.message, look_up_at: self.retry_at(delivery, error.retry_after) }
            }
            Err(error) => Attempt::Unknown { error: error.to_string(), look_up_at: self.retry_at(delivery, None) },
        })
    }

    fn failed(&self, delivery: &Delivery, error: &ConnectorError) -> Attempt {
        let text =
            error.advice.as_ref().map_or_else(|| error.message.clone(), |advice| format!("{} {advice}", error.message));
        if error.ambiguous {
            return Attempt::Unknown { error: text, look_up_at: self.retry_at(delivery, error.retry_after) };
        }
        match error.code {
            ErrorCode::Refused | ErrorCode::NotFound | ErrorCode::InvalidInput | ErrorCode::Unsupported => {
                Attempt::Refused { error: text }
            }
            ErrorCode::Auth | ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::InvalidConfig => {
                Attempt::Retry { error: text, at: self.retry_at(delivery, error.retry_after) }
            }
        }
    }

    fn retry_at(&self, delivery: &Delivery, asked: Option<Duration>) -> Timestamp {
        let wait = self.config.deliver.backoff(delivery.attempts).max(asked.unwrap_or_default());
        let now = self.clock.now();
        now.checked_add(SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX)).unwrap_or(Timestamp::MAX)
    }
}

fn reply(delivery: &Delivery) -> Reply {
    Reply {
        text: delivery.text.clone(),
        parent: delivery.in_reply_to.clone(),
        root: delivery.root.clone().or_else(|| delivery.in_reply_to.clone()),
        conversation: None,
        visibility: delivery.visibility,
        lang: None,
    }
}

fn sent(receipt: Receipt) -> Attempt {
    Attempt::Sent { external_id: receipt.external_id, url: receipt.url, at: receipt.at }
}

fn word(attempt: &Attempt) -> &'static str {
    match attempt {
        Attempt::Sent { .. } => "sent",
        Attempt::Retry { .. } => "retry",
        Attempt::Unknown { .. } => "unknown",
        Attempt::Refused { .. } => "refused",
    }
}
