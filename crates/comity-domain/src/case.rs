//! One matter between the organization and a contact.

use crate::{
    CaseId, ConnectionId, ContactId, OrganizationId, UserId,
    flow::Ending,
    ledger::Moment,
    outcome::{Ask, Attestation, Request},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    pub organization: OrganizationId,
    /// Counts up within the organization; people say it aloud.
    pub number: i64,
    pub connection: ConnectionId,
    /// The consumer the case is with (the first who wrote).
    pub contact: Option<ContactId>,
    /// The brand or account spoken to.
    pub company: Option<String>,
    pub subject: String,
    pub status: Status,
    pub closed_reason: Option<String>,
    pub priority: Priority,
    pub labels: BTreeSet<String>,
    pub team: Option<String>,
    pub assignee: Option<UserId>,
    /// Briefs that whoever answers should have read.
    #[serde(default)]
    pub briefs: BTreeSet<String>,
    /// What whoever handles it must know.
    #[serde(default)]
    pub skills: BTreeSet<String>,
    /// The team that must release replies before any leaves.
    pub held_for: Option<String>,
    /// Flows started, in order.
    pub escalations: Vec<Escalation>,
    /// A reply prepared by policy that a person has not sent yet.
    pub draft: Option<Draft>,
    /// What a person was asked because policy could not know.
    pub questions: Vec<Question>,
    /// What moved the ledger besides posts: waivers, closings, explicit starts.
    pub moments: Vec<Moment>,
    /// What the sides said of whether it is solved.
    #[serde(default)]
    pub attestations: Vec<Attestation>,
    /// What the person concerned asked for.
    #[serde(default)]
    pub requests: Vec<Request>,
    pub opened_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts up with every change; a commit against an older one is refused.
    pub version: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Open,
    Closed,
    /// Its posts turned out to belong to another case.
    Merged,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    pub flow: String,
    pub at: Timestamp,
    pub rule: String,
    pub because: String,
    /// Since when it is over; then it can be started again.
    #[serde(default)]
    pub ended: Option<EscalationEnd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationEnd {
    pub at: Timestamp,
    pub how: Ending,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub template: String,
    pub text: String,
    pub rule: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub text: String,
    pub rule: String,
    pub at: Timestamp,
}

impl Case {
    /// A case in which nothing has happened yet, for tests and trials; the ones of an installation come from its database.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self {
            id: CaseId::derived(&[b"case"]),
            organization: OrganizationId::derived(&[b"organization"]),
            number: 1,
            connection: ConnectionId::derived(&[b"connection"]),
            contact: None,
            company: None,
            subject: String::new(),
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
            opened_at: at,
            updated_at: at,
            version: 0,
        }
    }

    /// What was asked for and nobody has answered.
    pub fn open_requests(&self, ask: Ask) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(move |request| request.ask == ask && request.answer.is_none())
    }

    /// Ends the flows that are at work.
    pub fn end_escalations(&mut self, at: Timestamp, how: Ending) {
        for escalation in self.escalations.iter_mut().filter(|one| one.ended.is_none()) {
            escalation.ended = Some(EscalationEnd { at, how });
        }
    }
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Merged => "merged",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::Merged].into_iter().find(|status| status.as_str() == text)
    }
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text)
    }
}
