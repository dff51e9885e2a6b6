//! Plays one test.

use super::{
    expect::{self, Observed},
    file::{Author, Step, Test},
    when,
};
use crate::{Policy, stopwatch::Deadline};
use comity_domain::{
    ConnectionId, ContactId, EventId, ObligationId, Party, PostId, Timestamp,
    case::Case,
    event::{Event, EventKind},
    facts::{Facts, ReplyFacts, TopicFacts},
    ledger::{PostMoment, State},
    post::{Contact, Post, Visibility, asks},
    refusal::NoAnswer,
    step::{Snapshot, step},
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// When a test of plain facts takes place unless it says so: a Monday morning.
const GIVEN_NOW: &str = "2026-03-02T09:00:00Z";

pub(super) fn play(policy: &Policy, test: &Test, until: Deadline) -> Result<(), String> {
    if let Some(given) = &test.given {
        let evaluation = policy.evaluate(&given_facts(&policy.settings().topics, given, &test.author)?);
        let observed = Observed {
            rules: evaluation.rules,
            effects: evaluation.effects,
            failure: evaluation.failure,
            ..Observed::default()
        };
        return expect::step(&test.expect, &observed);
    }
    let mut story: Option<Story> = None;
    for (index, written) in test.step.iter().enumerate() {
        let in_step = |message: String| format!("Step {}: {message}", index + 1);
        let at = time_of(policy, written, story.as_ref().map(|story| story.now)).map_err(in_step)?;
        let story = match &mut story {
            Some(story) => story,
            none => none.insert(Story::begin(policy, &test.author, at, until).map_err(in_step)?),
        };
        let observed = story.play(written, at).map_err(in_step)?;
        expect::step(&written.expect, &observed).map_err(in_step)?;
        let Snapshot { case, obligations, .. } = &story.snapshot;
        expect::case(&written.expect, case, obligations, policy.calendar()).map_err(in_step)?;
    }
    Ok(())
}

fn time_of(policy: &Policy, step: &Step, before: Option<Timestamp>) -> Result<Timestamp, String> {
    let at = match (&step.at, &step.after, before) {
        (Some(at), None, _) => when::moment(at, policy.calendar())?,
        (None, Some(after), Some(before)) => when::after(before, after)?,
        (None, None, Some(before)) => before,
        (None, _, None) => return Err("the first step needs a time, at = \"…\"".to_owned()),
        (Some(_), Some(_), _) => return Err("write either at or after".to_owned()),
    };
    match before {
        Some(before) if at < before => Err("this is earlier than the step before".to_owned()),
        _ => Ok(at),
    }
}

/// A case while its story is told.
struct Story<'a> {
    policy: &'a Policy,
    snapshot: Snapshot,
    posts: Vec<Post>,
    now: Timestamp,
    events: u64,
    breached: HashSet<ObligationId>,
    /// What happened last, for guards, which look at the case as it stands after it.
    last: Option<(Event, Option<Post>)>,
    /// When the run has to be over.
    until: Deadline,
}

impl<'a> Story<'a> {
    fn begin(policy: &'a Policy, author: &Author, at: Timestamp, until: Deadline) -> Result<Self, String> {
        let contact = Contact {
            id: ContactId::derived(&[b"contact"]),
            connection: ConnectionId::derived(&[b"connection"]),
            external_id: author.handle.clone(),
            handle: author.handle.clone(),
            display_name: author.display_name.clone(),
            followers: author.followers,
            is_staff: author.is_staff,
            is_customer: author.is_customer,
            customer_since: author.customer_since.as_ref().map(|at| when::moment(at, policy.calendar())).transpose()?,
        };
        let snapshot = Snapshot {
            case: Case { contact: Some(contact.id), ..Case::new(at) },
            posts: Vec::new(),
            obligations: Vec::new(),
            contact: Some(contact),
            earlier_cases: author.earlier_cases,
            others: Vec::new(),
            surge: Arc::default(),
        };
        let (posts, breached) = (Vec::new(), HashSet::new());
        Ok(Self { policy, snapshot, posts, now: at, events: 0, breached, last: None, until })
    }

    fn play(&mut self, written: &Step, at: Timestamp) -> Result<Observed, String> {
        let mut observed = Observed::default();
        self.fall_due(at, &mut observed)?;
        self.now = at;
        if let Some(text) = &written.consumer {
            self.post(Party::Consumer, text, written, &mut observed)?;
        } else if let Some(text) = &written.company {
            self.post(Party::Company, text, written, &mut observed)?;
        } else if let Some(text) = &written.reply {
            let reply = ReplyFacts { text: text.clone(), is_public: written.public, is_automatic: written.automatic };
            let (event, post) = self.last.as_ref().ok_or("somebody must have written before a reply")?;
            let snapshot = &self.snapshot;
            let facts =
                comity_domain::step::facts(&snapshot.case, snapshot, &snapshot.obligations, event, post.as_ref());
            observed.verdicts = Some(self.policy.guard(&Facts { now: at, ..facts }, &reply));
        } else if written.deleted {
            self.delete(&mut observed)?;
        } else {
            // Time alone: the case is counted again as of now.
            self.snapshot.obligations =
                comity_domain::step::recount(self.policy, &self.snapshot, at).map_err(|error| error.to_string())?;
        }
        Ok(observed)
    }

