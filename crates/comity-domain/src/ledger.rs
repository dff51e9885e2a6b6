//! Who owes what to whom by when, worked out from what happened.
//!
//! [`derive`] is a pure function of a case's moments, the charter and the calendar. Posts that come late, twice or in
//! another order give the same ledger once all of them are there, because it is worked out again from the beginning, in
//! the order of when things happened.
//!
//! Invariants: at most one obligation of an article is open at a time; what is settled stays settled whatever comes after;
//! closing a case ends what runs, so that nothing goes on counting after the matter is over, and opening it again takes that up
//! where it was; what is paused is not late; what was met was met by its due time.

mod clock;

use crate::{
    CaseId, ObligationId, Party, PostId,
    calendar::{Calendar, CalendarError, Stretch},
    charter::{Charter, Signal},
};
use clock::{Clock, Closed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An article at work in a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Obligation {
    /// Follows from case, article and what started it.
    pub id: ObligationId,
    pub case: CaseId,
    pub article: String,
    pub party: Party,
    pub state: State,
    pub started_at: Timestamp,
    pub started_by: Option<PostId>,
    /// What was promised when it started; a promise made is not moved by another charter or calendar.
    pub promised_at: Timestamp,
    /// The promised time, put off by what was paused. While it is paused, as if it went on right then.
    pub due_at: Timestamp,
    /// In order; the last one has no end while it is paused.
    pub pauses: Vec<Pause>,
    /// When it was met, waived or ended; for a breach, when it was made good all the same.
    pub settled_at: Option<Timestamp>,
    pub settled_by: Option<PostId>,
}

/// While the other side had something to say first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Timestamp,
    /// The post that it began with.
    pub by: Option<PostId>,
    pub until: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Running,
    /// The other side has something to say first.
    Paused,
    Met,
    Breached,
    Waived,
    /// The case was closed before it was due.
    Cancelled,
}

/// Something that moves the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostMoment {
    pub post: PostId,
    pub party: Party,
    pub at: Timestamp,
    pub asks: bool,
}

/// Something that moves the ledger and is not a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub at: Timestamp,
    pub what: Move,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    Start {
        article: String,
    },
    Meet {
        article: String,
    },
    Waive {
        article: String,
    },
    Close,
    /// A side says whether the matter is solved. It counts as a word of that side, though nobody owes an answer to a yes.
    Attest {
        party: Party,
        solved: bool,
    },
    /// The matter goes on: what the last close ended runs again from when it first began.
    Reopen,
}

impl State {
    pub const ALL: [Self; 6] = [Self::Running, Self::Paused, Self::Met, Self::Breached, Self::Waived, Self::Cancelled];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Breached => "breached",
            Self::Waived => "waived",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Obligation {
    /// Whether its party still has it before them.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.settled_at.is_none()
    }

    /// What of its time does not count, as far as that is over.
    #[must_use]
    pub fn paused_for(&self) -> Vec<Stretch> {
        let over = |pause: &Pause| Some(Stretch { from: pause.from, until: pause.until? });
        self.pauses.iter().filter_map(over).collect()
    }
}

/// The ledger of a case as of `now`.
///
/// `recorded` is the ledger as it was last written down: an obligation keeps the due time that it was promised with, and what
/// is settled or broken stays, also when the charter or the calendar says something else by now.
pub fn derive(
    case: CaseId,
    charter: &Charter,
    calendar: &Calendar,
    posts: &[PostMoment],
    moments: &[Moment],
    recorded: &[Obligation],
    now: Timestamp,
) -> Result<Vec<Obligation>, CalendarError> {
    let timeline = timeline(posts, moments, now);
    let mut ledger: Vec<Obligation> = Vec::new();
    for article in &charter.articles {
        let Some(due) = article.due else { continue };
        let mut open: Option<Clock<'_>> = None;
        let mut closed: Option<Closed<'_>> = None;
        for step in &timeline {
            if step.reopens()
                && let Some(closed) = closed.take()
                && open.is_none()
            {
                open = closed.resumed(&mut ledger);
            }
            if let Some(closed) = &mut closed {
                closed.goes_on(step)?;
            }
            if step.closes() {
                closed = open.clone().map(|clock| Closed { clock, at: ledger.len(), settled: None });
            }
            // What settles comes before what starts: one post can end an obligation and begin the next.
            if let Some(clock) = open.take_if(|_| step.settles(&article.id, due.until)) {
                ledger.push(clock.settled(step)?);
            }
            if let Some(clock) = &mut open {
                clock.pauses_or_resumes(step)?;
            } else if step.starts(&article.id, due.from) {
                let id = obligation_id(case, &article.id, step);
                let promised = recorded.iter().find(|obligation| obligation.id == id).map(|known| known.promised_at);
                let promised_at = promised.map_or_else(|| calendar.due(step.at(), due.within), Ok)?;
                let obligation = Obligation {
                    id,
                    case,
                    article: article.id.clone(),
                    party: article.party,
                    state: State::Running,
                    started_at: step.at(),
                    started_by: step.post(),
                    promised_at,
                    due_at: promised_at,
                    pauses: Vec::new(),
                    settled_at: None,
                    settled_by: None,
                };
                open = Some(Clock { obligation, due, calendar });
            }
        }
        ledger.extend(open.map(|clock| clock.looked_at(now)));
    }
    let is_gone = |article: &str| charter.articles.iter().all(|one| one.id != article || one.due.is_none());
    ledger.extend(
        recorded.iter().filter(|o| o.started_at <= now && is_gone(&o.article)).cloned().map(|o| withdrawn(o, now)),
    );
    ledger.sort_by(|a, b| a.started_at.cmp(&b.started_at).then_with(|| a.article.cmp(&b.article)));
    Ok(ledger)
}

