//! What people see of cases and do with them.
//!
//! An agent's action goes the same way as a decision: read a snapshot, change the case, work the ledger out again, commit if
//! nobody was quicker, write the audit entry with it.

mod actions;
mod approval;
mod decisions;
mod due;
mod outcome;
mod reply;
mod skills;

pub use actions::CaseUpdate;
pub use decisions::{Explained, Replayed};
pub use due::WhyDue;
pub use outcome::NewAnswer;
pub use reply::{Check, NewReply};

use crate::{App, AppError, changes::Change, policies::Live};
use comity_domain::{
    CaseId, PostId, Timestamp, UserId,
    case::Status,
    charter::Length,
    delivery::Delivery,
    ledger::Obligation,
    post::{Contact, Post, Revision, Visibility},
};
use comity_plugin_host::{Capability, TextLimit};
use comity_policy::Brief;
use comity_store::{CaseCounts, CaseFilter, CaseLink, CaseRow, CaseSort, FlowFilter, FlowRow, Note, Page};
use std::collections::HashMap;

/// What a connector that can reply to one person only says of itself.
pub(crate) const PRIVATE_REPLIES: &str = "private-replies";
/// Escalations on the page of a case; there are hardly ever more than a few.
const MOST_FLOWS: u64 = 50;

/// A case with everything its page shows.
pub struct CaseDetail {
    pub row: CaseRow,
    pub posts: Vec<Post>,
    pub contacts: Vec<Contact>,
    pub revisions: Vec<Revision>,
    pub ledger: Vec<LedgerLine>,
    pub notes: Vec<Note>,
    pub deliveries: Vec<Delivery>,
    pub decisions: Vec<Explained>,
    pub people: People,
    /// Those shown in the case that are valid now.
    pub briefs: Vec<(String, Brief)>,
    /// Its escalations, newest first.
    pub flows: Vec<FlowRow>,
    /// To its private page, the newest first.
    pub links: Vec<CaseLink>,
    pub reply: ReplyOptions,
}

/// Names of the people who sign in.
pub type People = HashMap<UserId, String>;

/// An obligation with its article's words.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerLine {
    pub obligation: Obligation,
    /// The sentence the public reads; empty when the article is gone from the charter.
    pub owes: String,
    /// `4 working hours`.
    pub within: String,
}

/// How the person can be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplyOptions {
    pub text_limit: Option<TextLimit>,
    pub visibilities: Vec<Visibility>,
    /// Why not, when no reply can leave.
    pub why_not: Option<String>,
}

impl App {
    pub async fn list_cases(
        &self,
        filter: &CaseFilter,
        sort: CaseSort,
        cursor: Option<&str>,
        limit: u64,
        me: Option<UserId>,
    ) -> Result<(Page<CaseRow>, CaseCounts), AppError> {
        let (page, counts) = tokio::try_join!(
            self.store.list_cases(self.organization, filter, sort, cursor, limit),
            self.store.case_counts(self.organization, me),
        )?;
        Ok((page, counts))
    }

    /// A case by its id or its number, as `4821` or `NW-4821`.
    pub async fn find_case(&self, text: &str) -> Result<CaseId, AppError> {
        let none = AppError::NotFound { what: "case" };
        if let Ok(id) = text.parse::<CaseId>() {
            return Ok(id);
        }
        let number = text.rsplit('-').next().and_then(|number| number.parse().ok());
        let Some(number) = number else { return Err(none) };
        self.store.case_by_number(self.organization, number).await?.ok_or(none)
    }

    pub async fn case_detail(&self, id: CaseId) -> Result<CaseDetail, AppError> {
        let row = self.store.case_row(self.organization, id).await?.ok_or(AppError::NotFound { what: "case" })?;
        let id = row.case.id;
        let organization = self.organization;
        let flows = FlowFilter { case: Some(id), ..FlowFilter::default() };
        let (posts, contacts, revisions, obligations, notes, deliveries, flows) = tokio::try_join!(
            self.store.case_posts(organization, id),
            self.store.case_contacts(organization, id),
            self.store.case_revisions(organization, id),
            self.store.case_obligations(organization, id),
            self.store.case_notes(organization, id),
            self.store.case_deliveries(organization, id),
            self.store.flow_runs(organization, flows, None, MOST_FLOWS),
        )?;
        let live = self.policy_of(id).await?;
        Ok(CaseDetail {
            links: self.case_links(id).await?,
            ledger: obligations.into_iter().map(|obligation| ledger_line(&live, obligation)).collect(),
            reply: self.reply_options(&row, &posts).await,
            decisions: self.case_decisions(id).await?,
            people: self.people().await?,
            briefs: briefs(&live, &row, self.clock.now()),
            row,
            posts,
            contacts,
            revisions,
            notes,
            deliveries,
            flows: flows.items,
        })
    }

