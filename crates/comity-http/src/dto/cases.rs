//! The inbox and one case.

use super::{CaseLinkView, DeliveryView, EscalationRun, GuardVerdict, Holiday, OutcomeView, PersonRef, Visibility};
use comity_domain::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Company,
    Consumer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    Open,
    Closed,
    Merged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseSort {
    /// What is due first comes first; cases in which nothing is due come last.
    Due,
    Newest,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// `open` unless told; with `contested`, closed ones too.
    #[param(inline)]
    pub status: Option<CaseStatus>,
    /// Whose turn it is: the party with a running obligation that is due next.
    #[param(inline)]
    pub turn: Option<Party>,
    pub label: Option<String>,
    pub team: Option<String>,
    /// `me`, `none` or the id of a user.
    pub assignee: Option<String>,
    pub company: Option<String>,
    /// Only cases whose replies are held, or only others.
    pub held: Option<bool>,
    /// Only cases with a reply that waits for somebody to agree, or only others.
    pub awaits_approval: Option<bool>,
    /// Only cases in which the organization is late, or only others.
    pub overdue: Option<bool>,
    /// Only cases that are open and in which the sides disagree, or in which something that was asked for is not answered; or only others.
    pub contested: Option<bool>,
    /// Words looked for in subject, posts and handles, or a case number.
    pub q: Option<String>,
    #[param(inline)]
    pub sort: Option<CaseSort>,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseList {
    pub items: Vec<CaseRow>,
    pub next_cursor: Option<String>,
    pub counts: CaseCounts,
}

/// How many open cases there are, whatever the filter.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct CaseCounts {
    pub open: u64,
    /// The organization has something to do.
    pub ours: u64,
    /// The consumer has something to do.
    pub theirs: u64,
    /// Replies are held.
    pub held: u64,
    /// A reply waits for somebody to agree.
    pub awaits_approval: u64,
    /// Assigned to whoever asks.
    pub mine: u64,
    /// The organization is late.
    pub overdue: u64,
    /// The sides say different things of whether it is solved, or an appeal, a correction or an erasure is not answered; the latter
    /// in closed cases too.
    pub contested: u64,
}

/// What an inbox row and the case page have in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseHead {
    pub id: Uuid,
    pub number: i64,
    /// How people name it: `NW-4821`.
    pub key: String,
    pub subject: String,
    /// The beginning of the latest post.
    pub excerpt: String,
    pub status: CaseStatus,
    pub priority: Priority,
    pub labels: Vec<String>,
    pub team: Option<String>,
    pub assignee: Option<PersonRef>,
    /// The brand or account spoken to.
    pub company: Option<String>,
    /// The connector's id, such as `bluesky`.
    pub connector: String,
    pub contact: Option<ContactView>,
    pub turn: Option<Party>,
    pub next_due: Option<Due>,
    pub overdue: Vec<Due>,
    /// What whoever handles the case must know.
    pub skills: Vec<String>,
    /// The team that must release replies before any leaves.
    pub held_for: Option<String>,
    pub opened_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts up with every change; give it back with a change to be told of a conflict.
    pub version: i64,
    pub has_draft: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRow {
    #[serde(flatten)]
    pub head: CaseHead,
    /// How many posts it has.
    pub posts: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    #[serde(flatten)]
    pub head: CaseHead,
    pub closed_reason: Option<String>,
    /// In the order they were written.
    pub posts: Vec<PostView>,
    /// The ledger of both sides.
    pub obligations: Vec<ObligationView>,
    pub escalations: Vec<EscalationView>,
    pub questions: Vec<QuestionView>,
    pub draft: Option<CaseDraft>,
    pub notes: Vec<NoteView>,
    pub deliveries: Vec<DeliveryView>,
    /// Teams that praise was passed on to.
    pub kudos: Vec<String>,
    /// What whoever answers should know, while it is valid.
    pub briefs: Vec<BriefView>,
    /// How many decisions were made.
    pub decisions: u64,
    pub outcome: OutcomeView,
    /// Links to the private page of the case, the newest first.
    pub links: Vec<CaseLinkView>,
    pub reply: ReplyOptions,
}

/// What whoever answers should know for a while.
#[derive(Debug, Serialize, ToSchema)]
pub struct BriefView {
    pub name: String,
    pub text: String,
    /// Its last day, in the time zone of the calendar.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ContactView {
    pub id: Uuid,
    pub handle: String,
    pub display_name: Option<String>,
}

