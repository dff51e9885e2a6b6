//! Links to the pages: made by an agent, or when a reply leaves that has a place for one.

use crate::{App, AppError, accounts::secret};
use comity_domain::{
    CaseId, CaseLinkId, ContactId, Party, Timestamp, UserId,
    audit::Actor,
    delivery::{Author, Delivery},
    inbound::InboundEvent,
    post::CASE_PAGE,
};
use comity_store::CaseLink;
use jiff::SignedDuration;
use std::net::IpAddr;

/// How exactly it is known when a link was last followed.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Before the token in an address.
const PATH: &str = "/c/";
/// What is left of a link in a text that comes back from a platform.
const MASKED: &str = "…";

/// A link with its address, which is known only now.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeLink {
    pub link: CaseLink,
    pub address: String,
}

impl App {
    /// Makes a link that an agent hands on.
    pub async fn make_case_link(&self, case: CaseId, user: UserId) -> Result<MadeLink, AppError> {
        let row = self.store.case_row(self.organization, case).await?.ok_or(AppError::NotFound { what: "case" })?;
        let token = secret::new_token();
        let link = CaseLink {
            id: CaseLinkId::generate(),
            case: row.case.id,
            contact: row.case.contact.ok_or_else(nobody)?,
            made_at: self.clock.now(),
            made_by: Actor::User { user },
            seen_at: None,
            ended: None,
        };
        self.store.add_case_link(self.organization, &link, secret::hash(&token)).await?;
        Ok(MadeLink { link, address: self.case_page_address(&token) })
    }

    /// The newest first.
    pub async fn case_links(&self, case: CaseId) -> Result<Vec<CaseLink>, AppError> {
        Ok(self.store.case_links(self.organization, case).await?)
    }

    pub async fn end_case_link(&self, case: CaseId, link: CaseLinkId, user: UserId) -> Result<(), AppError> {
        let (by, now) = (Actor::User { user }, self.clock.now());
        let was_good = self.store.end_case_link(self.organization, case, link, &by, now).await?;
        was_good.then_some(()).ok_or(AppError::NotFound { what: "link that still leads somewhere" })
    }

    /// The link behind a token, whether or not it has been ended. One that nobody made is like any other that is wrong.
    pub(super) async fn case_link_of(&self, token: &str, from: IpAddr) -> Result<CaseLink, AppError> {
        self.page_limits.look(from, self.clock.now())?;
        let found = self.store.case_link(self.organization, &secret::hash(token)).await?;
        found.ok_or(AppError::NotFound { what: "page" })
    }

    /// The text of a reply as it leaves, with a link where there is a place for one. The same reply has the same link however
    /// often it is tried.
    pub(crate) async fn with_case_link(&self, delivery: &Delivery) -> Result<String, AppError> {
        if !delivery.text.contains(CASE_PAGE) {
            return Ok(delivery.text.clone());
        }
        let key = self.vault.derive_key("links to the pages of cases");
        let token = secret::derived_token(&key, delivery.id.0.as_bytes());
        let hash = secret::hash(&token);
        if self.store.case_link(self.organization, &hash).await?.is_none() {
            let made_by = match &delivery.author {
                Author::Agent { user } => Actor::User { user: *user },
                Author::Rule { rule } => Actor::Rule { rule: rule.clone(), policy_version: String::new() },
            };
            let (contact, made_at) = (self.whom_for(delivery).await?, self.clock.now());
            let id = CaseLinkId::derived(&[b"link", delivery.id.0.as_bytes()]);
            let link = CaseLink { id, case: delivery.case, contact, made_at, made_by, seen_at: None, ended: None };
            self.store.add_case_link(self.organization, &link, hash).await?;
        }
        Ok(fill_in(&delivery.text, &self.case_page_address(&token)))
    }

    /// Whoever is answered; else whom the case is with.
    async fn whom_for(&self, delivery: &Delivery) -> Result<ContactId, AppError> {
        let answered = delivery.in_reply_to.as_ref().map(|id| comity_store::post_id(delivery.connection, id));
        if let Some(answered) = answered
            && let Some(post) = self.store.post(self.organization, answered).await?
            && post.party == Party::Consumer
        {
            return Ok(post.author);
        }
        let row = self.store.case_row(self.organization, delivery.case).await?;
        row.and_then(|row| row.case.contact).ok_or_else(nobody)
    }

    /// A text as long as it will be once the link is in it.
    pub(crate) fn as_long_as_it_leaves(&self, text: &str) -> String {
        fill_in(text, &self.case_page_address(&"x".repeat(secret::TOKEN_LETTERS)))
    }

    /// Takes tokens out of what platforms hand back: our own reply comes back with the link that it had.
    pub(crate) fn mask_case_links(&self, event: &mut InboundEvent) {
        let (InboundEvent::PostCreated(post) | InboundEvent::PostEdited(post)) = event else { return };
        let before = self.case_page_address("");
        if post.text.contains(&before) {
            post.text = masked(&post.text, &before);
        }
    }

    fn case_page_address(&self, token: &str) -> String {
        format!("{}{PATH}{token}", self.config.public_url.trim_end_matches('/'))
    }

    /// Notes that it was followed, unless that was noted a moment ago.
    pub(super) async fn saw_case_link(&self, link: &CaseLink, now: Timestamp) -> Result<(), AppError> {
        if link.seen_at.is_none_or(|seen| now.duration_since(seen) >= NOTED_EVERY) {
            self.store.saw_case_link(link.id, now).await?;
        }
        Ok(())
    }
}

fn nobody() -> AppError {
    AppError::Conflict {
        detail: "there is nobody whom the case is with".into(),
        advice: "Wait until somebody has written.".into(),
    }
}

/// A text with the address in its place.
#[must_use]
pub fn fill_in(text: &str, address: &str) -> String {
    text.replace(CASE_PAGE, address)
}

fn masked(text: &str, before: &str) -> String {
    let mut parts = text.split(before);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let rest = part.trim_start_matches(is_token);
        masked.push_str(before);
        masked.push_str(MASKED);
        masked.push_str(rest);
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_link_does_not_come_back() {
        let before = "https://answers.example/c/";
        let text =
            "Look: https://answers.example/c/aB-_9, and https://answers.example/c/xyz\nhttps://answers.example/charter";
        let expected =
            "Look: https://answers.example/c/…, and https://answers.example/c/…\nhttps://answers.example/charter";
        assert_eq!(masked(text, before), expected);
    }
}
