//! Escalation flows: who is told, when, until someone acknowledges.
//!
//! A [`Flow`] is what a policy declares; a [`Run`] is one at work in a case. A run keeps the steps that it began with, whatever
//! the policy says later. [`Run::advance`] takes the steps that are due and says who is told; it is given the time and who there
//! is, and does nothing else.
//!
//! Invariants: nobody is told before it is due; what is late is told once and the wait begins when it is told, so that an
//! outage is not made up for by a storm; a step that reaches nobody is not waited for; a run that is acknowledged or over takes
//! no step.

use crate::{CaseId, FlowRunId, UserId, ledger::Obligation};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub name: String,
    pub because: String,
    /// The flow is over when what it serves is settled.
    pub article: Option<String>,
    pub steps: Vec<Step>,
    pub file: String,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Tell a team, a role, whoever is on call or a channel.
    Notify { target: Target },
    /// Go on only if nobody has acknowledged within these minutes.
    UnlessAcknowledged { minutes: u32 },
    /// Begin again from the first step, so many times.
    Repeat { times: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Team(String),
    Role(String),
    /// Whoever is on call for a team; the whole team when nobody is.
    OnCall(String),
    /// A room or an address on a platform, by the name that the policy has for it.
    Channel(String),
    /// Nobody else could be told.
    Owners,
    /// Somebody to whom it was handed over.
    Person(UserId),
}

/// A flow at work in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: FlowRunId,
    pub case: CaseId,
    pub flow: String,
    pub because: String,
    /// The rule that started it.
    pub rule: String,
    /// As they were when it started.
    pub steps: Vec<Step>,
    pub started_at: Timestamp,
    pub place: Place,
    /// When the next step is taken; nothing when there is none to take.
    pub next_at: Option<Timestamp>,
    pub acknowledged: Option<Acknowledged>,
    pub ended: Option<Ended>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// How often it has begun again.
    pub round: u32,
    /// The step that is next.
    pub step: u32,
    /// How many times somebody or nobody was told: counts the entries of its history.
    pub told: u32,
    /// How many people and channels were told in all.
    pub reached: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    pub at: Timestamp,
    pub by: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub at: Timestamp,
    pub how: Ending,
    /// What somebody wrote when they resolved it.
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Somebody said that the matter is dealt with.
    Resolved,
    /// The case was closed.
    CaseClosed,
    /// What it served was settled.
    Settled,
}

/// One time that a run told somebody, or found nobody to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Counts up within the run.
    pub number: u32,
    pub due_at: Timestamp,
    pub at: Timestamp,
    pub target: Target,
    pub people: Vec<UserId>,
    /// Why a channel could not be told.
    pub missed: Option<Missed>,
}

/// Whom a target comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    People(Vec<UserId>),
    /// A message to the channel is on its way.
    Channel,
    Missed(Missed),
}

/// Why a channel could not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// No connection is bound to its name.
    Unbound,
    /// Its connection is paused.
    Paused,
    /// Its connection cannot send messages of its own, only replies, or its connector is missing.
    CannotSend,
}

impl Missed {
    pub const ALL: [Self; 3] = [Self::Unbound, Self::Paused, Self::CannotSend];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unbound => "unbound",
            Self::Paused => "paused",
            Self::CannotSend => "cannot_send",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|missed| missed.as_str() == text)
    }
}

impl Ending {
    pub const ALL: [Self; 3] = [Self::Resolved, Self::CaseClosed, Self::Settled];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::CaseClosed => "case_closed",
            Self::Settled => "settled",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == text)
    }
}

impl Run {
    /// A run that has taken no step; its first is due at once.
    #[must_use]
    pub fn start(case: CaseId, flow: &Flow, rule: &str, at: Timestamp) -> Self {
        let when = at.as_nanosecond().to_le_bytes();
        Self {
            id: FlowRunId::derived(&[case.0.as_bytes(), flow.name.as_bytes(), &when]),
            case,
            flow: flow.name.clone(),
            because: flow.because.clone(),
            rule: rule.to_owned(),
            steps: flow.steps.clone(),
            started_at: at,
            place: Place::default(),
            next_at: Some(at),
            acknowledged: None,
            ended: None,
        }
    }