/// An open obligation in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct Due {
    pub article: String,
    pub party: Party,
    pub due_at: Timestamp,
    /// The sentence of the charter.
    pub owes: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PostView {
    pub id: Uuid,
    pub external_id: String,
    pub party: Party,
    pub author: ContactView,
    pub at: Timestamp,
    /// Empty once deleted.
    pub text: String,
    pub lang: Option<String>,
    pub url: Option<String>,
    pub parent_id: Option<Uuid>,
    pub visibility: Visibility,
    pub deleted_at: Option<Timestamp>,
    pub edits: u32,
    /// Earlier texts, oldest first.
    pub revisions: Vec<RevisionView>,
    /// The decision made about it.
    pub decision_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionView {
    pub at: Timestamp,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObligationState {
    Running,
    /// The other side has something to say first; no time counts.
    Paused,
    Met,
    Breached,
    Waived,
    Cancelled,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ObligationView {
    pub id: Uuid,
    pub article: String,
    pub party: Party,
    pub owes: String,
    pub state: ObligationState,
    pub started_at: Timestamp,
    /// The post that started it.
    pub started_by: Option<Uuid>,
    /// While it is paused, as if it went on right when that began.
    pub due_at: Timestamp,
    /// In order; the last one has no end while it is paused.
    pub pauses: Vec<PauseView>,
    pub settled_at: Option<Timestamp>,
    /// The post that settled it.
    pub settled_by: Option<Uuid>,
    /// In words: `4 working hours`.
    pub within: String,
}

/// While the other side had something to say first, and no time counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct PauseView {
    pub from: Timestamp,
    /// The post that it began with.
    pub by: Option<Uuid>,
    pub until: Option<Timestamp>,
}

/// How the due time of an obligation comes about.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyDue {
    pub started_at: Timestamp,
    /// The time that it was promised with, put off by what was paused.
    pub due_at: Timestamp,
    /// In words: `4 working hours`. Empty when the charter no longer has the article.
    pub within: String,
    /// The calendar's: `Europe/Berlin`.
    pub time_zone: String,
    /// When it would be due by the charter and the calendar of today; `null` when the charter no longer has the article.
    pub today: Option<Timestamp>,
    /// The time that counts for `today`, in order; what was paused does not.
    pub counted: Vec<CountedTime>,
    /// The holidays in between, on which no time counts.
    pub holidays: Vec<Holiday>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CountedTime {
    pub from: Timestamp,
    pub until: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EscalationView {
    pub flow: String,
    pub at: Timestamp,
    pub rule: String,
    pub because: String,
    /// Who was told, who is next and who took it up.
    pub run: Option<EscalationRun>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionView {
    pub text: String,
    pub rule: String,
    pub at: Timestamp,
}

/// A reply that policy prepared and nobody has sent yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDraft {
    pub template: String,
    pub text: String,
    pub rule: String,
    pub at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NoteView {
    pub id: Uuid,
    pub at: Timestamp,
    pub author: PersonRef,
    pub text: String,
}

/// What can be answered here, and how.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyOptions {
    pub connector: String,
    pub text_limit: Option<TextLimit>,
    pub visibilities: Vec<Visibility>,
    pub can_reply: bool,
    pub why_not: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TextLimit {
    pub count: u32,
    /// `graphemes`, `codepoints` or `bytes`.
    pub unit: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyText {
    pub text: String,
    pub visibility: Visibility,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyCheck {
    pub verdicts: Vec<GuardVerdict>,
    pub can_send: bool,
    pub why_not: Option<String>,
    /// Why somebody else has to agree before it leaves.
    pub needs_approval: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReply {
    pub text: String,
    pub visibility: Visibility,
    /// The template it was written from.
    pub template: Option<String>,
    /// Sending the same key again sends nothing twice.
    pub idempotency_key: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    pub text: String,
}

/// What is left out stays as it is; `null` takes the assignee or team away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseChange {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub assignee: Option<Option<Uuid>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub team: Option<Option<String>>,
    pub priority: Option<Priority>,
    #[serde(default)]
    pub add_labels: Vec<String>,
    #[serde(default)]
    pub remove_labels: Vec<String>,
    /// The version the change was made on; with another one now the answer is 409.
    pub version: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseCase {
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Template {
    pub name: String,
    pub text: String,
}

/// Tells "left out" from "null".
#[expect(clippy::option_option, reason = "the outer says whether it was there, the inner what it was")]
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
