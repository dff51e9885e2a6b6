//! What the page shows: what each side owes, what was said between the two, and the reasons that the charter makes public.

use crate::{App, AppError, cases::Explained};
use comity_domain::{
    CaseId, ContactId, Party, PostId, Timestamp,
    case::{Case, Status},
    ledger::Obligation,
    outcome::{Ask, Attestation, Request, is_disputed, said},
    post::{Post, Visibility},
};
use comity_policy::explain::{Audience, Kind, explain};
use comity_store::{CaseLink, LinkEnd};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
};

/// A page in one language.
pub struct CasePage {
    pub organization: String,
    pub language: String,
    pub case: CaseId,
    pub case_key: String,
    pub time_zone: String,
    /// Since when the link leads nowhere; then there is nothing else here.
    pub ended: Option<LinkEnd>,
    /// What was held about them is erased.
    pub erased_at: Option<Timestamp>,
    /// What they are called, if that is known.
    pub name: Option<String>,
    pub is_open: bool,
    pub ledger: Vec<PageLine>,
    pub posts: Vec<PagePost>,
    pub they_said: Option<Attestation>,
    pub we_said: Option<Attestation>,
    pub is_disputed: bool,
    pub requests: Vec<PageRequest>,
    /// Why things were done, where a rule's reasons are public; the newest first, each once.
    pub reasons: Vec<(Timestamp, String)>,
    pub version: i64,
    pub longest_text: usize,
}

/// An obligation in the words of the charter.
pub struct PageLine {
    pub obligation: Obligation,
    pub owes: String,
}

pub struct PagePost {
    pub party: Party,
    pub at: Timestamp,
    pub text: String,
    pub is_public: bool,
    pub is_on_the_page: bool,
    pub is_deleted: bool,
}

pub struct PageRequest {
    pub request: Request,
    /// What they wrote with it.
    pub text: String,
}

impl App {
    /// What a link shows, in the first of these languages that the charter has.
    pub async fn case_page(&self, token: &str, from: IpAddr, wanted: &[&str]) -> Result<CasePage, AppError> {
        let link = self.case_link_of(token, from).await?;
        self.page_of(&link, wanted).await
    }

    async fn page_of(&self, link: &CaseLink, wanted: &[&str]) -> Result<CasePage, AppError> {
        let organization = self.organization().await?;
        let row = self.store.case_row(self.organization, link.case).await?;
        let row = row.ok_or(AppError::NotFound { what: "page" })?;
        let case = row.case;
        let live = self.policy_of(case.id).await?;
        let own = live.policy.languages().next().unwrap_or("en").to_owned();
        let language =
            wanted.iter().find_map(|language| live.policy.language_near(language)).unwrap_or(&own).to_owned();
        let mut page = CasePage {
            organization: organization.name,
            language,
            case: case.id,
            case_key: format!("{}-{}", organization.key_prefix, case.number),
            time_zone: live.policy.calendar().time_zone.clone(),
            ended: link.ended.clone(),
            erased_at: erased_at(&case, link.contact),
            name: None,
            is_open: case.status == Status::Open,
            ledger: Vec::new(),
            posts: Vec::new(),
            they_said: None,
            we_said: None,
            is_disputed: false,
            requests: Vec::new(),
            reasons: Vec::new(),
            version: live.number,
            longest_text: self.config.case_page.longest_text,
        };
        if page.ended.is_some() {
            return Ok(page);
        }
        self.saw_case_link(link, self.clock.now()).await?;
        let (posts, contacts, obligations, decisions) = tokio::try_join!(
            self.store.case_posts(self.organization, case.id),
            self.store.case_contacts(self.organization, case.id),
            self.store.case_obligations(self.organization, case.id),
            self.store.case_decisions(self.organization, case.id),
        )?;
        let contact = contacts.iter().find(|contact| contact.id == link.contact);
        page.name = contact.and_then(|contact| contact.display_name.clone()).filter(|name| !name.trim().is_empty());
        let theirs = between(&posts, link.contact);
        let texts = live.policy.texts(&page.language);
        let charter = texts.charter();
        let owes = |article: &str| charter.article(article).map(|article| article.owes.clone());
        page.ledger = obligations
            .into_iter()
            .filter_map(|obligation| Some(PageLine { owes: owes(&obligation.article)?, obligation }))
            .collect();
        page.they_said = said(&case.attestations, Party::Consumer);
        page.we_said = said(&case.attestations, Party::Company);
        page.is_disputed = is_disputed(&case.attestations);
        let text_of = |post: Option<PostId>| {
            let post = posts.iter().find(|one| Some(one.id) == post);
            post.map(|post| post.text.clone()).unwrap_or_default()
        };
        let theirs_alone = |request: &&Request| request.contact == link.contact;
        page.requests = case
            .requests
            .iter()
            .filter(theirs_alone)
            .map(|request| PageRequest { text: text_of(request.post), request: request.clone() })
            .collect();
        page.posts = posts.iter().filter(|post| theirs.contains(&post.id)).map(shown).collect();
        let decisions = decisions.into_iter().map(|(decision, event)| Explained { decision, event });
        let decisions: Vec<Explained> = decisions.filter(|one| is_theirs(one, &posts, &theirs)).collect();
        page.reasons = self.public_reasons(&case, decisions, &page.language).await?;
        Ok(page)
    }

