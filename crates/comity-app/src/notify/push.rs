//! Telling people in their browsers: web push (RFC 8030), encrypted for the one browser (RFC 8291) and signed by this installation
//! (RFC 8292).
//!
//! The address of a browser is named by whoever signs in with it, so requests leave as everything does that others may name: only
//! to the public internet, unless the settings grant more. What passes through a browser vendor's server is readable for the
//! browser alone, and says all the same only what a mail says.

use super::{NotifyConfig, Untold, words::Words};
use crate::{App, AppError, accounts::Caller};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use comity_domain::{Timestamp, UserId};
use comity_plugin_host::{
    Grants, Origin,
    egress::{Egress, EgressLimits, Request, SystemResolver},
};
use comity_store::{PushSubscription, User};
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer as _},
    elliptic_curve::sec1::ToEncodedPoint as _,
};
use serde::Serialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// Most browsers of one person; the oldest goes when another comes.
pub const MOST_BROWSERS: u64 = 10;
const LONGEST_ENDPOINT: usize = 2_000;
const LONGEST_NAME: usize = 100;
const AUTH_BYTES: usize = 16;
/// What a signature is good for; a day is the most that may be.
const SIGNED_FOR_SECONDS: i64 = 12 * 3_600;
const LIMITS: EgressLimits = EgressLimits { response: 64 * 1024, timeout: Duration::from_secs(20) };

/// The key that this installation signs with, and what messages leave through.
pub(crate) struct Push {
    key: SecretKey,
    egress: Egress,
}

/// What a browser shows.
#[derive(Debug, Serialize)]
pub(super) struct Message<'a> {
    pub title: &'a str,
    pub body: &'a str,
    /// Where a click leads.
    pub open: &'a str,
    /// A button, and where it leads.
    pub act: Option<Act<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Act<'a> {
    pub title: &'a str,
    pub open: &'a str,
}

/// A browser as it introduces itself.
pub struct NewBrowser {
    pub endpoint: String,
    /// Base64url.
    pub public_key: String,
    pub auth: String,
    pub name: String,
}

impl Push {
    /// The key is derived from the installation's own, so there is none to keep or to lose besides.
    pub fn new(vault: &crate::vault::Vault) -> Result<Self, AppError> {
        // One of four thousand million derived keys lies outside of the curve's range.
        let key = (0..8).find_map(|round| SecretKey::from_slice(&vault.derive_key(&format!("web push {round}"))).ok());
        let key = key.ok_or_else(|| AppError::internal("no key for web push can be derived"))?;
        Ok(Self { key, egress: Egress::new(Arc::new(SystemResolver)) })
    }