/// An obligation of an article that the charter no longer has: what was still open ends.
fn withdrawn(obligation: Obligation, now: Timestamp) -> Obligation {
    let is_under_way = matches!(obligation.state, State::Running | State::Paused);
    let state = if is_under_way { State::Cancelled } else { obligation.state };
    Obligation { state, settled_at: obligation.settled_at.or(Some(now)), ..obligation }
}

/// One entry of the merged, time-ordered story.
enum Step<'a> {
    Post(&'a PostMoment),
    Other(&'a Moment),
}

impl Step<'_> {
    fn at(&self) -> Timestamp {
        match self {
            Self::Post(post) => post.at,
            Self::Other(moment) => moment.at,
        }
    }

    fn post(&self) -> Option<PostId> {
        match self {
            Self::Post(post) => Some(post.post),
            Self::Other(_) => None,
        }
    }

    const fn closes(&self) -> bool {
        matches!(self, Self::Other(Moment { what: Move::Close, .. }))
    }

    const fn reopens(&self) -> bool {
        matches!(self, Self::Other(Moment { what: Move::Reopen, .. }))
    }

    fn gives(&self, signal: Signal) -> bool {
        let post = match self {
            Self::Post(post) => post,
            Self::Other(Moment { what: Move::Attest { party, .. }, .. }) => {
                return signal == Signal::ConsumerPost && *party == Party::Consumer;
            }
            Self::Other(_) => return false,
        };
        match signal {
            Signal::ConsumerPost => post.party == Party::Consumer,
            Signal::CompanyReply => post.party == Party::Company,
            Signal::CompanyQuestion => post.party == Party::Company && post.asks,
            Signal::Rule => false,
        }
    }

    fn starts(&self, article: &str, from: Signal) -> bool {
        match self {
            Self::Other(Moment { what: Move::Start { article: a }, .. }) => a == article,
            Self::Other(Moment { what: Move::Attest { solved: true, .. }, .. }) => false,
            _ => self.gives(from),
        }
    }

    fn settles(&self, article: &str, until: Signal) -> bool {
        match self {
            Self::Post(_) => self.gives(until),
            Self::Other(moment) => match &moment.what {
                Move::Meet { article: a } | Move::Waive { article: a } => a == article,
                Move::Close => true,
                Move::Attest { .. } => self.gives(until),
                Move::Start { .. } | Move::Reopen => false,
            },
        }
    }
}

fn timeline<'a>(posts: &'a [PostMoment], moments: &'a [Moment], now: Timestamp) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = posts.iter().map(Step::Post).chain(moments.iter().map(Step::Other)).collect();
    steps.retain(|step| step.at() <= now);
    // At the same instant posts come first (a waiver answers the post that made it), then by id, so that the order of
    // arrival never matters.
    steps.sort_by_key(|step| (step.at(), step.post().is_none(), step.post()));
    steps
}

/// A post is one post wherever its case ends up; other moments are told apart by their case.
fn obligation_id(case: CaseId, article: &str, step: &Step<'_>) -> ObligationId {
    match step {
        Step::Post(post) => ObligationId::derived(&[article.as_bytes(), post.post.0.as_bytes()]),
        Step::Other(moment) => {
            let at = moment.at.as_nanosecond().to_le_bytes();
            ObligationId::derived(&[case.0.as_bytes(), article.as_bytes(), &at])
        }
    }
}

#[cfg(test)]
mod tests;
