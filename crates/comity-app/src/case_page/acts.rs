//! What the person concerned does on the page. Each becomes an event that waits for its decision.

use crate::{App, AppError};
use comity_domain::{
    CaseId, ContactId, EventId, Party, PostId, Timestamp,
    audit::{Actor, AuditEntry},
    event::{Event, EventKind},
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    outcome::{Ask, said},
    post::{Contact, Post, Visibility, id_on_the_page},
};
use comity_store::{CaseLink, CaseRow, IngestBatch};
use serde_json::json;
use std::net::IpAddr;

/// Longest name of one sending of a form.
const LONGEST_ONCE: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Write {
        text: String,
    },
    /// Says whether it is solved.
    Attest {
        solved: bool,
    },
    /// Asks for something, with words where they are needed.
    Ask {
        ask: Ask,
        text: String,
    },
    /// The link leads nowhere any more.
    End,
}

impl Act {
    /// The same for the same act with the same words.
    fn fingerprint(&self) -> String {
        let (what, words) = match self {
            Self::Write { text } => ("write", text.as_str()),
            Self::Attest { solved: true } => ("solved", ""),
            Self::Attest { solved: false } => ("not solved", ""),
            Self::Ask { ask, text } => (ask.as_str(), text.as_str()),
            Self::End => ("end", ""),
        };
        let hash = blake3::hash(format!("{what}\0{}", words.trim()).as_bytes());
        hash.to_hex()[..16].to_owned()
    }
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Done,
    /// It had been said or asked for already.
    Already,
}

impl App {
    /// Does something on the page behind a link. `once` names this sending: the same again does nothing again.
    pub async fn act_on_page(&self, token: &str, from: IpAddr, act: Act, once: &str) -> Result<Done, AppError> {
        let link = self.case_link_of(token, from).await?;
        if link.ended.is_some() {
            return Err(AppError::Conflict {
                detail: "this link leads nowhere any more".into(),
                advice: "Ask for a new one where you first wrote.".into(),
            });
        }
        if once.is_empty() || once.len() > LONGEST_ONCE || !once.is_ascii() {
            return Err(AppError::invalid("/once", "load the page again and send it from there"));
        }
        let row = self.store.case_row(self.organization, link.case).await?;
        let row = row.ok_or(AppError::NotFound { what: "page" })?;
        let now = self.clock.now();
        self.page_limits.act(row.case.id, now)?;
        // A form that is gone back to and filled in otherwise is another sending.
        let once = &format!("{once}:{}", act.fingerprint());
        match act {
            Act::End => self.end_of_page(&link, now).await,
            Act::Attest { solved } => {
                if said(&row.case.attestations, Party::Consumer).is_some_and(|said| said.solved == solved) {
                    return Ok(Done::Already);
                }
                let kind = EventKind::Attested { party: Party::Consumer, solved, by: None };
                self.tell_from_page(&row, once, now, None, kind, "case.attest").await
            }
            Act::Write { text } => {
                let text = self.check_text(&text, true)?;
                self.write_on_page(&row, &link, once, now, &text).await
            }
            Act::Ask { ask, text } => {
                let text = self.check_text(&text, ask == Ask::Correction)?;
                if row.case.open_requests(ask).any(|request| request.contact == link.contact) {
                    return Ok(Done::Already);
                }
                let wrote = self.post_on_page(&row, &link, once, now, &text).await?;
                let post = wrote.as_ref().map(|(_, post)| *post);
                let wrote = wrote.map(|(batch, _)| batch);
                self.tell_from_page(
                    &row,
                    once,
                    now,
                    wrote,
                    EventKind::Asked { ask, contact: link.contact, post },
                    "case.ask",
                )
                .await
            }
        }
    }

    async fn end_of_page(&self, link: &CaseLink, now: Timestamp) -> Result<Done, AppError> {
        let ended = self.store.end_case_link(self.organization, link.case, link.id, &Actor::Consumer, now).await?;
        self.tell_case(link.case).await?;
        Ok(if ended { Done::Done } else { Done::Already })
    }

    fn check_text(&self, text: &str, is_needed: bool) -> Result<String, AppError> {
        let text = text.replace("\r\n", "\n").trim().to_owned();
        let longest = self.config.case_page.longest_text;
        if text.chars().count() > longest {
            return Err(AppError::invalid("/text", format!("write at most {longest} characters")));
        }
        if text.is_empty() && is_needed {
            return Err(AppError::invalid("/text", "there is nothing written yet"));
        }
        Ok(text)
    }

