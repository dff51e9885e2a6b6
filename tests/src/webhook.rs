//! The sender of a webhook, as the Standard Webhooks specification has it: an id, a time, and an HMAC over both and the body.

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::api::{self, Api};

/// 32 bytes, as the specification asks for.
pub const SECRET: &str = "whsec_c2l4dGVlbiBieXRlcyB0d2ljZSBtYWtlIGEga2V5IQ==";

#[derive(Clone)]
pub struct Webhook {
    pub connection: String,
    pub url: String,
    key: Vec<u8>,
}

impl Webhook {
    /// Adds a webhook connection to a server.
    pub async fn connect(api: &Api, server: &str, config: Value) -> Result<Self> {
        let body = json!({
            "connector": "webhook", "name": "Front desk", "config": config, "secrets": {"signing_secret": SECRET},
            "private_networks": ["127.0.0.0/8", "::1/128"],
        });
        let made = api.post("/connections", &body).await?;
        let connection = made["id"].as_str().context("the connection has no id")?.to_owned();
        Ok(Self::known(server, connection))
    }

    pub fn known(server: &str, connection: String) -> Self {
        let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("the secret is base64");
        Self { url: format!("{server}/hooks/{connection}"), connection, key }
    }

    /// Sends what a platform would send, signed now.
    pub async fn send(&self, id: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
        let body = body.to_string().into_bytes();
        let mut request = api::http_client().post(&self.url).header("content-type", "application/json");
        for (name, value) in self.headers(id, crate::now(), &body) {
            request = request.header(name, value);
        }
        request.body(body).send().await
    }

    /// The three headers that prove who sent it.
    pub fn headers(&self, id: &str, at: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
        let seconds = at.as_second();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        [("webhook-id", id.to_owned()), ("webhook-timestamp", seconds.to_string()), ("webhook-signature", signature)]
    }
}
