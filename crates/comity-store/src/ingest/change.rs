//! Edits, deletions, reactions and erased accounts. Each gives the same state whether it comes after the post it is about
//! or before it.

use super::{
    engine::{ContactState, EarlyState, Engine},
    ids,
};
use crate::{
    codec::{clean, micros},
    entity,
};
use comity_domain::{
    PostId,
    event::EventKind,
    inbound::{InboundEvent, InboundPost},
    post::asks,
};
use serde_json::Value;
use uuid::Uuid;

impl Engine {
    /// Keeps a change until its post comes; whether it was news.
    pub(super) fn wait_for_post(&mut self, post: Uuid, event: &InboundEvent, received_at: i64) -> bool {
        let key = (post, event.dedupe_key());
        if self.early.contains_key(&key) {
            return false;
        }
        self.early.insert(key, EarlyState { event: event.clone(), received_at, is_new: true, is_done: false });
        true
    }

    /// Applies what came before its post.
    pub(super) fn changes_that_waited(&mut self, post: Uuid) {
        let waited = self.early.range_mut((post, String::new())..).take_while(|((of, _), _)| *of == post);
        let mut changes: Vec<(InboundEvent, i64)> = Vec::new();
        for (_, early) in waited {
            early.is_done = true;
            changes.push((early.event.clone(), early.received_at));
        }
        for (event, received_at) in changes {
            self.change(post, &event, received_at);
        }
    }

    /// A change of a post that is there. Whether it was news, and the case it touched.
    pub(super) fn change(&mut self, post: Uuid, event: &InboundEvent, received_at: i64) -> (bool, Vec<Uuid>) {
        let Some(state) = self.posts.get(&post) else { return (false, Vec::new()) };
        let (connection, case) = (state.row.connection_id, self.find(state.row.case_id));
        let id = ids::event(connection, &event.dedupe_key());
        let at = micros(event.at()).min(received_at);
        let (is_news, kind, action) = match event {
            InboundEvent::PostEdited(edited) => {
                (self.revise(post, edited, at), EventKind::PostEdited { post: PostId(post) }, "post.edit")
            }
            InboundEvent::PostDeleted { .. } => {
                (self.empty(post, at), EventKind::PostDeleted { post: PostId(post) }, "post.delete")
            }
            InboundEvent::Reaction { reaction, .. } => {
                (!self.known_events.contains(&id), EventKind::Reaction { reaction: clean(reaction) }, "post.react")
            }
            _ => return (false, Vec::new()),
        };
        if !is_news {
            return (false, Vec::new());
        }
        let about = Some(post).filter(|_| !matches!(event, InboundEvent::Reaction { .. }));
        self.record(id, case, at, received_at, &kind, about);
        self.note(connection, received_at, action, format!("post/{post}"), Some(case), Value::Null);
        self.touch(case, received_at);
        (true, vec![case])
    }

    /// Adds a text. The newest by its own time is the post's text, in whatever order they come; the text that the post
    /// began with is older than any edit.
    fn revise(&mut self, post: Uuid, edited: &InboundPost, at: i64) -> bool {
        let Some(state) = self.posts.get_mut(&post) else { return false };
        let row = &mut state.row;
        let revision = &edited.revision;
        if row.revision == *revision || state.revisions.contains(revision) {
            return false;
        }
        let is_deleted = row.deleted_at.is_some();
        let text = clean(&edited.text);
        let kept = |text: &str| if is_deleted { String::new() } else { text.to_owned() };
        let entry = |revision: &str, is_first, at, text: &str| entity::revision::Model {
            post_id: post,
            revision: revision.to_owned(),
            is_first,
            at,
            text: kept(text),
        };
        if row.edits == 0 {
            self.revisions.push(entry(&row.revision, true, row.revised_at, &row.text));
        }
        self.revisions.push(entry(revision, false, at, &text));
        if row.edits == 0 || is_newer((at, revision), (row.revised_at, &row.revision)) {
            state.revisions.insert(std::mem::replace(&mut row.revision, revision.clone()));
            row.revised_at = at;
            row.asks = asks(&text);
            row.text = kept(&text);
        } else {
            state.revisions.insert(revision.clone());
        }
        row.edits += 1;
        state.is_changed = true;
        true
    }

    /// Makes a post a tombstone; whether it was not one already.
    pub(super) fn empty(&mut self, post: Uuid, at: i64) -> bool {
        let Some(state) = self.posts.get_mut(&post) else { return false };
        let was_there = state.row.deleted_at.is_none();
        let deleted_at = state.row.deleted_at.map_or(at, |earlier| earlier.min(at));
        state.is_changed |= state.row.deleted_at != Some(deleted_at);
        state.row.deleted_at = Some(deleted_at);
        if was_there {
            state.row.text.clear();
            state.is_emptied = true;
            for revision in self.revisions.iter_mut().filter(|revision| revision.post_id == post) {
                revision.text.clear();
            }
        }
        was_there
    }

    /// Everything the account wrote until then becomes a tombstone, and what was known about it is forgotten.
    pub(super) fn account_erased(
        &mut self,
        connection: Uuid,
        author: &str,
        at: i64,
        received_at: i64,
    ) -> (bool, Vec<Uuid>) {
        let id = ids::contact(connection, author);
        let organization_id = self.organization.0;
        let contact =
            self.contacts.entry(id).or_insert_with(|| ContactState::unknown(id, organization_id, connection, author));
        if contact.row.erased_at.is_some_and(|earlier| earlier >= at) {
            return (false, Vec::new());
        }
        contact.row.erased_at = Some(at);
        if contact.row.seen_at <= at {
            contact.row.handle.clear();
            contact.row.display_name = None;
            contact.row.followers = None;
        }
        contact.is_changed = true;
        self.note(connection, received_at, "contact.erase", format!("contact/{id}"), None, Value::Null);
        let of_author = self.posts.values().filter(|post| post.row.author_id == id && post.row.at <= at);
        let mut posts: Vec<(Uuid, Uuid)> = of_author.map(|post| (post.row.id, post.row.case_id)).collect();
        posts.sort_unstable();
        let mut cases = Vec::new();
        for (post, case) in posts {
            if self.empty(post, at) {
                cases.push(self.find(case));
            }
        }
        cases.sort_unstable();
        cases.dedup();
        for &case in &cases {
            let event = ids::event(connection, &format!("erase:{author}:{case}"));
            self.record(event, case, at, received_at, &Self::contact_erased(id), None);
            self.touch(case, received_at);
        }
        (true, cases)
    }
}

/// By time, then by name: platforms that count their revisions mean 10 to come after 9.
fn is_newer((at, name): (i64, &str), (than_at, than): (i64, &str)) -> bool {
    let by_name = match (name.parse::<u64>(), than.parse::<u64>()) {
        (Ok(name), Ok(than)) => name.cmp(&than),
        _ => name.cmp(than),
    };
    at.cmp(&than_at).then(by_name).is_gt()
}
