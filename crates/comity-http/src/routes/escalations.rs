//! Escalation flows at work: who was told, who is next, and taking one up.

use crate::{
    auth::{CaseReader, Escalated},
    dto::{EscalationList, EscalationQuery, EscalationRun, HandOver, Items, PersonRef, Resolve},
    errors::Answer,
    extract::{Json, Path, Query},
    limits, present,
    state::Http,
};
use axum::extract::State;
use comity_app::values::FlowFilter;
use comity_domain::{FlowRunId, UserId};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(people))
        .routes(routes!(acknowledge))
        .routes(routes!(hand_over))
        .routes(routes!(resolve))
}

/// Escalations, newest first.
#[utoipa::path(
    get,
    path = "/escalations",
    tag = "cases",
    params(EscalationQuery),
    responses((status = 200, body = EscalationList, description = "Done."))
)]
async fn list(
    State(http): State<Http>,
    caller: CaseReader,
    Query(query): Query<EscalationQuery>,
) -> Answer<Json<EscalationList>> {
    let me = caller.user;
    let told = query.mine.filter(|&mine| mine).map(|_| me);
    let filter = FlowFilter { state: query.state.map(Into::into), told, case: None };
    let page = http.app.flow_runs(filter, query.cursor.as_deref(), limits::items(query.limit)).await?;
    Ok(Json(EscalationList {
        items: present::escalations(&http.app, page.items, me).await?,
        next_cursor: page.next_cursor,
        waiting_for_me: http.app.flows_waiting_for(me).await?,
    }))
}

/// Whom an escalation can be handed over to.
#[utoipa::path(
    get,
    path = "/escalations/people",
    tag = "cases",
    responses((status = 200, body = Items<PersonRef>, description = "Done."))
)]
async fn people(State(http): State<Http>, _caller: Escalated) -> Answer<Json<Items<PersonRef>>> {
    let users = http.app.users().await?.into_iter().filter(|user| user.is_active);
    Ok(Json(Items { items: users.map(|user| PersonRef { id: user.id.0, name: user.name }).collect() }))
}

/// Takes an escalation up: nobody further is told. One that somebody else has taken up is taken over.
#[utoipa::path(
    post,
    path = "/escalations/{id}/acknowledge",
    tag = "cases",
    responses((status = 200, body = EscalationRun, description = "Done."))
)]
async fn acknowledge(State(http): State<Http>, caller: Escalated, Path(id): Path<Uuid>) -> Answer<Json<EscalationRun>> {
    let row = http.app.acknowledge_flow(FlowRunId(id), caller.user).await?;
    Ok(Json(present::escalation(&http.app, row, caller.user).await?))
}

/// Gives an escalation to somebody else, who is told.
#[utoipa::path(
    post,
    path = "/escalations/{id}/hand-over",
    tag = "cases",
    responses((status = 200, body = EscalationRun, description = "Done."))
)]
async fn hand_over(
    State(http): State<Http>,
    caller: Escalated,
    Path(id): Path<Uuid>,
    Json(body): Json<HandOver>,
) -> Answer<Json<EscalationRun>> {
    let row = http.app.hand_over_flow(FlowRunId(id), UserId(body.to), caller.user).await?;
    Ok(Json(present::escalation(&http.app, row, caller.user).await?))
}

/// Ends an escalation, because the matter is dealt with.
#[utoipa::path(
    post,
    path = "/escalations/{id}/resolve",
    tag = "cases",
    responses((status = 200, body = EscalationRun, description = "Done."))
)]
async fn resolve(
    State(http): State<Http>,
    caller: Escalated,
    Path(id): Path<Uuid>,
    Json(body): Json<Resolve>,
) -> Answer<Json<EscalationRun>> {
    let row = http.app.resolve_flow(FlowRunId(id), &body.note, caller.user).await?;
    Ok(Json(present::escalation(&http.app, row, caller.user).await?))
}
