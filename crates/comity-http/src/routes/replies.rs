//! Answering.

use crate::{
    auth::*,
    dto::*,
    errors::{Answer, Problem},
    extract::{Json, Path, Query},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(reply)).routes(routes!(templates))
}

/// What the guards say of a reply; sends nothing.
#[utoipa::path(post, path = "/cases/{id}/reply/check", tag = "cases", responses((status = 200, body = ReplyCheck, description = "Done.")))]
async fn check(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<ReplyText>,
) -> Answer<Json<ReplyCheck>> {
    Err(crate::errors::Problem::unfinished())
}

/// Records a reply, which is sent as soon as the platform takes it.
#[utoipa::path(post, path = "/cases/{id}/replies", tag = "cases", responses((status = 202, body = DeliveryView, description = "Done."), (status = 409, body = Problem, content_type = "application/problem+json", description = "Replies are held."), (status = 422, body = Problem, content_type = "application/problem+json", description = "A guard stopped it.")))]
async fn reply(
    State(http): State<Http>,
    caller: Agent,
    Path(id): Path<String>,
    Json(body): Json<NewReply>,
) -> Answer<(StatusCode, Json<DeliveryView>)> {
    Err(crate::errors::Problem::unfinished())
}

/// The reply templates of the live policy.
#[utoipa::path(get, path = "/templates", tag = "cases", responses((status = 200, body = Items<Template>, description = "Done.")))]
async fn templates(State(http): State<Http>, caller: Agent) -> Answer<Json<Items<Template>>> {
    Err(crate::errors::Problem::unfinished())
}
