//! What the inbox and the case page show.

use crate::{Store, StoreError};
use comity_domain::{
    CaseId, DecisionId, DeliveryId, NoteId, OrganizationId, Party, PostId, Timestamp, UserId,
    audit::Actor,
    case::{Case, Status},
    decision::Decision,
    delivery::Delivery,
    event::Event,
    ledger::Obligation,
    post::{Contact, Post, Revision},
    step::Snapshot,
};

/// Part of a list, and where the next part begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    pub status: Option<Status>,
    /// Whose turn it is.
    pub turn: Option<Party>,
    pub label: Option<String>,
    pub team: Option<String>,
    pub assignee: Option<Queue>,
    pub company: Option<String>,
    pub is_held: Option<bool>,
    pub is_overdue: Option<bool>,
    /// Looked for in the subject, the newest post, the contact's handle and the number.
    pub text: Option<String>,
}

/// Whose cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    Of(UserId),
    Nobody,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseSort {
    /// What is due first; cases without a due time last.
    #[default]
    Due,
    Newest,
}

/// A case as the inbox shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    pub case: Case,
    /// The id of the connection's connector.
    pub connector: String,
    pub contact: Option<Contact>,
    pub assignee_name: Option<String>,
    /// The beginning of the newest post.
    pub excerpt: String,
    pub posts: i64,
    /// Who owes what is due first.
    pub turn: Option<Party>,
    /// Open obligations, running and overdue, the one due first first.
    pub open_obligations: Vec<Obligation>,
}

/// How many open cases there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseCounts {
    pub open: i64,
    /// The company's turn.
    pub ours: i64,
    /// The consumer's turn.
    pub theirs: i64,
    pub held: i64,
    pub mine: i64,
    /// The company is late.
    pub overdue: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub id: NoteId,
    pub case: CaseId,
    pub at: Timestamp,
    pub author: UserId,
    pub text: String,
}

impl Store {
    pub async fn list_cases(
        &self,
        organization: OrganizationId,
        filter: &CaseFilter,
        sort: CaseSort,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<CaseRow>, StoreError> {
        todo!()
    }
    pub async fn case_counts(
        &self,
        organization: OrganizationId,
        me: Option<UserId>,
    ) -> Result<CaseCounts, StoreError> {
        todo!()
    }
    /// A merged case gives the one it was merged into.
    pub async fn case_row(&self, organization: OrganizationId, id: CaseId) -> Result<Option<CaseRow>, StoreError> {
        todo!()
    }
    pub async fn case_by_number(
        &self,
        organization: OrganizationId,
        number: i64,
    ) -> Result<Option<CaseId>, StoreError> {
        todo!()
    }
    /// What an agent's action on a case starts from.
    pub async fn snapshot(&self, organization: OrganizationId, case: CaseId) -> Result<Option<Snapshot>, StoreError> {
        todo!()
    }
    /// In the order they were written.
    pub async fn case_posts(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<Post>, StoreError> {
        todo!()
    }
    pub async fn post(&self, organization: OrganizationId, post: PostId) -> Result<Option<Post>, StoreError> {
        todo!()
    }
    /// Who wrote the posts of a case.
    pub async fn case_contacts(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<Contact>, StoreError> {
        todo!()
    }
    /// Earlier texts of the case's posts, oldest first, the first text included, for posts that were edited.
    pub async fn case_revisions(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<Revision>, StoreError> {
        todo!()
    }
    /// The ledger, in the order of when obligations started.
    pub async fn case_obligations(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<Obligation>, StoreError> {
        todo!()
    }
    /// Newest first, each with the event it is about.
    pub async fn case_decisions(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<(Decision, Event)>, StoreError> {
        todo!()
    }
    pub async fn decision(
        &self,
        organization: OrganizationId,
        id: DecisionId,
    ) -> Result<Option<(Decision, Event)>, StoreError> {
        todo!()
    }
    pub async fn case_deliveries(
        &self,
        organization: OrganizationId,
        case: CaseId,
    ) -> Result<Vec<Delivery>, StoreError> {
        todo!()
    }
    pub async fn delivery(&self, organization: OrganizationId, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        todo!()
    }
    /// The reply that was asked for under this key, if one was.
    pub async fn delivery_by_key(
        &self,
        organization: OrganizationId,
        idempotency_key: &str,
    ) -> Result<Option<Delivery>, StoreError> {
        todo!()
    }
    pub async fn case_notes(&self, organization: OrganizationId, case: CaseId) -> Result<Vec<Note>, StoreError> {
        todo!()
    }
    pub async fn add_note(&self, organization: OrganizationId, note: &Note, actor: &Actor) -> Result<(), StoreError> {
        todo!()
    }
}
