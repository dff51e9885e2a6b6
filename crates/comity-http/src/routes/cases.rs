//! The inbox and single cases. `{id}` is the id or the number.

use crate::{
    auth::*,
    dto::*,
    errors::Answer,
    extract::{Json, Path, Query},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, change))
        .routes(routes!(note))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(release))
}

/// The inbox.
#[utoipa::path(get, path = "/cases", tag = "cases", params(CaseQuery), responses((status = 200, body = CaseList, description = "Done.")))]
async fn list(State(http): State<Http>, caller: CaseReader, Query(query): Query<CaseQuery>) -> Answer<Json<CaseList>> {
    Err(crate::errors::Problem::unfinished())
}

/// One case with everything that belongs to it.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", responses((status = 200, body = CaseView, description = "Done.")))]
async fn show(State(http): State<Http>, caller: CaseReader, Path(id): Path<String>) -> Answer<Json<CaseView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Changes assignee, team, priority or labels.
#[utoipa::path(patch, path = "/cases/{id}", tag = "cases", responses((status = 200, body = CaseView, description = "Done.")))]
async fn change(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<CaseChange>,
) -> Answer<Json<CaseView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Writes a note that only the organization sees.
#[utoipa::path(post, path = "/cases/{id}/notes", tag = "cases", responses((status = 201, body = NoteView, description = "Done.")))]
async fn note(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<NewNote>,
) -> Answer<(StatusCode, Json<NoteView>)> {
    Err(crate::errors::Problem::unfinished())
}

/// Closes the case.
#[utoipa::path(post, path = "/cases/{id}/close", tag = "cases", responses((status = 200, body = CaseView, description = "Done.")))]
async fn close(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<CloseCase>,
) -> Answer<Json<CaseView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Opens a closed case again.
#[utoipa::path(post, path = "/cases/{id}/reopen", tag = "cases", responses((status = 200, body = CaseView, description = "Done.")))]
async fn reopen(State(http): State<Http>, caller: Agent, Path(id): Path<String>) -> Answer<Json<CaseView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Lets replies leave again.
#[utoipa::path(post, path = "/cases/{id}/release", tag = "cases", responses((status = 200, body = CaseView, description = "Done.")))]
async fn release(State(http): State<Http>, caller: Approver, Path(id): Path<String>) -> Answer<Json<CaseView>> {
    Err(crate::errors::Problem::unfinished())
}
