//! A case as the steps of a test: with stand-ins for who is named, and its times moved.

use super::{CaseStory, lines};
use crate::{
    Policy,
    scenario::{
        file::{self, Author, Change, Step, Test, Wordless},
        pseudonyms::Pseudonyms,
        when,
    },
};
use comity_domain::{
    EventId, Party, PostId, Timestamp,
    event::{Event, EventKind},
    facts::AuthorFacts,
    ledger::Move,
    outcome::Ask,
    post::{Post, Visibility},
    story::{Act, Happening, Past},
};
use jiff::{SignedDuration, civil, tz::TimeZone};
use std::collections::BTreeMap;

/// The week in which written tests take place.
const FIRST_MONDAY: civil::Date = civil::date(2026, 3, 2);
const LONGEST_SUBJECT: usize = 60;

/// The test without expectations, and which events each of its steps tells.
pub(super) fn test(policy: &Policy, story: &CaseStory) -> Result<(Test, Vec<Vec<EventId>>), String> {
    Writer::new(policy, story)?.test(story)
}

struct Writer<'a> {
    pseudonyms: Pseudonyms<'a>,
    zone: TimeZone,
    /// By how much every time is moved.
    shift: SignedDuration,
    posts: Vec<PostId>,
}

impl<'a> Writer<'a> {
    fn new(policy: &'a Policy, story: &CaseStory) -> Result<Self, String> {
        let Past { case, contact, others, .. } = story.past;
        let mut pseudonyms = Pseudonyms::new(policy, story.ours, case.company.as_deref());
        for one in contact.iter().chain(others.iter().map(|(other, _)| other)) {
            pseudonyms.meet(&one.handle, one.display_name.as_deref());
        }
        for author in story.decisions.iter().map(|decision| &decision.facts.author) {
            pseudonyms.meet(&author.handle, author.display_name.as_deref());
        }
        story.staff.iter().for_each(|name| pseudonyms.meet("", Some(name)));
        let zone = TimeZone::get(&policy.calendar().time_zone).map_err(|error| error.to_string())?;
        let first = story.past.events.iter().map(|(event, _)| event.at).min();
        let first = first.ok_or("nothing has been decided in this case yet")?;
        let shift = monday_of_its_own(first, &zone)?;
        Ok(Self { pseudonyms, zone, shift, posts: Vec::new() })
    }

    fn test(&mut self, story: &CaseStory) -> Result<(Test, Vec<Vec<EventId>>), String> {
        let past = story.past;
        let facts = |event: EventId| {
            story.decisions.iter().find(|decision| decision.event == event).map(|decision| &decision.facts.author)
        };
        let author = past.events.iter().min_by_key(|(event, _)| (event.at, event.id)).and_then(|(e, _)| facts(e.id));
        let mut test = Test {
            name: self.name(past),
            author: author.map(|author| self.author(author)).unwrap_or_default(),
            brand: past.case.company.clone(),
            given: None,
            expect: file::Expected::default(),
            step: Vec::new(),
        };
        let mut told: Vec<Vec<EventId>> = Vec::new();
        let mut now: Option<Timestamp> = None;
        for Told { at: then, happening, breaches } in with_breaches(past) {
            let at = self.moved(then)?;
            let mut step = Step::default();
            match now {
                None => step.at = Some(when::written(at, &self.zone)),
                Some(before) if at > before => step.after = Some(lines::length(at.duration_since(before))),
                Some(_) => {}
            }
            let events = if let Some(happening) = happening {
                let event = match &happening {
                    Happening::Event { event, .. } => Some(event.id),
                    Happening::Act { .. } => None,
                };
                let by = event.filter(|_| is_by_somebody_else(&happening, past)).and_then(facts);
                let by = by.map(|author| self.author(author));
                self.step(&mut step, &happening, by);
                event.into_iter().chain(breaches).collect()
            } else {
                step.wait = true;
                breaches
            };
            now = Some(now.map_or(at, |before| before.max(at)));
            test.step.push(step);
            told.push(events);
        }
        Ok((test, told))
    }

