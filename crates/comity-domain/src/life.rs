//! The life of a policy version: proposed, tried beside the live one, approved, live, retired.
//!
//! ```text
//! candidate ──► shadow ◄──► canary        (beside the live version; one at most)
//!     │           │           │
//!     ├───────────┴───────────┴──► live   (one at most) ──► retired ──► live again
//!     └──► retired (set aside)
//! ```
//!
//! Whether somebody may take a step stands in one place, [`may`]: what a page shows as "you cannot, because …" is worked out
//! by what refuses it when it is tried. [`Life::after`] takes the step. Both are pure; whoever calls them holds the lock
//! under which the life was read.
//!
//! What always holds: nobody approves what they wrote; an approval is for one impact report, named by its hash, and counts
//! only while that report is the present one; what decides without an approval says so.

mod canary;
mod may;

pub use canary::{LEAST_FAILURES, MOST_FAILED_PERCENT, Trial, is_chosen};
pub use may::{Action, Around, Asker, Refused, Why, is_current, is_unreviewed, may, needs_approval};

use crate::{PolicyVersionId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The largest share of cases that a canary may decide.
pub const MOST_CANARY_PERCENT: u8 = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Proposed; decides nothing.
    Candidate,
    /// Works out every decision beside the live version; nothing that it wants is done.
    Shadow,
    /// Live for a share of the cases, and beside the live version in all others.
    Canary,
    Live,
    /// Was live, or was set aside.
    Retired,
}

/// A version by the name that people say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: PolicyVersionId,
    pub number: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub by: UserId,
    pub at: Timestamp,
    pub note: String,
    /// Of the report that was looked at.
    pub impact_hash: String,
}

/// Made live at once, without an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakGlass {
    pub reason: String,
    /// Nobody: from the installation's own folder.
    pub by: Option<UserId>,
    pub at: Timestamp,
    pub reviewed: Option<Review>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub by: Option<UserId>,
    pub at: Timestamp,
    pub note: String,
}

/// Why a canary decides no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub at: Timestamp,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    pub state: State,
    /// Who proposed it; nobody: the installation itself.
    pub author: Option<UserId>,
    /// Who wrote in the draft before it was proposed.
    pub writers: BTreeSet<UserId>,
    /// The version that was live when it was proposed.
    pub base: Option<Named>,
    pub proposed_at: Timestamp,
    /// When it first went live.
    pub published_at: Option<Timestamp>,
    /// The newest; it may be stale.
    pub approval: Option<Approval>,
    pub break_glass: Option<BreakGlass>,
    pub canary_percent: Option<u8>,
    pub canary_stopped: Option<Stopped>,
}

/// What somebody does with a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Approve { impact_hash: String, note: String },
    Publish,
    BreakGlass { reason: String },
    Review { note: String },
    Shadow,
    Canary { percent: u8 },
    SetAside { reason: String },
    Restore { reason: String },
}

impl Life {
    /// A version just proposed.
    #[must_use]
    pub fn proposed(author: Option<UserId>, writers: BTreeSet<UserId>, base: Option<Named>, at: Timestamp) -> Self {
        Self {
            state: State::Candidate,
            author,
            writers,
            base,
            proposed_at: at,
            published_at: None,
            approval: None,
            break_glass: None,
            canary_percent: None,
            canary_stopped: None,
        }
    }

    /// The life after a step, if it may be taken. What it means for the version that was live is the caller's.
    pub fn after(mut self, step: &Step, asker: &Asker, around: &Around, at: Timestamp) -> Result<Self, Refused> {
        may(step.action(), &self, asker, around)?;
        match step {
            Step::Approve { impact_hash, note } => {
                if around.impact_hash.as_ref() != Some(impact_hash) {
                    return Err(Refused::impact_changed());
                }
                let by = asker.user.ok_or_else(Refused::not_a_person)?;
                self.approval = Some(Approval { by, at, note: note.clone(), impact_hash: impact_hash.clone() });
            }
            Step::Publish | Step::Restore { .. } => self.go_live(at),
            Step::BreakGlass { reason } => {
                self.go_live(at);
                self.break_glass = Some(BreakGlass { reason: reason.clone(), by: asker.user, at, reviewed: None });
            }
            Step::Review { note } => {
                if let Some(broken) = &mut self.break_glass {
                    broken.reviewed = Some(Review { by: asker.user, at, note: note.clone() });
                }
            }
            Step::Shadow => self.stand(State::Shadow),
            Step::Canary { percent } => {
                self.stand(State::Canary);
                self.canary_percent = Some(*percent);
            }
            Step::SetAside { .. } => self.stand(State::Retired),
        }
        Ok(self)
    }

    /// The canary's automatic return, and its return when another version goes live.
    #[must_use]
    pub fn stopped(mut self, reason: &str, at: Timestamp) -> Self {
        self.stand(State::Shadow);
        self.canary_stopped = Some(Stopped { at, reason: reason.to_owned() });
        self
    }

    fn go_live(&mut self, at: Timestamp) {
        self.stand(State::Live);
        self.published_at.get_or_insert(at);
    }

    fn stand(&mut self, state: State) {
        self.state = state;
        self.canary_percent = None;
        self.canary_stopped = None;
    }
}

impl Step {
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Approve { .. } => Action::Approve,
            Self::Publish => Action::Publish,
            Self::BreakGlass { .. } => Action::BreakGlass,
            Self::Review { .. } => Action::Review,
            Self::Shadow => Action::Shadow,
            Self::Canary { .. } => Action::Canary,
            Self::SetAside { .. } => Action::SetAside,
            Self::Restore { .. } => Action::Restore,
        }
    }
}

impl State {
    pub const ALL: [Self; 5] = [Self::Candidate, Self::Shadow, Self::Canary, Self::Live, Self::Retired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Shadow => "shadow",
            Self::Canary => "canary",
            Self::Live => "live",
            Self::Retired => "retired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Proposed, and not yet live or set aside.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Candidate | Self::Shadow | Self::Canary)
    }

    #[must_use]
    pub const fn is_beside(self) -> bool {
        matches!(self, Self::Shadow | Self::Canary)
    }
}

#[cfg(test)]
mod tests;
