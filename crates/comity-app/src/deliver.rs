//! Sends what is to be sent: leased, counted, then tried; looked up when nobody can say whether it arrived.
//!
//! A duplicate public reply is worse than a late one. So an attempt whose outcome is unknown (a lease that ran out, a
//! connection lost after the request had gone) is never simply repeated: the platform is asked first. Where it cannot be asked,
//! a person decides.

use crate::{
    App, AppError,
    connections::{Leftovers, Runtime},
};
use comity_domain::{
    Timestamp,
    delivery::{Attempt, Delivery},
};
use comity_plugin_host::{CallOutput, Capability, ConnectorError, ErrorCode, HostError, Receipt, Reply};
use comity_store::{Leased, StoreError};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

const CANNOT_ASK: &str = "Nobody can say whether this reply arrived, and the platform cannot be asked. Look there, then send \
                          it again or drop it.";

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
        // One that fails must not end the others, which may be in the middle of sending.
        let mut failed = None;
        while let Some(done) = attempts.join_next().await {
            let done = done.unwrap_or_else(|error| Err(AppError::internal(format!("an attempt ended early: {error}"))));
            if let Err(error) = done {
                tracing::error!(%error, "what became of a reply could not be recorded");
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(count), Err)
    }

    async fn attempt(&self, leased: Leased) -> Result<(), AppError> {
        let Leased { delivery, look_up } = leased;
        match self.try_now(&delivery, look_up).await {
            Err(AppError::Store(StoreError::StaleFence)) => {
                tracing::warn!(delivery = %delivery.id, "another worker has taken this reply over");
                Ok(())
            }
            tried => tried,
        }
    }

    /// What came of it is recorded before anything else is stored: a receipt that is lost would be a reply sent twice.
    async fn try_now(&self, delivery: &Delivery, look_up: bool) -> Result<(), AppError> {
        let runtime = match self.runtime(delivery.connection).await {
            Ok(runtime) => runtime,
            Err(error) => return self.record(delivery, self.put_off(delivery, look_up, error.to_string())).await,
        };
        let _turn = runtime.turn.lock().await;
        let mut left = Vec::new();
        let recorded = match self.carry_out(&runtime, delivery, look_up, &mut left).await {
            Ok(attempt) => self.record(delivery, attempt).await,
            Err(error) => Err(error),
        };
        for left in left {
            if let Err(error) = self.keep_leftovers(&runtime, left).await {
                tracing::error!(connection = %runtime.id, %error, "what a connector left could not be stored");
            }
        }
        recorded
    }

    async fn record(&self, delivery: &Delivery, attempt: Attempt) -> Result<(), AppError> {
        metrics::counter!("comity_delivery_attempts_total", "result" => word(&attempt)).increment(1);
        let most = self.config.deliver.most_attempts;
        let (id, fence, now) = (delivery.id, delivery.fence, self.clock.now());
        self.store.record_attempt(self.organization, id, fence, &attempt, most, now).await?;
        self.wake.decide.notify_one();
        self.tell_case(delivery.case).await
    }

    async fn carry_out(
        &self,
        runtime: &Runtime,
        delivery: &Delivery,
        look_up: bool,
        left: &mut Vec<Leftovers>,
    ) -> Result<Attempt, AppError> {
        if look_up {
            if let Some(attempt) = self.look_up(runtime, delivery, left).await {
                return Ok(attempt);
            }
            // It surely did not arrive, so sending it is no repetition.
            self.store.is_not_there(self.organization, delivery.id, delivery.fence).await?;
        }
        Ok(self.send(runtime, delivery, left).await)
    }

    async fn send(&self, runtime: &Runtime, delivery: &Delivery, left: &mut Vec<Leftovers>) -> Attempt {
        let attempt = u32::try_from(delivery.attempts).unwrap_or(1);
        let text = match self.with_case_link(delivery).await {
            Ok(text) => text,
            Err(error) => return self.put_off(delivery, false, error.to_string()),
        };
        let context = runtime.context(self.clock.now());
        let mut output =
            runtime.plugin.send(context, reply(delivery, text), delivery.idempotency_key.clone(), attempt).await;
        self.absorb(runtime, &mut output, left);
        match output {
            Ok(CallOutput { result: Ok(receipt), .. }) => sent(receipt),
            Ok(CallOutput { result: Err(error), .. }) => self.failed(delivery, &error),
            // Once a request has gone out, nobody can say what became of it.
            Err(HostError::Stopped(stopped)) if stopped.usage.http_requests > 0 => {
                self.put_off(delivery, true, stopped.to_string())
            }
            Err(error) => self.put_off(delivery, false, error.to_string()),
        }
    }

    /// What the platform says became of it; nothing when it is not there.
    async fn look_up(&self, runtime: &Runtime, delivery: &Delivery, left: &mut Vec<Leftovers>) -> Option<Attempt> {
        if !runtime.plugin.can(Capability::Actions) {
            return Some(Attempt::Refused { error: CANNOT_ASK.into() });
        }
        let text = match self.with_case_link(delivery).await {
            Ok(text) => text,
            Err(error) => return Some(self.put_off(delivery, true, error.to_string())),
        };
        let context = runtime.context(self.clock.now());
        let mut output = runtime.plugin.lookup(context, reply(delivery, text), delivery.idempotency_key.clone()).await;
        self.absorb(runtime, &mut output, left);
        match output {
            Ok(CallOutput { result: Ok(found), .. }) => found.map(sent),
            Ok(CallOutput { result: Err(error), .. }) if error.code == ErrorCode::Unsupported => {
                Some(Attempt::Refused { error: CANNOT_ASK.into() })
            }
            Ok(CallOutput { result: Err(error), .. }) => {
                Some(Attempt::Unknown { error: error.message, look_up_at: self.retry_at(delivery, error.retry_after) })
            }
            Err(error) => Some(self.put_off(delivery, true, error.to_string())),
        }
    }

    /// Takes over what a call changed. That it cannot be kept changes nothing about what the call did.
    fn absorb<T>(&self, runtime: &Runtime, output: &mut Result<CallOutput<T>, HostError>, left: &mut Vec<Leftovers>) {
        match runtime.absorb(self, output) {
            Ok(kept) => left.push(kept),
            Err(error) => tracing::error!(connection = %runtime.id, %error, "what a connector left cannot be kept"),
        }
    }

    /// Later: sent again when it surely was not sent, looked up when it may have been.
    fn put_off(&self, delivery: &Delivery, may_have_arrived: bool, error: String) -> Attempt {
        let at = self.retry_at(delivery, None);
        if may_have_arrived { Attempt::Unknown { error, look_up_at: at } } else { Attempt::Retry { error, at } }
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

fn reply(delivery: &Delivery, text: String) -> Reply {
    Reply {
        text,
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

#[cfg(test)]
mod tests;
