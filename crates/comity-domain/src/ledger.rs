//! Who owes what to whom by when, worked out from what happened.
//!
//! [`derive`] is a pure function of a case's moments, the charter and the calendar. Posts that come late, twice or in
//! another order give the same ledger once all of them are there, because it is worked out again from the beginning, in
//! the order of when things happened.
//!
//! Invariants: at most one obligation of an article is running or overdue at a time; what is settled stays settled whatever
//! comes after; closing a case ends what runs, so that nothing goes on counting after the matter is over, and opening it again
//! takes that up where it was.

use crate::{
    CaseId, ObligationId, Party, PostId,
    calendar::{Calendar, CalendarError},
    charter::{Charter, Signal},
};
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
    pub due_at: Timestamp,
    /// When it was met, waived or ended; for a breach, when it was made good all the same.
    pub settled_at: Option<Timestamp>,
    pub settled_by: Option<PostId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Running,
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
    /// The matter goes on: what the last close ended runs again from when it first began.
    Reopen,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Running, Self::Met, Self::Breached, Self::Waived, Self::Cancelled];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
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
        let mut open: Option<Obligation> = None;
        let mut closed: Option<Closed> = None;
        for step in &timeline {
            let at = step.at();
            if step.reopens()
                && let Some(closed) = closed.take()
                && open.is_none()
            {
                open = closed.resumed(&mut ledger);
            }
            closed = closed.map(|closed| closed.or_settled_by(step, &article.id, due.until));
            if step.closes() {
                closed = open.clone().map(|obligation| Closed { obligation, at: ledger.len(), settled: None });
            }
            // What settles comes before what starts: one post can end an obligation and begin the next.
            if let Some(obligation) = open.take_if(|_| step.settles(&article.id, due.until)) {
                ledger.push(settled(obligation, step));
            }
            if open.is_none() && step.starts(&article.id, due.from) {
                let id = obligation_id(case, &article.id, step);
                let promised = recorded.iter().find(|obligation| obligation.id == id).map(|known| known.due_at);
                open = Some(Obligation {
                    id,
                    case,
                    article: article.id.clone(),
                    party: article.party,
                    state: State::Running,
                    started_at: at,
                    started_by: step.post(),
                    due_at: promised.map_or_else(|| calendar.due(at, due.within), Ok)?,
                    settled_at: None,
                    settled_by: None,
                });
            }
        }
        if let Some(mut obligation) = open {
            if obligation.due_at <= now {
                obligation.state = State::Breached;
            }
            ledger.push(obligation);
        }
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
    let state = if obligation.state == State::Running { State::Cancelled } else { obligation.state };
    Obligation { state, settled_at: obligation.settled_at.or(Some(now)), ..obligation }
}

/// What ran when the case was closed, for when it is opened again.
struct Closed {
    obligation: Obligation,
    /// Where in the ledger it stands as ended.
    at: usize,
    /// How it was settled although the case was closed.
    settled: Option<Obligation>,
}

impl Closed {
    fn or_settled_by(mut self, step: &Step<'_>, article: &str, until: Signal) -> Self {
        if self.settled.is_none() && !step.closes() && step.settles(article, until) {
            self.settled = Some(settled(self.obligation.clone(), step));
        }
        self
    }

    /// Puts right what the ledger says of it; gives it back when it runs on.
    fn resumed(self, ledger: &mut Vec<Obligation>) -> Option<Obligation> {
        match self.settled {
            Some(settled) => {
                ledger[self.at] = settled;
                None
            }
            None => Some(ledger.remove(self.at)).map(|_| self.obligation),
        }
    }
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
        let Self::Post(post) = self else { return false };
        match signal {
            Signal::ConsumerPost => post.party == Party::Consumer,
            Signal::CompanyReply => post.party == Party::Company,
            Signal::CompanyQuestion => post.party == Party::Company && post.asks,
            Signal::Rule => false,
        }
    }

    fn starts(&self, article: &str, from: Signal) -> bool {
        self.gives(from) || matches!(self, Self::Other(Moment { what: Move::Start { article: a }, .. }) if a == article)
    }

    fn settles(&self, article: &str, until: Signal) -> bool {
        match self {
            Self::Post(_) => self.gives(until),
            Self::Other(moment) => match &moment.what {
                Move::Meet { article: a } | Move::Waive { article: a } => a == article,
                Move::Close => true,
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

fn settled(mut obligation: Obligation, step: &Step<'_>) -> Obligation {
    let at = step.at();
    obligation.state = match step {
        Step::Other(Moment { what: Move::Waive { .. }, .. }) => State::Waived,
        // A case that is closed because of a breach, at its very moment, does not undo it.
        Step::Other(Moment { what: Move::Close, .. }) if at >= obligation.due_at => State::Breached,
        _ if at > obligation.due_at => State::Breached,
        Step::Other(Moment { what: Move::Close, .. }) => State::Cancelled,
        _ => State::Met,
    };
    obligation.settled_at = Some(at);
    obligation.settled_by = step.post();
    obligation
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
