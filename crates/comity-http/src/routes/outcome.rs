//! Whether a case is solved, what the person concerned asked for, and the links to their page.

use super::cases::view;
use crate::{
    auth::Agent,
    dto::{Attest, CaseView, MadeCaseLink, NewAnswer},
    errors::Answer,
    extract::{Json, Path},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_domain::{CaseLinkId, EventId};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(attest))
        .routes(routes!(answer))
        .routes(routes!(make_link))
        .routes(routes!(end_link))
}

/// Says for the organization whether it is solved.
#[utoipa::path(
    post,
    path = "/cases/{id}/attestations",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn attest(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<Attest>,
) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    http.app.attest(case, body.solved, caller.user).await?;
    view(&http.app, case, caller.user).await
}

/// Answers an appeal, a correction or an erasure that was asked for.
#[utoipa::path(
    post,
    path = "/cases/{id}/requests/{request}/answer",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn answer(
    State(http): State<Http>,
    caller: Agent,
    Path((id, request)): Path<(String, Uuid)>,
    Json(body): Json<NewAnswer>,
) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    http.app.answer_request(case, EventId(request), body.into(), caller.user).await?;
    view(&http.app, case, caller.user).await
}

/// Makes a link to the private page of the case.
#[utoipa::path(
    post,
    path = "/cases/{id}/links",
    tag = "cases",
    responses((status = 201, body = MadeCaseLink, description = "Done."))
)]
async fn make_link(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
) -> Answer<(StatusCode, Json<MadeCaseLink>)> {
    let case = http.app.find_case(&id).await?;
    let made = http.app.make_case_link(case, caller.user).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Ends a link: it leads nowhere any more.
#[utoipa::path(
    delete,
    path = "/cases/{id}/links/{link}",
    tag = "cases",
    responses((status = 204, description = "Done."))
)]
async fn end_link(
    State(http): State<Http>,
    caller: Agent,
    Path((id, link)): Path<(String, Uuid)>,
) -> Answer<StatusCode> {
    let case = http.app.find_case(&id).await?;
    http.app.end_case_link(case, CaseLinkId(link), caller.user).await?;
    Ok(StatusCode::NO_CONTENT)
}
