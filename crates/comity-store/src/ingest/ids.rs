//! Ids that follow from what the platform calls things, so that a repeat meets its own primary key.

use comity_domain::{AuditId, ContactId, EventId, PostId, inbound::InboundPost};
use uuid::Uuid;

pub fn post(connection: Uuid, external_id: &str) -> Uuid {
    PostId::derived(&[connection.as_bytes(), external_id.as_bytes()]).0
}

pub fn contact(connection: Uuid, external_id: &str) -> Uuid {
    ContactId::derived(&[b"contact", connection.as_bytes(), external_id.as_bytes()]).0
}

/// The event that a change becomes; `dedupe_key` names the change once per connection.
pub fn event(connection: Uuid, dedupe_key: &str) -> Uuid {
    EventId::derived(&[connection.as_bytes(), dedupe_key.as_bytes()]).0
}

pub fn audit(connection: Uuid, dedupe_key: &str) -> Uuid {
    AuditId::derived(&[connection.as_bytes(), dedupe_key.as_bytes()]).0
}

/// Every name that the thread of this post is known under.
pub fn anchors(connection: Uuid, post: &InboundPost) -> Vec<Uuid> {
    let posts = [Some(&post.external_id), post.in_reply_to.as_ref(), post.root.as_ref()];
    let posts = posts.into_iter().flatten().map(|id| post_anchor(connection, id));
    let conversation = post.conversation.iter().map(|name| anchor(connection, b"conversation", name));
    let mut ids: Vec<Uuid> = posts.chain(conversation).collect();
    ids.dedup();
    ids
}

/// The name that a thread has from one of its posts.
pub fn post_anchor(connection: Uuid, external_id: &str) -> Uuid {
    anchor(connection, b"post", external_id)
}

fn anchor(connection: Uuid, kind: &[u8], name: &str) -> Uuid {
    PostId::derived(&[b"anchor", connection.as_bytes(), kind, name.as_bytes()]).0
}
