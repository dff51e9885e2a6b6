//! What a connector hands over: events in the platform's own ids, before they belong to any case.
//!
//! A connector may repeat itself and may come out of order. [`InboundEvent::dedupe_key`] names each change once
//! per connection, so that a repeat stores nothing.

use crate::{Party, post::Visibility};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One inbound change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InboundEvent {
    PostCreated(InboundPost),
    PostEdited(InboundPost),
    PostDeleted {
        external_id: String,
        at: Timestamp,
    },
    /// The platform says that this account and everything it wrote is gone.
    AccountErased {
        author_external_id: String,
        at: Timestamp,
    },
    Reaction {
        external_id: String,
        author: InboundAuthor,
        reaction: String,
        at: Timestamp,
    },
    /// News of something that was sent: delivered, rejected.
    DeliveryStatus {
        idempotency_key: String,
        status: String,
        external_id: Option<String>,
        at: Timestamp,
    },
    /// The connector knows that it may have missed something.
    Gap {
        from: Option<Timestamp>,
        to: Timestamp,
        note: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboundPost {
    pub external_id: String,
    /// Names this state of the post on its platform (a content id, an edit time); empty when there are no edits.
    #[serde(default)]
    pub revision: String,
    pub author: InboundAuthor,
    pub at: Timestamp,
    pub text: String,
    #[serde(default)]
    pub lang: Option<String>,
    #[serde(default)]
    pub url: Option<String>,
    /// The post this one answers.
    #[serde(default)]
    pub in_reply_to: Option<String>,
    /// The first post of the thread, where the platform says.
    #[serde(default)]
    pub root: Option<String>,
    /// The platform's own name for the whole conversation, where it has one.
    #[serde(default)]
    pub conversation: Option<String>,
    #[serde(default)]
    pub visibility: Visibility,
    /// `company` when the organization's own account wrote it.
    pub party: Party,
    /// The brand or account spoken to, for organizations that answer under several names.
    #[serde(default)]
    pub company: Option<String>,
    /// Whether the post is addressed to the organization; `None` when the connector cannot tell (a search hit).
    #[serde(default)]
    pub names_us: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InboundAuthor {
    pub external_id: String,
    pub handle: String,
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub followers: Option<u64>,
}

impl InboundEvent {
    /// Names this change once per connection.
    #[must_use]
    pub fn dedupe_key(&self) -> String {
        match self {
            Self::PostCreated(post) => format!("post:{}", post.external_id),
            Self::PostEdited(post) => format!("edit:{}:{}", post.external_id, post.revision),
            Self::PostDeleted { external_id, .. } => format!("delete:{external_id}"),
            Self::AccountErased { author_external_id, .. } => format!("erase:{author_external_id}"),
            Self::Reaction { external_id, author, reaction, .. } => {
                format!("react:{external_id}:{}:{reaction}", author.external_id)
            }
            Self::DeliveryStatus { idempotency_key, status, .. } => format!("delivery:{idempotency_key}:{status}"),
            Self::Gap { to, .. } => format!("gap:{to}"),
        }
    }

    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::PostCreated(post) | Self::PostEdited(post) => post.at,
            Self::PostDeleted { at, .. }
            | Self::AccountErased { at, .. }
            | Self::Reaction { at, .. }
            | Self::DeliveryStatus { at, .. } => *at,
            Self::Gap { to, .. } => *to,
        }
    }
}
