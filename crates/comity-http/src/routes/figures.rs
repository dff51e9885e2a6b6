//! Figures from the ledger.

use crate::{
    auth::FiguresReader,
    dto::{FirstAnswer, FirstAnswerQuery, Outcomes, PromiseQuery, Promises},
    errors::Answer,
    extract::{Json, Query},
    state::Http,
};
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(first_answer)).routes(routes!(promises)).routes(routes!(outcomes))
}

/// What was promised by each side and what became of it, and how long people waited for a first answer.
#[utoipa::path(
    get,
    path = "/figures/promises",
    tag = "insight",
    params(PromiseQuery),
    responses((status = 200, body = Promises, description = "Done."))
)]
async fn promises(
    State(http): State<Http>,
    _caller: FiguresReader,
    Query(query): Query<PromiseQuery>,
) -> Answer<Json<Promises>> {
    Ok(Json(http.app.promise_figures(query.days.unwrap_or(28)).await?.into()))
}

/// How cases ended, by reason and policy version, and how long they took.
#[utoipa::path(
    get,
    path = "/figures/outcomes",
    tag = "insight",
    params(PromiseQuery),
    responses((status = 200, body = Outcomes, description = "Done."))
)]
async fn outcomes(
    State(http): State<Http>,
    _caller: FiguresReader,
    Query(query): Query<PromiseQuery>,
) -> Answer<Json<Outcomes>> {
    Ok(Json(http.app.outcomes(query.days.unwrap_or(28)).await?.into()))
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
