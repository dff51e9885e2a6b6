//! The inbox and single cases. `{id}` is the id or the number.

use crate::{
    auth::{Agent, Approver, CaseReader},
    dto::{CaseChange, CaseList, CaseQuery, CaseView, CloseCase, NewNote, NoteView, WhyDue},
    errors::Answer,
    extract::{Json, Path, Query},
    limits, present,
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_app::App;
use comity_domain::{CaseId, ObligationId, UserId};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, change))
        .routes(routes!(why_due))
        .routes(routes!(note))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(release))
}

/// The inbox.
#[utoipa::path(
    get,
    path = "/cases",
    tag = "cases",
    params(CaseQuery),
    responses((status = 200, body = CaseList, description = "Done."))
)]
async fn list(State(http): State<Http>, caller: CaseReader, Query(query): Query<CaseQuery>) -> Answer<Json<CaseList>> {
    let (filter, sort) = query.filter(caller.user)?;
    let limit = limits::items(query.limit);
    let (page, counts) = http.app.list_cases(&filter, sort, query.cursor.as_deref(), limit, Some(caller.user)).await?;
    let items = present::case_rows(&http.app, page.items).await?;
    Ok(Json(CaseList { items, next_cursor: page.next_cursor, counts: counts.into() }))
}

/// One case with everything that belongs to it.
#[utoipa::path(
    get,
    path = "/cases/{id}",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn show(State(http): State<Http>, caller: CaseReader, Path(id): Path<String>) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    view(&http.app, case, caller.user).await
}

/// Changes assignee, team, priority or labels.
#[utoipa::path(
    patch,
    path = "/cases/{id}",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn change(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<CaseChange>,
) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    http.app.update_case(case, body.into(), caller.user).await?;
    view(&http.app, case, caller.user).await
}

/// Why an obligation is due when it is.
#[utoipa::path(
    get,
    path = "/cases/{id}/obligations/{obligation}",
    tag = "cases",
    responses((status = 200, body = WhyDue, description = "Done."))
)]
async fn why_due(
    State(http): State<Http>,
    _caller: CaseReader,
    Path((id, obligation)): Path<(String, Uuid)>,
) -> Answer<Json<WhyDue>> {
    let case = http.app.find_case(&id).await?;
    Ok(Json(http.app.why_due(case, ObligationId(obligation)).await?.into()))
}

/// Writes a note that only the organization sees.
#[utoipa::path(
    post,
    path = "/cases/{id}/notes",
    tag = "cases",
    responses((status = 201, body = NoteView, description = "Done."))
)]
async fn note(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<NewNote>,
) -> Answer<(StatusCode, Json<NoteView>)> {
    let case = http.app.find_case(&id).await?;
    let note = http.app.add_note(case, &body.text, caller.user).await?;
    let note = present::note(note, &http.app.people().await?);
    Ok((StatusCode::CREATED, Json(note)))
}

/// Closes the case.
#[utoipa::path(
    post,
    path = "/cases/{id}/close",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn close(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<CloseCase>,
) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    http.app.close_case(case, &body.reason, caller.user).await?;
    view(&http.app, case, caller.user).await
}

/// Opens a closed case again.
#[utoipa::path(
    post,
    path = "/cases/{id}/reopen",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn reopen(State(http): State<Http>, caller: Agent, Path(id): Path<String>) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    http.app.reopen_case(case, caller.user).await?;
    view(&http.app, case, caller.user).await
}

/// Lets replies leave again.
#[utoipa::path(
    post,
    path = "/cases/{id}/release",
    tag = "cases",
    responses((status = 200, body = CaseView, description = "Done."))
)]
async fn release(State(http): State<Http>, caller: Approver, Path(id): Path<String>) -> Answer<Json<CaseView>> {
    let case = http.app.find_case(&id).await?;
    http.app.release_replies(case, caller.user).await?;
    view(&http.app, case, caller.user).await
}

pub async fn view(app: &App, case: CaseId, me: UserId) -> Answer<Json<CaseView>> {
    Ok(Json(present::case_view(app, app.case_detail(case).await?, Some(me)).await?))
}
