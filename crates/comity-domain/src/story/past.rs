//! What happened to a case, as it is stored: from the first post to the last, without what any policy made of it.
//!
//! Breaches are left out, since whoever tells the story finds out for themselves what is broken when. What a person did
//! stays: they did it, whatever a policy would have advised.

use super::{Act, Happening, Story, about, empty, place};
use crate::{
    case::{Case, Priority, Status},
    event::{Event, EventKind},
    post::{Contact, Post},
    step::{History, Snapshot},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The case as it stands now.
    pub case: Case,
    pub contact: Option<Contact>,
    pub history: History,
    /// Others who wrote in it, each with the cases that we have had with them.
    pub others: Vec<(Contact, History)>,
    /// Posts as they stand now.
    pub posts: Vec<Post>,
    /// What happened, with the text that was decided about, which a later edit has replaced.
    pub events: Vec<(Event, String)>,
    pub acts: Vec<(Timestamp, Act)>,
}

impl Past {
    /// The case before anything happened.
    #[must_use]
    pub fn beginning(&self) -> Story {
        let case = Case {
            status: Status::Open,
            closed_reason: None,
            priority: Priority::Normal,
            labels: BTreeSet::new(),
            team: None,
            assignee: None,
            briefs: BTreeSet::new(),
            skills: BTreeSet::new(),
            held_for: None,
            escalations: Vec::new(),
            draft: None,
            questions: Vec::new(),
            moments: Vec::new(),
            attestations: Vec::new(),
            requests: Vec::new(),
            updated_at: self.case.opened_at,
            version: 0,
            ..self.case.clone()
        };
        let (contact, others) = (self.contact.clone(), self.others.clone());
        let snapshot = Snapshot { contact, history: self.history, others, ..Snapshot::new(case) };
        Story::new(snapshot, Vec::new())
    }

    /// Everything that happened, in order; what people did comes after what else happened at that moment.
    #[must_use]
    pub fn happenings(&self) -> Vec<Happening> {
        let told = self.events.iter().filter(|(event, _)| !matches!(event.kind, EventKind::Breach { .. }));
        let mut events: Vec<&(Event, String)> = told.collect();
        events.sort_by_key(|(event, _)| place(event));
        let events = events.into_iter().map(|(event, text)| {
            let post = self.posts.iter().find(|post| Some(post.id) == about(&event.kind));
            Happening::Event { event: event.clone(), post: post.map(|post| Box::new(then(post, event, text))) }
        });
        let acts = self.acts.iter().map(|(at, act)| Happening::Act { at: *at, act: act.clone() });
        let mut happenings: Vec<Happening> = events.chain(acts).collect();
        // Stable, so that what has an order keeps it.
        happenings.sort_by_key(Happening::at);
        happenings
    }
}

/// A post as it was once an event had happened to it.
fn then(post: &Post, event: &Event, text: &str) -> Post {
    let mut post = post.clone();
    if let EventKind::PostDeleted { .. } = event.kind {
        empty(&mut post, event.at);
    } else {
        post.deleted_at = None;
        text.clone_into(&mut post.text);
    }
    post
}
