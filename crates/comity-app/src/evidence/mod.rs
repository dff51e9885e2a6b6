//! What a policy that is being written would do: over the latest decided events next to the live version, over one case as
//! it went, and in its own tests.
//!
//! Everything here reads and nothing writes. Two things are kept in memory so that an answer comes while somebody still
//! looks at what they typed: the facts of the latest events ([`kept`]) and the drafts compiled last ([`drafts`]). Of
//! several requests of one person only the newest is worked on ([`turns`]), and one request at a time in all, so that
//! typing takes no more than one processor from deciding.

mod count;
mod coverage;
mod drafts;
mod kept;
mod past;
mod pinned;
mod rule;
mod saved;
mod timeline;
mod turns;

pub use count::{Counted, Unknown};
pub use coverage::{ArticleCoverage, Coverage, RuleCoverage};
pub use pinned::{Mark, Pinned};
pub use rule::{DayCount, OutcomeCount, RulePage};
pub use saved::SavedTest;
pub use timeline::{Moment, MomentKind};

use crate::{App, AppError, policies::Files};
use comity_domain::{
    CaseId, Timestamp, UserId,
    compare::{CaseDiff, Tally},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// What is asked about a draft.
pub struct Question {
    pub files: Files,
    /// A case to look at more closely.
    pub case: Option<CaseId>,
    /// The moment at which that case is looked at; now, when it is left out.
    pub now: Option<Timestamp>,
}

pub struct Evidence {
    pub took: Duration,
    pub tally: Tally,
    /// The newest events that are decided differently.
    pub cases: Vec<CaseDiff>,
    /// Facts that rules of the draft lacked, the most frequent first.
    pub unknown: Vec<Unknown>,
    pub pinned: Option<Pinned>,
}

/// What is kept between requests.
pub(crate) struct State {
    drafts: drafts::Drafts,
    kept: tokio::sync::Mutex<kept::Kept>,
    turns: turns::Turns,
    one: Arc<Semaphore>,
    tests: rule::LiveTests,
}

impl Default for State {
    fn default() -> Self {
        Self {
            drafts: drafts::Drafts::default(),
            kept: tokio::sync::Mutex::default(),
            turns: turns::Turns::default(),
            one: Arc::new(Semaphore::new(1)),
            tests: rule::LiveTests::default(),
        }
    }
}

impl App {
    /// What the draft would have done with the latest decided events, where the live version did something else, and what
    /// it makes of the pinned case.
    pub async fn evidence(&self, question: Question, user: UserId) -> Result<Evidence, AppError> {
        let started = Instant::now();
        let turn = self.evidence.turns.begin(user);
        let superseded = || AppError::Superseded;
        let one = tokio::select! {
            one = Arc::clone(&self.evidence.one).acquire_owned() => one.map_err(|_| superseded())?,
            () = turn.is_over() => return Err(superseded()),
        };
        let draft = self.draft(question.files).await?;
        let kept = self.kept_events().await?;
        let (policy, events, token) = (Arc::clone(&draft), kept, turn.token());
        let most = self.config.evidence.cases;
        // The turn goes with the work, which does not end when whoever asked goes away.
        let (counted, _one) = self.blocking(move || (count::count(&policy, &events, most, &token), one)).await?;
        let Counted { tally, differences, unknown } = counted.ok_or_else(superseded)?;
        let cases = self.store.case_diffs(self.organization, differences).await?;
        let pinned = match question.case {
            Some(case) => Some(self.pinned(draft, case, question.now).await?),
            None => None,
        };
        Ok(Evidence { took: started.elapsed(), tally, cases, unknown, pinned })
    }
}

#[cfg(test)]
mod tests;