    /// Each in the words of the version that decided, as far as this program still reads it.
    async fn public_reasons(
        &self,
        case: &Case,
        decisions: Vec<Explained>,
        language: &str,
    ) -> Result<Vec<(Timestamp, String)>, AppError> {
        let live = self.policy_of(case.id).await?;
        let mut versions = HashMap::new();
        for one in &decisions {
            let hash = &one.decision.policy_version;
            if live.policy.version() != hash && !versions.contains_key(hash) {
                versions.insert(hash.clone(), self.policy_version_of(&one.decision).await?);
            }
        }
        let language = language.to_owned();
        self.blocking(move || {
            let compile = |version: comity_store::PolicyVersion| {
                comity_policy::Policy::compile(&comity_policy::Bundle { files: version.files }).ok()
            };
            let versions: HashMap<String, Option<comity_policy::Policy>> =
                versions.into_iter().map(|(hash, version)| (hash, version.and_then(compile))).collect();
            let mut seen = HashSet::new();
            let mut reasons = Vec::new();
            for Explained { decision, .. } in &decisions {
                let then = versions.get(&decision.policy_version).and_then(Option::as_ref);
                let told = explain(then.unwrap_or(&live.policy), decision, Some(&language), Audience::Person);
                for sentence in told.sentences.into_iter().filter(|sentence| sentence.kind == Kind::Fired) {
                    if seen.insert(sentence.text.clone()) {
                        reasons.push((decision.as_of, sentence.text));
                    }
                }
            }
            reasons
        })
        .await
    }
}

/// When the erasure that they asked for was granted.
fn erased_at(case: &Case, contact: ContactId) -> Option<Timestamp> {
    let erased = case.requests.iter().filter(|request| request.ask == Ask::Erasure && request.contact == contact);
    erased.filter_map(|request| request.answer.as_ref()).filter(|answer| answer.granted).map(|answer| answer.at).max()
}

/// What was said between the organization and them. In a thread of several people, what others wrote and what others were
/// answered is not theirs.
fn between(posts: &[Post], contact: ContactId) -> HashSet<PostId> {
    let by_id: HashMap<PostId, &Post> = posts.iter().map(|post| (post.id, post)).collect();
    let is_by_others = |post: &Post| post.party == Party::Consumer && post.author != contact;
    let has_others = posts.iter().any(is_by_others);
    let is_between = |post: &&Post| {
        if post.party == Party::Consumer {
            return !is_by_others(post);
        }
        // Up to the next word of a consumer; a cycle ends where it began.
        let mut at = *post;
        for _ in 0..posts.len() {
            match at.parent.and_then(|parent| by_id.get(&parent)) {
                Some(parent) if parent.party == Party::Consumer => return !is_by_others(parent),
                Some(parent) => at = parent,
                None => break,
            }
        }
        !has_others
    };
    posts.iter().filter(is_between).map(|post| post.id).collect()
}

fn shown(post: &Post) -> PagePost {
    PagePost {
        party: post.party,
        at: post.at,
        text: post.text.clone(),
        is_public: post.visibility == Visibility::Public,
        is_on_the_page: post.is_on_the_page(),
        is_deleted: post.deleted_at.is_some(),
    }
}

/// What was decided about what somebody else wrote is told to nobody else.
fn is_theirs(explained: &Explained, posts: &[Post], theirs: &HashSet<PostId>) -> bool {
    let about = comity_domain::story::about(&explained.event.kind);
    about.is_none_or(|about| theirs.contains(&about) || posts.iter().all(|post| post.id != about))
}