    async fn write_on_page(
        &self,
        row: &CaseRow,
        link: &CaseLink,
        once: &str,
        now: Timestamp,
        text: &str,
    ) -> Result<Done, AppError> {
        let Some((batch, _)) = self.post_on_page(row, link, once, now, text).await? else { return Ok(Done::Already) };
        let outcome = self.ingest(batch).await?;
        self.decide_now(row.case.id).await?;
        self.tell_case(row.case.id).await?;
        Ok(if outcome.stored > 0 { Done::Done } else { Done::Already })
    }

    /// What they write as a post of the case, going on from the last one of theirs on the platform; nothing of no words.
    async fn post_on_page(
        &self,
        row: &CaseRow,
        link: &CaseLink,
        once: &str,
        now: Timestamp,
        text: &str,
    ) -> Result<Option<(IngestBatch, PostId)>, AppError> {
        if text.is_empty() {
            return Ok(None);
        }
        let posts = self.store.case_posts(self.organization, row.case.id).await?;
        let contacts = self.store.case_contacts(self.organization, row.case.id).await?;
        let contact = contacts.iter().find(|contact| contact.id == link.contact);
        let nobody = || AppError::internal("nothing is left of whom the page is for");
        let contact = contact.ok_or_else(nobody)?;
        let before = goes_on_from(&posts, contact.id).ok_or_else(nobody)?;
        let external_id = id_on_the_page(&format!("{}:{once}", row.case.id));
        let id = comity_store::post_id(row.case.connection, &external_id);
        let post = InboundPost {
            external_id,
            revision: String::new(),
            author: author(contact),
            at: now,
            text: text.to_owned(),
            lang: None,
            url: None,
            in_reply_to: Some(before.external_id.clone()),
            root: before.root.clone(),
            conversation: None,
            visibility: Visibility::Private,
            party: Party::Consumer,
            company: None,
            names_us: Some(true),
        };
        let mut post = InboundEvent::PostCreated(post);
        self.mask_case_links(&mut post);
        let batch = IngestBatch {
            organization: self.organization,
            connection: row.case.connection,
            events: vec![post],
            received_at: now,
            cursor: None,
            state: Vec::new(),
            secrets: None,
            account: None,
        };
        Ok(Some((batch, id)))
    }

    async fn tell_from_page(
        &self,
        row: &CaseRow,
        once: &str,
        now: Timestamp,
        wrote: Option<IngestBatch>,
        kind: EventKind,
        action: &str,
    ) -> Result<Done, AppError> {
        let id = EventId::derived(&[b"page", row.case.id.0.as_bytes(), once.as_bytes()]);
        let detail = json!({ "event": id, "kind": kind.name() });
        let post = comity_domain::story::about(&kind);
        let event = Event { id, case: row.case.id, at: now, received_at: now, kind };
        let is_new = self.tell(event, wrote, post, Actor::Consumer, action, detail).await?;
        self.decide_now(row.case.id).await?;
        Ok(if is_new { Done::Done } else { Done::Already })
    }

    /// Lets something be known of a case that somebody said or did here.
    pub(crate) async fn tell(
        &self,
        event: Event,
        wrote: Option<IngestBatch>,
        post: Option<PostId>,
        actor: Actor,
        action: &str,
        detail: serde_json::Value,
    ) -> Result<bool, AppError> {
        let case: CaseId = event.case;
        let subject = format!("case/{case}");
        let audit = AuditEntry { at: event.at, actor, action: action.to_owned(), subject, case: Some(case), detail };
        let is_new = self.store.tell(self.organization, wrote, &event, post, audit).await?;
        self.wake.decide.notify_one();
        self.tell_case(case).await?;
        Ok(is_new)
    }
}

fn author(contact: &Contact) -> InboundAuthor {
    InboundAuthor {
        external_id: contact.external_id.clone(),
        handle: contact.handle.clone(),
        display_name: contact.display_name.clone(),
        followers: contact.followers,
    }
}

/// The newest post of theirs that the platform knows, else the newest that it knows at all.
fn goes_on_from(posts: &[Post], contact: ContactId) -> Option<&Post> {
    let known = || posts.iter().filter(|post| !post.is_on_the_page());
    let newest = |post: &&Post| (post.deleted_at.is_none(), post.at, post.id);
    known().filter(|post| post.author == contact).max_by_key(newest).or_else(|| known().max_by_key(newest))
}
