//! How a case stands in the words of both sides, and the links to its page.

use super::person;
use crate::dto;
use comity_app::{
    App, AppError,
    case_page::MadeLink,
    cases::{NewAnswer, People},
    values::CaseLink,
};
use comity_domain::{
    Party, UserId,
    case::Case,
    outcome::{Answer, Ask, Attestation, Request, is_disputed, said},
};

/// `me` is whoever looks.
pub async fn outcome(
    app: &App,
    case: &Case,
    people: &People,
    me: Option<UserId>,
) -> Result<dto::OutcomeView, AppError> {
    let said = |party| said(&case.attestations, party).map(|said| attestation(said, people));
    let mut requests = Vec::with_capacity(case.requests.len());
    for request in &case.requests {
        let may_answer = match me {
            Some(me) => app.may_answer(case.id, request, me).await?,
            None => false,
        };
        requests.push(view(request, may_answer, people));
    }
    Ok(dto::OutcomeView {
        they_say: said(Party::Consumer),
        we_say: said(Party::Company),
        is_disputed: is_disputed(&case.attestations),
        requests,
    })
}

fn attestation(said: Attestation, people: &People) -> dto::AttestationView {
    dto::AttestationView { solved: said.solved, at: said.at, by: said.by.map(|by| person(by, people)) }
}

fn view(request: &Request, may_answer: bool, people: &People) -> dto::RequestView {
    let answer = |answer: &Answer| dto::AnswerView {
        at: answer.at,
        by: person(answer.by, people),
        granted: answer.granted,
        text: answer.text.clone(),
    };
    dto::RequestView {
        id: request.id.0,
        ask: request.ask.into(),
        at: request.at,
        post_id: request.post.map(|post| post.0),
        answer: request.answer.as_ref().map(answer),
        may_answer,
    }
}

impl From<Ask> for dto::Ask {
    fn from(ask: Ask) -> Self {
        match ask {
            Ask::Appeal => Self::Appeal,
            Ask::Correction => Self::Correction,
            Ask::Erasure => Self::Erasure,
        }
    }
}

impl From<CaseLink> for dto::CaseLinkView {
    fn from(link: CaseLink) -> Self {
        Self {
            id: link.id.0,
            made_at: link.made_at,
            made_by: link.made_by.into(),
            seen_at: link.seen_at,
            ended_at: link.ended.map(|ended| ended.at),
        }
    }
}

impl From<MadeLink> for dto::MadeCaseLink {
    fn from(made: MadeLink) -> Self {
        Self { link: made.link.into(), address: made.address }
    }
}

impl From<dto::NewAnswer> for NewAnswer {
    fn from(answer: dto::NewAnswer) -> Self {
        Self { granted: answer.granted, text: answer.text }
    }
}
