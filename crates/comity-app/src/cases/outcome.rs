//! What the organization says of how a case stands, and what it answers to what the person concerned asked for.

use crate::{App, AppError};
use comity_domain::{
    CaseId, ContactId, EventId, Party, Timestamp, UserId,
    audit::Actor,
    delivery::{Author, Delivery},
    event::{Event, EventKind},
    inbound::InboundEvent,
    outcome::{Ask, Request, said},
};
use comity_store::IngestBatch;
use serde_json::json;

pub const LONGEST_ANSWER: usize = 5_000;

/// What somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnswer {
    pub granted: bool,
    /// The person concerned reads it.
    pub text: String,
}

impl App {
    /// Says for the organization whether it is solved. Saying it again changes nothing.
    pub async fn attest(&self, case: CaseId, solved: bool, user: UserId) -> Result<(), AppError> {
        let row = self.store.case_row(self.organization, case).await?.ok_or(AppError::NotFound { what: "case" })?;
        if said(&row.case.attestations, Party::Company).is_some_and(|said| said.solved == solved) {
            return Ok(());
        }
        let (id, now) = (EventId::generate(), self.clock.now());
        let kind = EventKind::Attested { party: Party::Company, solved, by: Some(user) };
        let event = Event { id, case: row.case.id, at: now, received_at: now, kind };
        self.tell(event, None, None, Actor::User { user }, "case.attest", json!({ "event": id, "solved": solved }))
            .await?;
        self.decide_now(row.case.id).await
    }

    /// Answers what the person concerned asked for. An appeal is for somebody who had no hand in the case before it was
    /// made. An erasure that is granted is done at once, and the pages of all cases with the person end with it.
    pub async fn answer_request(
        &self,
        case: CaseId,
        request: EventId,
        answer: NewAnswer,
        user: UserId,
    ) -> Result<(), AppError> {
        let text = answer.text.trim().to_owned();
        if text.is_empty() || text.chars().count() > LONGEST_ANSWER {
            let message = format!("say why in 1 to {LONGEST_ANSWER} characters; the person reads it");
            return Err(AppError::invalid("/text", message));
        }
        let row = self.store.case_row(self.organization, case).await?.ok_or(AppError::NotFound { what: "case" })?;
        let asked = row.case.requests.iter().find(|one| one.id == request);
        let asked = asked.ok_or(AppError::NotFound { what: "request" })?;
        if asked.answer.is_some() {
            return Err(AppError::Conflict {
                detail: "somebody has answered this already".into(),
                advice: "Load the case again.".into(),
            });
        }
        if asked.ask == Ask::Appeal && self.was_involved(row.case.id, user, asked.at).await? {
            let why = "You had a hand in this case before the appeal; somebody who was not involved has to look at it.";
            return Err(AppError::Forbidden { why: why.into() });
        }
        let now = self.clock.now();
        // Before it is said, so that nobody is told of what was not done.
        if asked.ask == Ask::Erasure && answer.granted {
            self.erase_person(row.case.id, asked.contact, user, now).await?;
        }
        // One answer for a request, whoever is quicker.
        let id = EventId::derived(&[b"answer", request.0.as_bytes()]);
        let kind = EventKind::Answered { request, granted: answer.granted, text, by: user };
        let event = Event { id, case: row.case.id, at: now, received_at: now, kind };
        let detail = json!({ "event": id, "request": request, "ask": asked.ask, "granted": answer.granted });
        self.tell(event, None, None, Actor::User { user }, "case.answer_request", detail).await?;
        self.decide_now(row.case.id).await
    }

    /// Whether this person may answer what was asked for and waits.
    pub async fn may_answer(&self, case: CaseId, request: &Request, user: UserId) -> Result<bool, AppError> {
        if request.answer.is_some() {
            return Ok(false);
        }
        Ok(request.ask != Ask::Appeal || !self.was_involved(case, user, request.at).await?)
    }

    /// Whether somebody wrote or agreed to a reply in the case, or changed it, before then.
    pub async fn was_involved(&self, case: CaseId, user: UserId, before: Timestamp) -> Result<bool, AppError> {
        let deliveries = self.store.case_deliveries(self.organization, case).await?;
        let had_a_hand = |delivery: &Delivery| {
            let wrote = matches!(delivery.author, Author::Agent { user: author } if author == user);
            wrote || delivery.approval.as_ref().is_some_and(|approval| approval.by == Some(user))
        };
        let replied = deliveries.iter().any(|delivery| delivery.created_at < before && had_a_hand(delivery));
        Ok(replied || self.store.changed_case_before(self.organization, case, user, before).await?)
    }

    async fn erase_person(
        &self,
        case: CaseId,
        contact: ContactId,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let row = self.store.case_row(self.organization, case).await?.ok_or(AppError::NotFound { what: "case" })?;
        let contacts = self.store.case_contacts(self.organization, row.case.id).await?;
        let Some(contact) = contacts.into_iter().find(|one| one.id == contact) else {
            return Ok(());
        };
        let erased = InboundEvent::AccountErased { author_external_id: contact.external_id, at: now };
        self.ingest(IngestBatch {
            organization: self.organization,
            connection: row.case.connection,
            events: vec![erased],
            received_at: now,
            cursor: None,
            state: Vec::new(),
            secrets: None,
            account: None,
        })
        .await?;
        self.store.end_links_of(self.organization, contact.id, &Actor::User { user }, now).await?;
        self.tell_case(row.case.id).await
    }

    /// Decides what waits in a case, so that whoever said it sees what came of it.
    pub(crate) async fn decide_now(&self, case: CaseId) -> Result<(), AppError> {
        for _ in 0..TRIES {
            if !self.store.is_undecided(self.organization, case).await? {
                break;
            }
            self.decide_waiting().await?;
        }
        // What is left is durable and will be decided.
        Ok(())
    }
}

/// How often what waits is decided before the answer leaves without it.
const TRIES: u32 = 5;
