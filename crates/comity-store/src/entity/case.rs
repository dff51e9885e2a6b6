//! A case, with what lists need worked out beside it.

use crate::{
    StoreError,
    codec::{from_json, json, micros, time, word},
};
use comity_domain::{
    CaseId, ConnectionId, ContactId, OrganizationId, Party, UserId,
    case::{Case, Draft, Escalation, Priority, Question, Status},
    ledger::{Moment, Obligation, State},
    outcome::{Attestation, Request},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organization_id: Uuid,
    pub number: i64,
    pub connection_id: Uuid,
    pub contact_id: Option<Uuid>,
    pub company: Option<String>,
    pub subject: String,
    pub status: String,
    pub closed_reason: Option<String>,
    pub priority: String,
    pub labels: String,
    pub team: Option<String>,
    pub assignee_id: Option<Uuid>,
    pub held_for: Option<String>,
    pub data: String,
    pub opened_at: i64,
    pub updated_at: i64,
    pub version: i64,
    pub merged_into: Option<Uuid>,
    pub excerpt: String,
    pub handle: String,
    pub posts: i64,
    pub asked_at: Option<i64>,
    pub answered_at: Option<i64>,
    pub turn: Option<String>,
    pub due_sort: i64,
    pub is_overdue: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a case has that no query asks for.
#[derive(Default, Serialize, Deserialize)]
struct Data {
    escalations: Vec<Escalation>,
    draft: Option<Draft>,
    questions: Vec<Question>,
    moments: Vec<Moment>,
    #[serde(default)]
    briefs: BTreeSet<String>,
    #[serde(default)]
    skills: BTreeSet<String>,
    #[serde(default)]
    attestations: Vec<Attestation>,
    #[serde(default)]
    requests: Vec<Request>,
}

/// The column `due_sort` of a case in which nothing is due: after all others.
pub const NEVER: i64 = i64::MAX;

/// The part of a case's `data` column.
pub fn data(case: &Case) -> String {
    json(&Data {
        escalations: case.escalations.clone(),
        draft: case.draft.clone(),
        questions: case.questions.clone(),
        moments: case.moments.clone(),
        briefs: case.briefs.clone(),
        skills: case.skills.clone(),
        attestations: case.attestations.clone(),
        requests: case.requests.clone(),
    })
}

/// `data` of a case that nothing has happened to yet.
pub fn no_data() -> String {
    json(&Data::default())
}

/// Where a ledger leaves its case in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub turn: Option<Party>,
    pub due_sort: i64,
    /// The company is late.
    pub is_overdue: bool,
}

impl Standing {
    pub fn of(status: Status, ledger: &[Obligation]) -> Self {
        let open = ledger.iter().filter(|obligation| obligation.is_open() && status == Status::Open);
        // What waits for the other side is nobody's turn; the other side has an obligation of its own.
        let next = open
            .clone()
            .filter(|o| o.state != State::Paused)
            .min_by_key(|obligation| (obligation.due_at, obligation.party));
        let late = |o: &Obligation| o.state == State::Breached && o.party == Party::Company;
        Self {
            turn: next.map(|obligation| obligation.party),
            due_sort: next.map_or(NEVER, |obligation| micros(obligation.due_at)),
            is_overdue: open.clone().any(late),
        }
    }
}

impl Model {
    pub fn case(self) -> Result<Case, StoreError> {
        let data: Data = from_json("a case", &self.data)?;
        Ok(Case {
            id: CaseId(self.id),
            organization: OrganizationId(self.organization_id),
            number: self.number,
            connection: ConnectionId(self.connection_id),
            contact: self.contact_id.map(ContactId),
            company: self.company,
            subject: self.subject,
            status: word("a case status", &self.status, Status::parse)?,
            closed_reason: self.closed_reason,
            priority: word("a priority", &self.priority, Priority::parse)?,
            labels: from_json("labels", &self.labels)?,
            team: self.team,
            assignee: self.assignee_id.map(UserId),
            held_for: self.held_for,
            escalations: data.escalations,
            draft: data.draft,
            questions: data.questions,
            moments: data.moments,
            briefs: data.briefs,
            skills: data.skills,
            attestations: data.attestations,
            requests: data.requests,
            opened_at: time(self.opened_at),
            updated_at: time(self.updated_at),
            version: self.version,
        })
    }
}
