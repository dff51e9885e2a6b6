//! What the inbox and the case page show.

mod list;
mod notes;
mod page;
mod read;

pub use page::Page;
pub(crate) use page::page;

use comity_domain::{
    CaseId, NoteId, Party, Timestamp, UserId,
    case::{Case, Status},
    ledger::Obligation,
    post::Contact,
};

const DOING: &str = "read cases";

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
    /// Whether a reply waits for somebody to agree.
    pub awaits_approval: Option<bool>,
    pub is_overdue: Option<bool>,
    /// Whether the sides disagree in an open case, or something that was asked for is not answered.
    pub is_contested: Option<bool>,
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
    /// A reply waits for somebody to agree.
    pub awaits_approval: i64,
    pub mine: i64,
    /// The company is late.
    pub overdue: i64,
    /// The sides disagree, or something that was asked for is not answered, in closed cases too.
    pub contested: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub id: NoteId,
    pub case: CaseId,
    pub at: Timestamp,
    pub author: UserId,
    pub text: String,
}