    fn step(&mut self, step: &mut Step, happening: &Happening, by: Option<Author>) {
        match happening {
            Happening::Event { event, post } => match (&event.kind, post) {
                (EventKind::Post { party, .. }, Some(post)) => self.post(step, *party, post, by),
                (EventKind::PostEdited { .. }, Some(post)) => {
                    step.edited = Some(self.pseudonyms.text(&post.text));
                    step.of = self.place(post.id);
                }
                (EventKind::PostDeleted { .. }, Some(post)) => {
                    step.deleted = true;
                    step.of = self.place(post.id);
                }
                (EventKind::DeliveryFailed { .. }, _) => step.happens = Some(Wordless::DeliveryFailed),
                (EventKind::AccountErased { .. }, _) => step.happens = Some(Wordless::AccountErased),
                (EventKind::Joined { .. }, _) => step.happens = Some(Wordless::Joined),
                (EventKind::Attested { party, solved, .. }, _) => {
                    step.happens = Some(match (party, solved) {
                        (Party::Company, true) => Wordless::SolvedByUs,
                        (Party::Company, false) => Wordless::NotSolvedByUs,
                        (Party::Consumer, true) => Wordless::Solved,
                        (Party::Consumer, false) => Wordless::NotSolved,
                    });
                }
                (EventKind::Asked { ask, .. }, _) => {
                    step.happens = Some(match ask {
                        Ask::Appeal => Wordless::Appeal,
                        Ask::Correction => Wordless::CorrectionRequest,
                        Ask::Erasure => Wordless::ErasureRequest,
                    });
                }
                (EventKind::Answered { .. }, _) => step.happens = Some(Wordless::RequestAnswered),
                _ => step.happens = Some(Wordless::Reaction),
            },
            Happening::Act { act, .. } => person(step, act),
        }
    }

    fn post(&mut self, step: &mut Step, party: Party, post: &Post, by: Option<Author>) {
        self.posts.push(post.id);
        let text = self.pseudonyms.text(&post.text);
        match party {
            Party::Consumer => (step.consumer, step.author) = (Some(text), by),
            Party::Company => step.company = Some(text),
        }
        step.public = (post.visibility == Visibility::Private).then_some(false);
        let usual = (party == Party::Company).then_some(true);
        step.names_us = post.names_us.filter(|names_us| Some(*names_us) != usual);
        step.lang.clone_from(&post.lang);
    }

    fn place(&self, post: PostId) -> Option<usize> {
        self.posts.iter().position(|known| *known == post).map(|index| index + 1)
    }

    fn author(&mut self, facts: &AuthorFacts) -> Author {
        let handle = self.pseudonyms.handle(&facts.handle);
        let name = facts.display_name.as_ref().map(|name| self.pseudonyms.text(name));
        Author {
            handle,
            display_name: name,
            is_staff: facts.is_staff,
            is_customer: facts.is_customer,
            customer_since: facts.customer_since.and_then(|at| self.written(at)),
            followers: facts.followers.map(i64::unsigned_abs),
            earlier_cases: facts.earlier_cases,
            open_cases: facts.open_cases,
            broken_promises: facts.broken_promises,
            last_case_at: facts.last_case_at.and_then(|at| self.written(at)),
        }
    }

    fn name(&mut self, past: &Past) -> String {
        let subject = self.pseudonyms.text(&past.case.subject);
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let beginning: String = subject.chars().take(LONGEST_SUBJECT).collect();
        let more = if beginning.len() < subject.len() { "…" } else { "" };
        format!("Case {} as it went: {beginning}{more}", past.case.number)
    }

    fn written(&self, at: Timestamp) -> Option<String> {
        self.moved(at).ok().map(|at| when::written(at, &self.zone))
    }

    /// Moved into the week of written tests, in whole seconds.
    fn moved(&self, at: Timestamp) -> Result<Timestamp, String> {
        let moved = at.checked_add(self.shift).map_err(|error| error.to_string())?;
        Timestamp::from_second(moved.as_second()).map_err(|error| error.to_string())
    }
}

