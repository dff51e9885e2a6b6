//! Figures from the ledger.

use crate::{
    auth::FiguresReader,
    dto::{FirstAnswer, FirstAnswerQuery},
    errors::Answer,
    extract::{Json, Query},
    state::Http,
};
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(first_answer))
}

/// How many cases got a first answer in time, per company.
#[utoipa::path(
    get,
    path = "/figures/first-answer",
    tag = "insight",
    params(FirstAnswerQuery),
    responses((status = 200, body = FirstAnswer, description = "Done."))
)]
async fn first_answer(
    State(http): State<Http>,
    _caller: FiguresReader,
    Query(query): Query<FirstAnswerQuery>,
) -> Answer<Json<FirstAnswer>> {
    Ok(Json(http.app.first_answers(query.hours.unwrap_or(4)).await?.into()))
}
