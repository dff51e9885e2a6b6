//! Made-up cases: a few things that happen, decided as they would be live, and what is stored of them.
#![allow(dead_code)] // Each test file uses its part.

use comity_domain::{
    ConnectionId, ContactId, EventId, Party, PostId, Timestamp,
    case::Case,
    decision::Decision,
    event::{Event, EventKind},
    post::{Contact, Post, Visibility},
    step::{History, Snapshot, step},
    story::{Act, Happening, Past, Story},
};
use comity_policy::Policy;

/// One thing that happens, so many seconds after what was before.
#[derive(Clone, Debug)]
pub struct Move {
    pub after: i64,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Consumer { text: String, public: bool, names_us: Option<bool> },
    Stranger { text: String },
    Company { text: String },
    Edit { text: String },
    Delete,
    Reaction,
    Act(Act),
    Wait,
}

/// What is stored of a case.
pub struct Told {
    pub past: Past,
    pub decisions: Vec<Decision>,
}

pub const FIRST: i64 = 1_794_300_007;

/// Lets it all happen under a policy.
pub fn tell(policy: &Policy, moves: &[Move]) -> Told {
    let mut now = Timestamp::from_second(FIRST).unwrap();
    let contact = person("mara.lindgren", "Mara Lindgren");
    let stranger = person("otto_b", "Otto Berg");
    let case = Case {
        contact: Some(contact.id),
        company: Some("Northwind Air".to_owned()),
        number: 4_821,
        subject: "Mara Lindgren wrote from mara@mail.example".to_owned(),
        ..Case::new(now)
    };
    let history = History { cases: 1, ..History::default() };
    let snapshot = Snapshot {
        contact: Some(contact.clone()),
        history,
        others: vec![(stranger.clone(), History::default())],
        ..Snapshot::new(case)
    };
    let mut live = Live {
        policy,
        story: Story::new(snapshot, vec![]),
        events: Vec::new(),
        acts: Vec::new(),
        decisions: Vec::new(),
    };
    for one in moves {
        now += jiff::SignedDuration::from_secs(one.after);
        live.happen(now, &one.what, &contact, &stranger);
    }
    let Live { story, events, acts, decisions, .. } = live;
    let past = Past {
        case: story.snapshot.case,
        contact: Some(contact),
        history,
        others: vec![(stranger, History::default())],
        posts: story.posts,
        events,
        acts,
    };
    Told { past, decisions }
}

struct Live<'a> {
    policy: &'a Policy,
    story: Story,
    events: Vec<(Event, String)>,
    acts: Vec<(Timestamp, Act)>,
    decisions: Vec<Decision>,
}

impl Live<'_> {
    fn happen(&mut self, now: Timestamp, what: &What, contact: &Contact, stranger: &Contact) {
        self.pass(now);
        let newest = |story: &Story| {
            let theirs = |post: &&Post| post.party == Party::Consumer && post.deleted_at.is_none();
            story.posts.iter().rfind(theirs).cloned()
        };
        let (kind, post) = match what {
            What::Consumer { text, public, names_us } => {
                let visibility = if *public { Visibility::Public } else { Visibility::Private };
                let post = self.post(now, Party::Consumer, contact.id, text);
                let post = Post { visibility, names_us: *names_us, ..post };
                (EventKind::Post { post: post.id, party: Party::Consumer }, Some(post))
            }
            What::Stranger { text } => {
                let post = self.post(now, Party::Consumer, stranger.id, text);
                (EventKind::Post { post: post.id, party: Party::Consumer }, Some(post))
            }
            What::Company { text } => {
                let post = self.post(now, Party::Company, ContactId::derived(&[b"us"]), text);
                let post = Post { names_us: Some(true), ..post };
                (EventKind::Post { post: post.id, party: Party::Company }, Some(post))
            }
            What::Edit { text } => {
                let Some(post) = newest(&self.story) else { return };
                let post = Post { text: text.clone(), edits: post.edits + 1, ..post };
                (EventKind::PostEdited { post: post.id }, Some(post))
            }
            What::Delete => {
                let Some(post) = newest(&self.story) else { return };
                let post = Post { text: String::new(), deleted_at: Some(now), ..post };
                (EventKind::PostDeleted { post: post.id }, Some(post))
            }
            What::Reaction => (EventKind::Reaction { reaction: "like".into() }, None),
            What::Act(act) => {
                self.acts.push((now, act.clone()));
                return self.story.bring(self.policy, Happening::Act { at: now, act: act.clone() }).unwrap();
            }
            What::Wait => return,
        };
        let id = EventId::derived(&[b"live", &(self.events.len() as u64).to_le_bytes()]);
        let event = Event { id, case: self.story.snapshot.case.id, at: now, received_at: now, kind };
        self.story.bring(self.policy, Happening::Event { event, post: post.map(Box::new) }).unwrap();
        self.pass(now);
    }

    fn pass(&mut self, until: Timestamp) {
        while let Some(event) = self.story.next_until(until) {
            let (post, answers) = (self.story.post(&event), self.story.answers(&event));
            let text = post.map(|post| post.text.clone()).unwrap_or_default();
            let outcome = step(self.policy, &self.story.snapshot, &event, post, answers, event.at).unwrap();
            let (decision, _) = self.story.turn(outcome);
            self.decisions.push(decision);
            self.events.push((event, text));
        }
    }

    fn post(&self, at: Timestamp, party: Party, author: ContactId, text: &str) -> Post {
        let number = (self.story.posts.len() as u64).to_le_bytes();
        Post {
            id: PostId::derived(&[b"live", &number]),
            case: self.story.snapshot.case.id,
            connection: ConnectionId::derived(&[b"live"]),
            external_id: self.story.posts.len().to_string(),
            author,
            party,
            at,
            received_at: at,
            text: text.to_owned(),
            lang: Some("en".to_owned()),
            url: None,
            in_reply_to: None,
            root: None,
            parent: None,
            visibility: Visibility::Public,
            names_us: None,
            deleted_at: None,
            edits: 0,
        }
    }
}

fn person(handle: &str, name: &str) -> Contact {
    Contact {
        id: ContactId::derived(&[handle.as_bytes()]),
        connection: ConnectionId::derived(&[b"live"]),
        external_id: handle.to_owned(),
        handle: handle.to_owned(),
        display_name: Some(name.to_owned()),
        followers: Some(120),
        is_staff: false,
        is_customer: Some(true),
        customer_since: Some(Timestamp::from_second(FIRST - 400 * 86_400).unwrap()),
    }
}