/// By how much to move what began then, so that it begins on the same day of the week at the same time of day.
fn monday_of_its_own(first: Timestamp, zone: &TimeZone) -> Result<SignedDuration, String> {
    let local = zone.to_datetime(first);
    let day =
        FIRST_MONDAY.checked_add(SignedDuration::from_hours(24 * i64::from(local.weekday().to_monday_zero_offset())));
    let moved = day.and_then(|day| zone.to_timestamp(day.to_datetime(local.time())));
    moved.map(|moved| moved.duration_since(first)).map_err(|error| error.to_string())
}

/// What one step tells.
struct Told {
    at: Timestamp,
    /// Nothing: time passes.
    happening: Option<Happening>,
    /// The broken promises that come to light in it.
    breaches: Vec<EventId>,
}

/// What happened with its time, and when promises were broken, which happens by itself as time passes.
fn with_breaches(past: &Past) -> Vec<Told> {
    let told = |happening: Happening| Told { at: happening.at(), happening: Some(happening), breaches: Vec::new() };
    let mut all: Vec<Told> = past.happenings().into_iter().map(told).collect();
    let mut waits: BTreeMap<Timestamp, Vec<EventId>> = BTreeMap::new();
    for breach in breaches(past) {
        let at = noticed(past, breach.at);
        let opening = |one: &&mut Told| one.at == at && one.happening.as_ref().is_some_and(opens);
        match all.iter_mut().find(opening).filter(|_| at > breach.at) {
            Some(opening) => opening.breaches.push(breach.id),
            None => waits.entry(at).or_default().push(breach.id),
        }
    }
    let waits = waits.into_iter().map(|(at, breaches)| Told { at, happening: None, breaches });
    let mut all: Vec<Told> = waits.chain(all).collect();
    all.sort_by_key(|one| one.at);
    all
}

fn breaches(past: &Past) -> impl Iterator<Item = &Event> {
    past.events.iter().map(|(event, _)| event).filter(|event| matches!(event.kind, EventKind::Breach { .. }))
}

/// When a promise that broke then came to light: at once, or when the case was opened again that had been closed before.
fn noticed(past: &Past, broke: Timestamp) -> Timestamp {
    let mut moments: Vec<_> = past.case.moments.iter().collect();
    moments.sort_by_key(|moment| moment.at);
    let (before, after): (Vec<_>, Vec<_>) = moments.into_iter().partition(|moment| moment.at < broke);
    let is_closed = before.iter().rev().find_map(|moment| match moment.what {
        Move::Close => Some(true),
        Move::Reopen => Some(false),
        _ => None,
    });
    let opened = after.iter().find(|moment| moment.what == Move::Reopen);
    opened.filter(|_| is_closed == Some(true)).map_or(broke, |moment| moment.at)
}

/// What can open a case that was closed.
fn opens(happening: &Happening) -> bool {
    match happening {
        Happening::Act { act, .. } => matches!(act, Act::Reopen),
        Happening::Event { event, .. } => matches!(event.kind, EventKind::Post { party: Party::Consumer, .. }),
    }
}

fn is_by_somebody_else(happening: &Happening, past: &Past) -> bool {
    let Happening::Event { post: Some(post), .. } = happening else { return false };
    past.others.iter().any(|(other, _)| other.id == post.author)
}

/// What a person does.
fn person(step: &mut Step, act: &Act) {
    let mut set = Change::default();
    match act {
        Act::Close { reason } => return step.closed = Some(reason.clone()),
        Act::Reopen => return step.reopened = true,
        Act::Label { labels } => set.labels = Some(labels.clone()),
        Act::Assign { team } => set.team = Some(team.clone().unwrap_or_default()),
        Act::Rank { priority } => set.priority = Some(*priority),
        Act::Release => set.is_held = Some(false),
        Act::DropDraft => set.has_draft = Some(false),
    }
    step.set = Some(set);
}
