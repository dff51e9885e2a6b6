//! Telling another system what happens to escalations, as Standard Webhooks
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).
//!
//! An announcement says which case and why, and nothing that somebody wrote. It is kept until the other side has said that it
//! heard it, and may then have come twice, under one id.

use crate::{App, AppError};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use comity_domain::{Timestamp, UserId};
use comity_store::Announcement;
use futures::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use std::{sync::Arc, time::Duration};
use zeroize::Zeroizing;

/// Most that are sent in one go.
const BATCH: u64 = 50;
/// What secrets begin with that are base64 after it.
const PREFIX: &str = "whsec_";
/// The fewest bytes of a secret; the specification asks for as many.
const FEWEST_BYTES: usize = 24;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnnounceConfig {
    /// Where announcements are posted to; without it nothing is announced.
    pub url: Option<String>,
    /// A file in the data folder with the secret that they are signed with, `whsec_…`; or set COMITY_ANNOUNCE_SECRET.
    pub secret_file: Option<String>,
    pub most_attempts: i64,
    pub first_retry_seconds: u64,
    /// How long one attempt may take before another worker may try.
    pub lease_seconds: u64,
    pub scan_seconds: u64,
}

impl Default for AnnounceConfig {
    fn default() -> Self {
        Self {
            url: None,
            secret_file: None,
            most_attempts: 12,
            first_retry_seconds: 5,
            lease_seconds: 60,
            scan_seconds: 5,
        }
    }
}

/// What announcements are signed with.
pub struct Secret(Zeroizing<Vec<u8>>);

/// One announcement on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub id: String,
    /// Seconds since 1970, at this attempt.
    pub timestamp: i64,
    pub signature: String,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// The other side wants nothing of the kind any more.
    #[error("the other side refuses it for good: {0}")]
    Gone(String),
    #[error("{0}")]
    Later(String),
}

/// What announcements leave through.
pub trait Announcer: Send + Sync {
    fn post(&self, signed: Signed) -> BoxFuture<'_, Result<(), Unheard>>;
    fn secret(&self) -> &Secret;
}

impl Secret {
    /// Reads `whsec_` and base64.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = text.trim().strip_prefix(PREFIX).and_then(|rest| STANDARD.decode(rest).ok());
        let bytes = Zeroizing::new(bytes.ok_or_else(|| format!("it does not read {PREFIX} and then base64"))?);
        if bytes.len() < FEWEST_BYTES {
            Err(format!("it has fewer than {FEWEST_BYTES} bytes"))
        } else {
            Ok(Self(bytes))
        }
    }

    fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { unreachable!("HMAC takes keys of any length") };
        let mac = mac.chain_update(format!("{id}.{timestamp}.{body}")).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(mac))
    }
}

pub async fn run(app: Arc<App>) {
    let Some(announcer) = app.announcer.clone() else { return };
    let scan = Duration::from_secs(app.config.announce.scan_seconds.max(1));
    while !app.stop.is_cancelled() {
        match app.announce_due(announcer.as_ref()).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "announcing failed; it is tried again"),
        }
        tokio::select! {
            () = app.wake.announce.notified() => {}
            () = tokio::time::sleep(scan) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
    /// Sends what is due; how many that were.
    pub async fn announce_due(&self, announcer: &dyn Announcer) -> Result<usize, AppError> {
        let now = self.clock.now();
        let again_at = after(now, self.config.announce.lease_seconds);
        let due = self.store.take_announcements(self.organization, now, again_at, BATCH).await?;
        for one in &due {
            let signed = self.signed(one, announcer.secret()).await?;
            match announcer.post(signed).await {
                Ok(()) => {
                    metrics::counter!("comity_announcements_total", "result" => "heard").increment(1);
                    self.store.announced(one.id).await?;
                }
                Err(error) => self.unheard(one, &error).await?,
            }
        }
        Ok(due.len())
    }

    async fn unheard(&self, one: &Announcement, error: &Unheard) -> Result<(), AppError> {
        let config = &self.config.announce;
        let gives_up = matches!(error, Unheard::Gone(_)) || one.attempts >= config.most_attempts;
        let result = if gives_up { "given_up" } else { "retry" };
        metrics::counter!("comity_announcements_total", "result" => result).increment(1);
        tracing::warn!(id = %one.id, attempts = one.attempts, %error, gives_up, "an announcement was not heard");
        let doublings = u32::try_from(one.attempts - 1).unwrap_or(0).min(12);
        let now = self.clock.now();
        let again_at = (!gives_up).then(|| after(now, config.first_retry_seconds.saturating_mul(1 << doublings)));
        Ok(self.store.not_announced(self.organization, one, again_at, &error.to_string(), now).await?)
    }

    async fn signed(&self, one: &Announcement, secret: &Secret) -> Result<Signed, AppError> {
        let row = self.store.case_row(self.organization, one.case).await?;
        let key = match row {
            Some(row) => Some(format!("{}-{}", self.organization().await?.key_prefix, row.case.number)),
            None => None,
        };
        let people = self.people().await?;
        let name = |id: &str| id.parse().ok().and_then(|id: uuid::Uuid| people.get(&UserId(id))).cloned();
        let mut data = one.data.clone();
        if let Some(data) = data.as_object_mut() {
            let url = self.config.public_url.trim_end_matches('/');
            data.insert("case_key".into(), json!(key));
            data.insert("case_url".into(), json!(key.as_ref().map(|key| format!("{url}/cases/{key}"))));
            let told =
                data.get_mut("details").and_then(|details| details.get_mut("people")).and_then(Value::as_array_mut);
            for person in told.into_iter().flatten() {
                *person = json!({ "id": person.clone(), "name": person.as_str().and_then(name) });
            }
        }
        let body = json!({ "type": one.kind, "timestamp": one.at, "data": data }).to_string();
        let (id, timestamp) = (format!("msg_{}", one.id.simple()), self.clock.now().as_second());
        let signature = secret.sign(&id, timestamp, &body);
        Ok(Signed { id, timestamp, signature, body })
    }
}

fn after(now: Timestamp, seconds: u64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds.cast_signed())).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the specification.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        for (wrong, why) in [("hello", "base64"), ("whsec_§", "base64"), ("whsec_aGVsbG8=", "fewer than 24 bytes")] {
            assert!(Secret::parse(wrong).err().unwrap().contains(why), "{wrong}");
        }
    }
}