    /// A ledger line for each obligation, by the charter that decides its case.
    pub fn ledger_lines(&self, obligations: Vec<Obligation>) -> Result<Vec<LedgerLine>, AppError> {
        let deciding = self.loaded_policies()?;
        Ok(obligations.into_iter().map(|one| ledger_line(deciding.of(one.case), one)).collect())
    }

    pub async fn people(&self) -> Result<People, AppError> {
        let users = self.store.users(self.organization).await?;
        Ok(users.into_iter().map(|user| (user.id, user.name)).collect())
    }

    /// The reply templates of the live policy, by name.
    pub fn templates(&self) -> Result<Vec<(String, String)>, AppError> {
        let live = self.live_policy()?;
        Ok(live.policy.templates().iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    async fn reply_options(&self, row: &CaseRow, posts: &[Post]) -> ReplyOptions {
        let refused =
            |why: &str| ReplyOptions { text_limit: None, visibilities: vec![], why_not: Some(why.to_owned()) };
        let Ok(runtime) = self.runtime(row.case.connection).await else {
            return refused("The connection this case came through is no longer there.");
        };
        if !runtime.plugin.can(Capability::Actions) {
            return refused("This connector only reads; answer where the person wrote.");
        }
        let description = runtime.plugin.description();
        let offers = |feature: &str| description.features.iter().any(|offered| offered == feature);
        let mut visibilities = Vec::new();
        if offers("public-replies") {
            visibilities.push(Visibility::Public);
        }
        if offers(PRIVATE_REPLIES) {
            visibilities.push(Visibility::Private);
        }
        let why_not = match row.case.status {
            Status::Merged => Some("This case was merged into another one; answer there.".to_owned()),
            _ if visibilities.is_empty() => Some("This connector offers no kind of reply.".to_owned()),
            _ if last_consumer_post(posts).is_none() => Some("There is no post to answer.".to_owned()),
            _ => None,
        };
        ReplyOptions { text_limit: description.text_limit.clone(), visibilities, why_not }
    }

    pub(crate) async fn tell_case(&self, id: CaseId) -> Result<(), AppError> {
        if let Some(row) = self.store.case_row(self.organization, id).await? {
            self.changes.tell(Change::case(&row.case));
        }
        Ok(())
    }
}

/// The post that a reply answers: the newest of the consumer's that is still there.
fn last_consumer_post(posts: &[Post]) -> Option<&Post> {
    let consumer =
        posts.iter().filter(|post| post.party == comity_domain::Party::Consumer && post.deleted_at.is_none());
    consumer.max_by_key(|post| (post.at, post.id))
}

/// The decision made about each post when it came.
#[must_use]
pub fn decisions_by_post(decisions: &[Explained]) -> HashMap<PostId, comity_domain::DecisionId> {
    use comity_domain::event::EventKind;
    let about = |explained: &Explained| match explained.event.kind {
        EventKind::Post { post, .. } => Some((post, explained.decision.id)),
        _ => None,
    };
    decisions.iter().filter_map(about).collect()
}

fn briefs(live: &Live, row: &CaseRow, now: Timestamp) -> Vec<(String, Brief)> {
    let valid = |name: &String| Some((name.clone(), live.policy.settings().valid_brief(name, now)?.clone()));
    row.case.briefs.iter().filter_map(valid).collect()
}

fn ledger_line(live: &Live, obligation: Obligation) -> LedgerLine {
    let article = live.policy.charter().article(&obligation.article);
    let owes = article.map(|article| article.owes.clone()).unwrap_or_default();
    let within = article.and_then(|article| article.due).map(|due| in_words(due.within)).unwrap_or_default();
    LedgerLine { obligation, owes, within }
}

/// A length in words: `4 working hours`.
#[must_use]
pub fn in_words(length: Length) -> String {
    let (count, unit) = match length {
        Length::Minutes(count) => (count, "minute"),
        Length::Hours(count) => (count, "hour"),
        Length::Days(count) => (count, "day"),
        Length::WorkingHours(count) => (count, "working hour"),
        Length::WorkingDays(count) => (count, "working day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