    /// Breaches happen when they are due, as their timers would make them, and may cause further ones.
    fn fall_due(&mut self, until: Timestamp, observed: &mut Observed) -> Result<(), String> {
        for _ in 0..self.policy.limits().test_breaches {
            let due = self.snapshot.obligations.iter().filter(|o| {
                o.is_open() && matches!(o.state, State::Running | State::Breached) && !self.breached.contains(&o.id)
            });
            let Some(next) = due.filter(|o| o.due_at <= until).min_by_key(|o| (o.due_at, o.id)).cloned() else {
                return Ok(());
            };
            self.breached.insert(next.id);
            self.now = next.due_at;
            self.happen(&Event::breach(&next, next.due_at), None, observed)?;
        }
        Err("promises break one after the other without end: a rule on a breach starts what breaks next".to_owned())
    }

    fn post(&mut self, party: Party, text: &str, written: &Step, observed: &mut Observed) -> Result<(), String> {
        let number = self.posts.len().to_le_bytes();
        let post = Post {
            id: PostId::derived(&[b"post", &number]),
            case: self.snapshot.case.id,
            connection: self.snapshot.case.connection,
            external_id: self.posts.len().to_string(),
            author: ContactId::derived(&[if party == Party::Consumer { b"contact" } else { b"company" }]),
            party,
            at: self.now,
            received_at: self.now,
            text: text.to_owned(),
            lang: written.lang.clone(),
            url: None,
            in_reply_to: None,
            root: None,
            parent: None,
            visibility: if written.public { Visibility::Public } else { Visibility::Private },
            names_us: written.names_us.or((party == Party::Company).then_some(true)),
            deleted_at: None,
            edits: 0,
        };
        self.snapshot.posts.push(PostMoment { post: post.id, party, at: self.now, asks: asks(text) });
        self.posts.push(post.clone());
        let event = self.event(EventKind::Post { post: post.id, party });
        self.happen(&event, Some(&post), observed)
    }

    fn delete(&mut self, observed: &mut Observed) -> Result<(), String> {
        let last = self.posts.iter_mut().rev().find(|post| post.party == Party::Consumer && post.deleted_at.is_none());
        let post = last.ok_or("there is nothing of the consumer's to delete")?;
        post.deleted_at = Some(self.now);
        post.text.clear();
        let post = post.clone();
        let event = self.event(EventKind::PostDeleted { post: post.id });
        self.happen(&event, Some(&post), observed)
    }

    fn event(&mut self, kind: EventKind) -> Event {
        self.events += 1;
        let id = EventId::derived(&[b"event", &self.events.to_le_bytes()]);
        Event { id, case: self.snapshot.case.id, at: self.now, received_at: self.now, kind }
    }

    fn happen(&mut self, event: &Event, post: Option<&Post>, observed: &mut Observed) -> Result<(), String> {
        if self.until.is_over() {
            return Err("the tests take too long together; leave out what repeats".to_owned());
        }
        let there = |post: &&Post| post.party == Party::Consumer && post.deleted_at.is_none();
        let answers = self.posts.iter().rfind(there).ok_or(NoAnswer::NothingLeft);
        let outcome =
            step(self.policy, &self.snapshot, event, post, answers, self.now).map_err(|error| error.to_string())?;
        self.snapshot.case = outcome.case;
        self.snapshot.obligations = outcome.obligations;
        observed.rules.extend(outcome.decision.rules);
        observed.effects.extend(outcome.decision.effects);
        observed.failure = observed.failure.take().or(outcome.decision.fallback);
        observed.sent.extend(outcome.replies.into_iter().map(|reply| reply.template));
        if let EventKind::Post { party: Party::Consumer, .. } = event.kind {
            self.last = Some((event.clone(), post.cloned()));
        }
        Ok(())
    }
}

/// Topic to the word lists that tell it.
type Topics = BTreeMap<String, Vec<String>>;

/// An ordinary public post, with what the test says otherwise.
pub(super) fn given_facts(topics: &Topics, given: &toml::Table, author: &Author) -> Result<Facts, String> {
    let unknown = TopicFacts::default();
    let topics: BTreeMap<&String, &TopicFacts> = topics.keys().map(|topic| (topic, &unknown)).collect();
    let facts = serde_json::json!({
        "now": GIVEN_NOW,
        "event": {
            "kind": "post", "at": GIVEN_NOW, "party": "consumer", "text": "", "lang": null, "is_public": true,
            "names_us": null, "breach_of": null,
        },
        "case": {
            "is_open": true, "is_held": false, "priority": "normal", "labels": [], "team": null, "company": null,
            "company_replies": 0, "consumer_posts": 1, "unanswered_replies": 0, "has_draft": false, "escalations": [],
            "closed_reason": null, "opened_at": GIVEN_NOW, "last_consumer_post_at": null, "last_company_reply_at": null,
        },
        "author": {
            "handle": author.handle, "display_name": author.display_name, "is_staff": author.is_staff,
            "is_customer": author.is_customer, "customer_since": author.customer_since, "followers": author.followers,
            "earlier_cases": author.earlier_cases,
        },
        "charter": { "running": [], "breached": [], "met": [] },
        "surge": {
            "posts_last_hour": null, "usual_posts_per_hour": null, "similar_posts": null, "topics": topics,
        },
    });
    let given = serde_json::to_value(given).map_err(|error| error.to_string())?;
    let merged = merge(facts, given, "given")?;
    serde_json::from_value(merged).map_err(|error| format!("given: {error}"))
}

fn merge(mut facts: serde_json::Value, given: serde_json::Value, path: &str) -> Result<serde_json::Value, String> {
    use serde_json::Value::Object;
    match (&mut facts, given) {
        (Object(facts), Object(given)) => {
            for (key, value) in given {
                let path = format!("{path}.{key}");
                let Some(before) = facts.get_mut(&key) else { return Err(format!("There is no fact {path}.")) };
                *before = merge(before.take(), value, &path)?;
            }
        }
        (before, value) => *before = value,
    }
    Ok(facts)
}
