//! Inbound events in a few words.

use super::at;
use comity_domain::{
    Party,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    post::Visibility,
};

fn inbound(id: &str, author: &str, seconds: i64, text: &str) -> InboundPost {
    InboundPost {
        external_id: id.to_owned(),
        revision: String::new(),
        author: InboundAuthor {
            external_id: author.to_owned(),
            handle: format!("@{author}"),
            display_name: None,
            followers: Some(12),
        },
        at: at(seconds),
        text: text.to_owned(),
        lang: None,
        url: None,
        in_reply_to: None,
        root: None,
        conversation: None,
        visibility: Visibility::Public,
        party: if author == "northwind" { Party::Company } else { Party::Consumer },
        company: Some("Northwind Air".to_owned()),
        names_us: Some(true),
    }
}

/// A post that begins a conversation; `northwind` is the company.
pub fn post(id: &str, author: &str, seconds: i64, text: &str) -> InboundEvent {
    InboundEvent::PostCreated(inbound(id, author, seconds, text))
}

pub fn reply(id: &str, to: &str, author: &str, seconds: i64, text: &str) -> InboundEvent {
    InboundEvent::PostCreated(InboundPost { in_reply_to: Some(to.to_owned()), ..inbound(id, author, seconds, text) })
}

pub fn edited(id: &str, revision: &str, author: &str, seconds: i64, text: &str) -> InboundEvent {
    InboundEvent::PostEdited(InboundPost { revision: revision.to_owned(), ..inbound(id, author, seconds, text) })
}

pub fn deleted(id: &str, seconds: i64) -> InboundEvent {
    InboundEvent::PostDeleted { external_id: id.to_owned(), at: at(seconds) }
}
