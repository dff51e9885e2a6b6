//! Figures from the ledger.

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
    OpenApiRouter::new().routes(routes!(first_answer))
}

/// How many cases got a first answer in time, per company.
#[utoipa::path(get, path = "/figures/first-answer", tag = "insight", params(FirstAnswerQuery), responses((status = 200, body = FirstAnswer, description = "Done.")))]
async fn first_answer(
    State(http): State<Http>,
    caller: FiguresReader,
    Query(query): Query<FirstAnswerQuery>,
) -> Answer<Json<FirstAnswer>> {
    Err(crate::errors::Problem::unfinished())
}
