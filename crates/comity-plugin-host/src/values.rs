//! The values of the calls, on the host's side of the boundary.

use comity_domain::{Timestamp, inbound::InboundEvent, post::Visibility};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// Who a connector is and what it asks for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    pub id: String,
    pub version: String,
    pub name: String,
    pub summary: String,
    pub publisher: String,
    /// JSON Schema 2020-12, checked to be one.
    pub config_schema: serde_json::Value,
    pub secrets: Vec<SecretField>,
    /// As declared, `{config:FIELD}` included; [`crate::wanted_origins`] fills them in.
    pub origins: Vec<String>,
    /// The only ones of `origins` that a secret goes to, by its name, for those that it is said of.
    pub secret_origins: BTreeMap<String, Vec<String>>,
    pub text_limit: Option<TextLimit>,
    pub features: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretField {
    pub name: String,
    pub title: String,
    pub help: String,
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextLimit {
    pub count: u32,
    /// `graphemes`, `codepoints` or `bytes`.
    pub unit: String,
}

/// What a component exports is what it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    Account,
    Source,
    Webhook,
    Files,
    Actions,
    Recheck,
}

/// The result of `poll`.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub events: Vec<InboundEvent>,
    /// For the next call; to be stored in the transaction that stores the events.
    pub cursor: Option<String>,
    pub more: bool,
    pub delay: Option<Duration>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookRequest {
    pub method: String,
    /// Below the connection's own address.
    pub path: String,
    /// As it came, without the question mark.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct WebhookAnswer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
    /// To be stored durably before the answer is sent.
    pub events: Vec<InboundEvent>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FilePiece {
    pub events: Vec<InboundEvent>,
    pub rejected: Vec<RejectedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedLine {
    pub line: u32,
    pub reason: String,
}

/// A reply as the platform is to show it; all ids are the platform's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    pub parent: Option<String>,
    pub root: Option<String>,
    pub conversation: Option<String>,
    pub visibility: Visibility,
    pub lang: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub external_id: String,
    pub url: Option<String>,
    pub at: Timestamp,
}