    /// What browsers are told to expect signatures of.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public_key().to_encoded_point(false).as_bytes())
    }

    /// Whether it arrived; nothing when there is no such browser any more.
    async fn send(
        &self,
        to: &PushSubscription,
        message: &Message<'_>,
        config: &NotifyConfig,
        public_url: &str,
        now: Timestamp,
    ) -> Result<Option<()>, Untold> {
        let refused = |why: &str| Untold::Refused(why.to_owned());
        let grants = grants(&to.endpoint, config).map_err(|why| refused(&why))?;
        let key = PublicKey::from_sec1_bytes(&to.public_key).map_err(|_| refused("its key is none"))?;
        let auth: [u8; AUTH_BYTES] = to.auth.as_slice().try_into().map_err(|_| refused("its secret is none"))?;
        let text = serde_json::to_vec(message).map_err(|error| Untold::Refused(error.to_string()))?;
        let body =
            web_push_native::encrypt(text, &key, &auth.into()).map_err(|error| Untold::Refused(error.to_string()))?;
        let audience = grants.origins.first().map(ToString::to_string).unwrap_or_default();
        let headers = [
            ("authorization", self.signed(&audience, public_url, config, now)),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", config.push_ttl_seconds.to_string()),
            ("urgency", "high".to_owned()),
        ];
        let request = Request {
            method: "POST".into(),
            url: to.endpoint.clone(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body,
            is_confidential: true,
        };
        let answer = self.egress.send(request, &grants, LIMITS).await.map_err(|refusal| {
            if refusal.is_policy() { Untold::Refused(refusal.to_string()) } else { Untold::Later(refusal.to_string()) }
        })?;
        match answer.status {
            200..=299 => Ok(Some(())),
            404 | 410 => Ok(None),
            408 | 429 | 500.. => Err(Untold::Later(format!("the push service answered {}", answer.status))),
            status => Err(Untold::Refused(format!("the push service answered {status}"))),
        }
    }

    /// `vapid t=…, k=…`: who sends this, for one push service and a while.
    fn signed(&self, audience: &str, public_url: &str, config: &NotifyConfig, now: Timestamp) -> String {
        let contact = config.push_contact.clone().unwrap_or_else(|| public_url.to_owned());
        let claims = json!({ "aud": audience, "exp": now.as_second() + SIGNED_FOR_SECONDS, "sub": contact });
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature: Signature = SigningKey::from(&self.key).sign(text.as_bytes());
        format!("vapid t={text}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public_key())
    }
}

/// What may be reached for a browser: its own origin, by https unless it lies in a network that the settings grant.
fn grants(endpoint: &str, config: &NotifyConfig) -> Result<Grants, String> {
    let url = url::Url::parse(endpoint).map_err(|_| "the address of the browser is none".to_owned())?;
    let origin = Origin::of(&url).map_err(|refusal| refusal.to_string())?;
    let is_granted = origin.address().is_some_and(|at| config.push_networks.iter().any(|net| net.contains(&at)));
    if origin.is_http() && !is_granted {
        return Err("a browser is reached by https only".to_owned());
    }
    let grants = Grants { origins: vec![origin], cidrs: config.push_networks.clone() };
    Egress::check(endpoint, &grants).map_err(|refusal| refusal.to_string())?;
    Ok(grants)
}

impl App {
    pub fn push_key(&self) -> String {
        self.push.public_key()
    }

    /// The caller's browsers.
    pub async fn browsers(&self, by: &Caller) -> Result<Vec<PushSubscription>, AppError> {
        Ok(self.store.push_subscriptions(by.user).await?)
    }

    /// From now on the caller is told in this browser too.
    pub async fn add_browser(&self, by: &Caller, new: NewBrowser) -> Result<PushSubscription, AppError> {
        let bytes = |pointer: &str, text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
            bytes.map_err(|_| AppError::invalid(pointer, "this is not base64url"))
        };
        if new.endpoint.len() > LONGEST_ENDPOINT {
            return Err(AppError::invalid("/endpoint", format!("it is longer than {LONGEST_ENDPOINT} characters")));
        }
        grants(&new.endpoint, &self.config.notify).map_err(|why| AppError::invalid("/endpoint", why))?;
        let public_key = bytes("/public_key", &new.public_key)?;
        if PublicKey::from_sec1_bytes(&public_key).is_err() {
            return Err(AppError::invalid("/public_key", "this is no key on P-256"));
        }
        let auth = bytes("/auth", &new.auth)?;
        if auth.len() != AUTH_BYTES {
            return Err(AppError::invalid("/auth", format!("it has to have {AUTH_BYTES} bytes")));
        }
        let one = PushSubscription {
            id: Uuid::now_v7(),
            user: by.user,
            endpoint: new.endpoint,
            public_key,
            auth,
            browser: new.name.trim().chars().take(LONGEST_NAME).collect(),
            made_at: self.clock.now(),
        };
        self.store.add_push_subscription(self.organization, &one, MOST_BROWSERS).await?;
        Ok(one)
    }

    pub async fn remove_browser(&self, by: &Caller, id: Uuid) -> Result<(), AppError> {
        let is_gone = self.store.remove_push_subscription(by.user, id).await?;
        if is_gone { Ok(()) } else { Err(AppError::NotFound { what: "browser" }) }
    }

    /// Sends one of the caller's browsers something to show.
    pub async fn test_browser(&self, by: &Caller, id: Uuid) -> Result<(), AppError> {
        let browsers = self.store.push_subscriptions(by.user).await?;
        let browser = browsers.into_iter().find(|one| one.id == id).ok_or(AppError::NotFound { what: "browser" })?;
        let language =
            self.notify_rules(by).await?.language.unwrap_or(self.live_policy()?.policy.settings().language.clone());
        let (title, body) = Words::of(&language).test();
        let message = Message { title, body, open: "/escalations", act: None };
        let failed = |why: String| AppError::Conflict {
            detail: format!("the browser could not be reached: {why}"),
            advice: "Try again later, or take the browser out and turn it on anew in that browser.".into(),
        };
        match self.push_to(&browser, &message).await {
            Ok(Some(())) => Ok(()),
            Ok(None) => Err(failed("it is not there any more".into())),
            Err(untold) => Err(failed(untold.to_string())),
        }
    }

    /// To every browser of somebody. It has arrived when it has in one; a browser that is gone is forgotten.
    pub(super) async fn push_to_all(&self, user: &User, message: &Message<'_>) -> Result<(), Untold> {
        let later = |error: comity_store::StoreError| Untold::Later(error.to_string());
        let mut failed = None;
        let mut has_arrived = false;
        for browser in self.store.push_subscriptions(user.id).await.map_err(later)? {
            match self.push_to(&browser, message).await {
                Ok(found) => has_arrived |= found.is_some(),
                // One that may be reached later is worth more than one that never will.
                Err(untold @ Untold::Later(_)) => failed = Some(untold),
                Err(untold @ Untold::Refused(_)) => failed = failed.or(Some(untold)),
            }
        }
        failed.filter(|_| !has_arrived).map_or(Ok(()), Err)
    }

    async fn push_to(&self, browser: &PushSubscription, message: &Message<'_>) -> Result<Option<()>, Untold> {
        let config = &self.config;
        let sent = self.push.send(browser, message, &config.notify, &config.public_url, self.clock.now()).await;
        if matches!(sent, Ok(None)) {
            let gone = self.store.remove_push_subscription(browser.user, browser.id).await;
            gone.map_err(|error| Untold::Later(error.to_string()))?;
        }
        sent
    }

    /// Who can be told in a browser.
    pub(crate) async fn with_browser(&self) -> Result<std::collections::HashSet<UserId>, AppError> {
        Ok(self.store.users_with_push(self.organization).await?)
    }
}
