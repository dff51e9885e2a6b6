//! What happens to one case, one thing after the other: events that are known, and breaches where they fall due between them.
//!
//! Deciding live, the tests of a bundle and the look ahead in the policy studio all tell a case's story with this, so that a
//! breach comes in its place in time in each of them: before whatever happened later, an answer that came too late among it.
//! Whoever tells the story calls [`Story::next`] (or [`Story::next_until`]), applies a [`step`](crate::step) and hands the
//! outcome to [`Story::turn`]. A story that is told again from its beginning, or made up, gets what happens one by one
//! ([`Story::bring`]); [`Past`] has what happened to a case as it is stored.
//!
//! Invariants: a breach is told once; at the same moment it comes before everything else, and a post before its edits; one that an earlier event has
//! undone by then is not told.

mod past;

pub use past::Past;

use crate::{
    EventId, ObligationId, Party, PostId,
    calendar::CalendarError,
    case::{Priority, Status},
    decision::Decision,
    event::{Event, EventKind},
    flow::Ending,
    ledger::{Moment, Move, Obligation, PostMoment, State},
    post::{Post, asks},
    refusal::NoAnswer,
    step::{Answers, AutomaticReply, Outcome, Policy, Snapshot, recount},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub struct Story {
    /// The case as it stands after what was told so far.
    pub snapshot: Snapshot,
    /// The posts that events are about and replies could be to.
    pub posts: Vec<Post>,
    /// Breaches that came up while the story was told.
    pub new_events: Vec<Event>,
    waiting: BTreeMap<Place, Event>,
    /// By what was broken and when that was due.
    told: HashSet<(ObligationId, Timestamp)>,
}

/// One thing that happens to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// Something that is decided about, with the post as it is by then.
    Event { event: Event, post: Option<Box<Post>> },
    /// A person does something to the case, which nothing is decided about.
    Act { at: Timestamp, act: Act },
}

/// What a person does to a case besides writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Close {
        reason: String,
    },
    Reopen,
    Label {
        labels: BTreeSet<String>,
    },
    Assign {
        team: Option<String>,
    },
    Rank {
        priority: Priority,
    },
    /// Replies that were held may leave.
    Release,
    /// The prepared reply is sent or put aside.
    DropDraft,
}

impl Happening {
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Event { event, .. } => event.at,
            Self::Act { at, .. } => *at,
        }
    }
}

/// Where an event stands: at one moment breaches first, then posts, then what becomes of them; then by id, so that the order
/// never depends on who came first.
type Place = (Timestamp, u8, EventId);

fn place(event: &Event) -> Place {
    let rank = match event.kind {
        EventKind::Breach { .. } => 0,
        EventKind::Post { .. } => 1,
        _ => 2,
    };
    (event.at, rank, event.id)
}

impl Story {
    /// Breaches that are recorded have been told.
    #[must_use]
    pub fn new(snapshot: Snapshot, posts: Vec<Post>) -> Self {
        let told = breached(&snapshot.obligations).map(|broken| (broken.id, broken.due_at)).collect();
        Self { snapshot, posts, new_events: Vec::new(), waiting: BTreeMap::new(), told }
    }

    pub fn add(&mut self, event: Event) {
        self.waiting.insert(place(&event), event);
    }

    /// Lets something happen: an event is the next to be told, an act is done at once. Whatever falls due before it has to be
    /// told by then.
    pub fn bring(&mut self, policy: &dyn Policy, happening: Happening) -> Result<(), CalendarError> {
        match happening {
            Happening::Event { event, post } => {
                if let EventKind::AccountErased { contact } = event.kind {
                    self.posts.iter_mut().filter(|post| post.author == contact).for_each(|post| empty(post, event.at));
                }
                if let Some(post) = post {
                    self.put(*post);
                }
                self.add(event);
                Ok(())
            }
            Happening::Act { at, act } => {
                self.act(act, at);
                self.count_again(policy, at)
            }
        }
    }

    /// Works the ledger out as of a moment at which nothing else happens.
    pub fn count_again(&mut self, policy: &dyn Policy, at: Timestamp) -> Result<(), CalendarError> {
        self.snapshot.obligations = recount(policy, &self.snapshot, at)?;
        Ok(())
    }

    /// A post as it is from now on.
    fn put(&mut self, post: Post) {
        let moment = PostMoment { post: post.id, party: post.party, at: post.at, asks: asks(&post.text) };
        match self.snapshot.posts.iter_mut().find(|known| known.post == post.id) {
            // What was asked was asked, also when the words are gone.
            Some(known) if post.deleted_at.is_none() => *known = moment,
            Some(_) => {}
            None => self.snapshot.posts.push(moment),
        }
        match self.posts.iter_mut().find(|known| known.id == post.id) {
            Some(known) => *known = post,
            None => self.posts.push(post),
        }
    }

