//! Why something was done.

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
    OpenApiRouter::new().routes(routes!(of_case)).routes(routes!(show)).routes(routes!(replay))
}

/// The decisions about a case, newest first.
#[utoipa::path(get, path = "/cases/{id}/decisions", tag = "cases", responses((status = 200, body = Items<DecisionView>, description = "Done.")))]
async fn of_case(
    State(http): State<Http>,
    caller: CaseReader,
    Path(id): Path<String>,
) -> Answer<Json<Items<DecisionView>>> {
    Err(crate::errors::Problem::unfinished())
}

/// One decision with the facts as they were.
#[utoipa::path(get, path = "/decisions/{id}", tag = "cases", responses((status = 200, body = DecisionView, description = "Done.")))]
async fn show(State(http): State<Http>, caller: CaseReader, Path(id): Path<Uuid>) -> Answer<Json<DecisionView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Decides again from the stored facts with the same policy version; changes nothing.
#[utoipa::path(post, path = "/decisions/{id}/replay", tag = "cases", responses((status = 200, body = Replay, description = "Done.")))]
async fn replay(State(http): State<Http>, caller: CaseReader, Path(id): Path<Uuid>) -> Answer<Json<Replay>> {
    Err(crate::errors::Problem::unfinished())
}