    #[must_use]
    pub const fn waits(&self) -> bool {
        self.acknowledged.is_none() && self.ended.is_none()
    }

    /// Takes the steps that are due by now, up to the next wait. `reach` says who there is to be told.
    pub fn advance(&mut self, now: Timestamp, reach: &dyn Fn(&Target) -> Reach) -> Vec<Told> {
        let Some(due_at) = self.next_at.filter(|&due_at| due_at <= now && self.waits()) else { return Vec::new() };
        self.next_at = None;
        let mut told = Vec::new();
        let mut reached = 0;
        while let Some(step) = self.steps.get(self.place.step as usize).cloned() {
            match step {
                Step::Notify { target } => reached += self.tell(target, due_at, now, reach, &mut told),
                // Nobody can acknowledge what nobody was told.
                Step::UnlessAcknowledged { .. } if reached == 0 => {}
                Step::UnlessAcknowledged { minutes } => {
                    self.place.step += 1;
                    let wait = SignedDuration::from_mins(minutes.into());
                    self.next_at = Some(now.saturating_add(wait).unwrap_or(Timestamp::MAX));
                    return told;
                }
                Step::Repeat { times } if self.place.round < times => {
                    self.place.round += 1;
                    self.place.step = 0;
                    // Another round over people who are not there finds nobody either.
                    if self.place.reached == 0 {
                        break;
                    }
                    continue;
                }
                Step::Repeat { .. } => {}
            }
            self.place.step += 1;
        }
        self.place.step = self.steps.len() as u32;
        if self.place.reached == 0 {
            self.tell(Target::Owners, due_at, now, reach, &mut told);
        }
        told
    }

    /// A message to a channel was given up, so that it reached nobody after all. When nobody else was reached the next step is
    /// not waited for.
    pub fn unheard(&mut self, now: Timestamp) {
        self.place.reached = self.place.reached.saturating_sub(1);
        if self.place.reached == 0 && self.waits() {
            self.next_at = Some(self.next_at.map_or(now, |at| at.min(now)));
        }
    }

    /// Who would be told at the next step.
    #[must_use]
    pub fn coming(&self) -> Vec<&Target> {
        let mut targets = Vec::new();
        let (mut at, mut round) = (self.place.step as usize, self.place.round);
        while let Some(step) = self.steps.get(at) {
            match step {
                Step::Notify { target } => targets.push(target),
                Step::UnlessAcknowledged { .. } if targets.is_empty() => {}
                Step::UnlessAcknowledged { .. } => break,
                Step::Repeat { times } if round < *times => {
                    round += 1;
                    at = 0;
                    continue;
                }
                Step::Repeat { .. } => {}
            }
            at += 1;
        }
        targets
    }

    fn tell(
        &mut self,
        target: Target,
        due_at: Timestamp,
        at: Timestamp,
        reach: &dyn Fn(&Target) -> Reach,
        told: &mut Vec<Told>,
    ) -> u32 {
        let (people, missed, reached) = match reach(&target) {
            Reach::People(people) => {
                let reached = people.len() as u32;
                (people, None, reached)
            }
            Reach::Channel => (Vec::new(), None, 1),
            Reach::Missed(missed) => (Vec::new(), Some(missed), 0),
        };
        told.push(Told { number: self.place.told, due_at, at, target, people, missed });
        self.place.told += 1;
        self.place.reached += reached;
        reached
    }
}

/// When what a flow serves was settled after it began, if nothing of it is open any more.
#[must_use]
pub fn settled_at(article: &str, since: Timestamp, ledger: &[Obligation]) -> Option<Timestamp> {
    let of: Vec<&Obligation> = ledger.iter().filter(|obligation| obligation.article == article).collect();
    let last = of.iter().filter_map(|obligation| obligation.settled_at).max();
    last.filter(|&at| at >= since && !of.iter().any(|obligation| obligation.is_open()))
}

#[cfg(test)]
mod tests;