    fn act(&mut self, act: Act, at: Timestamp) {
        let case = &mut self.snapshot.case;
        match act {
            Act::Close { reason } => {
                case.status = Status::Closed;
                case.closed_reason = Some(reason);
                case.moments.push(Moment { at, what: Move::Close });
                case.end_escalations(at, Ending::CaseClosed);
            }
            Act::Reopen => {
                case.status = Status::Open;
                case.closed_reason = None;
                case.moments.push(Moment { at, what: Move::Reopen });
            }
            Act::Label { labels } => case.labels = labels,
            Act::Assign { team } => case.team = team,
            Act::Rank { priority } => case.priority = priority,
            Act::Release => case.held_for = None,
            Act::DropDraft => case.draft = None,
        }
    }

    /// The next event or recorded breach; what still runs is left to its timer. A breach that comes up is noticed `now`.
    pub fn next(&mut self, now: Timestamp) -> Option<Event> {
        let breach = self.next_breach(None).map(|obligation| Event::breach(obligation, now));
        self.take(breach, None)
    }

    /// The next thing to happen up to a moment, when time passes by itself: what is due by then is broken when it is due.
    pub fn next_until(&mut self, until: Timestamp) -> Option<Event> {
        let breach = self.next_breach(Some(until)).map(|obligation| Event::breach(obligation, obligation.due_at));
        self.take(breach, Some(until))
    }

    fn take(&mut self, breach: Option<Event>, until: Option<Timestamp>) -> Option<Event> {
        let first = self.waiting.first_key_value().map(|(place, _)| *place);
        let first = first.filter(|(at, ..)| until.is_none_or(|until| *at <= until));
        let event = match (first, breach) {
            (Some(first), Some(breach)) if place(&breach) < first => self.told_now(breach),
            (None, Some(breach)) => self.told_now(breach),
            (Some(first), _) => self.waiting.remove(&first)?,
            (None, None) => return None,
        };
        if let EventKind::Breach { obligation, .. } = event.kind {
            self.told.insert((obligation, event.at));
        }
        Some(event)
    }

    /// A breach that waits already, because its timer was quicker, is that one.
    fn told_now(&mut self, breach: Event) -> Event {
        self.waiting.remove(&place(&breach)).unwrap_or_else(|| {
            self.new_events.push(breach.clone());
            breach
        })
    }

    /// What was broken first and has not been told.
    fn next_breach(&self, until: Option<Timestamp>) -> Option<&Obligation> {
        let due = |o: &&Obligation| until.is_some_and(|until| o.state == State::Running && o.due_at <= until);
        let broken = |o: &&Obligation| o.state == State::Breached || due(o);
        let untold = self.snapshot.obligations.iter().filter(|o| !self.told.contains(&(o.id, o.due_at)));
        untold.filter(broken).min_by_key(|obligation| (obligation.due_at, obligation.id))
    }

    /// The post that an event is about.
    #[must_use]
    pub fn post(&self, event: &Event) -> Option<&Post> {
        let id = about(&event.kind)?;
        self.posts.iter().find(|post| post.id == id)
    }

    /// The consumer's post that a reply would be to: the one that came, else the newest before it that is still there.
    pub fn answers(&self, event: &Event) -> Answers<'_> {
        let may_be = |post: &&Post| post.party == Party::Consumer && post.deleted_at.is_none();
        let before = self.posts.iter().filter(|post| post.at <= event.at).filter(may_be);
        let found = self.post(event).filter(may_be).or_else(|| before.max_by_key(|post| (post.at, post.id)));
        found.ok_or(NoAnswer::NothingLeft)
    }

    /// Goes on from what came of an event.
    pub fn turn(&mut self, outcome: Outcome) -> (Decision, Vec<AutomaticReply>) {
        self.snapshot.used.add(&outcome.decision);
        self.snapshot.case = outcome.case;
        self.snapshot.obligations = outcome.obligations;
        (outcome.decision, outcome.replies)
    }
}

/// The post that an event of this kind is about.
#[must_use]
pub const fn about(kind: &EventKind) -> Option<PostId> {
    match kind {
        EventKind::Post { post, .. } | EventKind::PostEdited { post } | EventKind::PostDeleted { post } => Some(*post),
        EventKind::Asked { post, .. } => *post,
        _ => None,
    }
}

/// A tombstone: that it was there stays, its words do not.
fn empty(post: &mut Post, at: Timestamp) {
    post.deleted_at = post.deleted_at.or(Some(at));
    post.text.clear();
}

fn breached(obligations: &[Obligation]) -> impl Iterator<Item = &Obligation> {
    obligations.iter().filter(|obligation| obligation.state == State::Breached)
}

#[cfg(test)]
mod tests;
