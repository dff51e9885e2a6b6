//! Why something was done.

use crate::{
    auth::CaseReader,
    dto::{Audience, DecisionView, Explanation, ExplanationQuery, Items, Replay},
    errors::Answer,
    extract::{Json, Path, Query},
    present,
    state::Http,
};
use axum::extract::State;
use comity_domain::DecisionId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(of_case))
        .routes(routes!(show))
        .routes(routes!(explanation))
        .routes(routes!(replay))
}

/// The decisions about a case, newest first.
#[utoipa::path(
    get,
    path = "/cases/{id}/decisions",
    tag = "cases",
    responses((status = 200, body = Items<DecisionView>, description = "Done."))
)]
async fn of_case(
    State(http): State<Http>,
    _caller: CaseReader,
    Path(id): Path<String>,
) -> Answer<Json<Items<DecisionView>>> {
    let case = http.app.find_case(&id).await?;
    let decisions = http.app.case_decisions(case).await?;
    Ok(Json(Items { items: present::decisions(&http.app, decisions).await? }))
}

/// One decision with the facts as they were.
#[utoipa::path(
    get,
    path = "/decisions/{id}",
    tag = "cases",
    responses((status = 200, body = DecisionView, description = "Done."))
)]
async fn show(State(http): State<Http>, _caller: CaseReader, Path(id): Path<Uuid>) -> Answer<Json<DecisionView>> {
    let decision = http.app.decision(DecisionId(id)).await?;
    Ok(Json(present::decision(&http.app, decision).await?))
}

/// Why it was decided so, in sentences: which rules applied and what came of it, which nearly did, what was not known, and
/// what was not done and why.
#[utoipa::path(
    get,
    path = "/decisions/{id}/explanation",
    tag = "cases",
    params(ExplanationQuery),
    responses((status = 200, body = Explanation, description = "Done."))
)]
async fn explanation(
    State(http): State<Http>,
    _caller: CaseReader,
    Path(id): Path<Uuid>,
    Query(query): Query<ExplanationQuery>,
) -> Answer<Json<Explanation>> {
    let audience = query.audience.unwrap_or(Audience::Staff);
    let explanation = http.app.explain(DecisionId(id), query.language, audience.into()).await?;
    Ok(Json(explanation.into()))
}

/// Decides again from the stored facts with the same policy version; changes nothing.
#[utoipa::path(
    post,
    path = "/decisions/{id}/replay",
    tag = "cases",
    responses((status = 200, body = Replay, description = "Done."))
)]
async fn replay(State(http): State<Http>, _caller: CaseReader, Path(id): Path<Uuid>) -> Answer<Json<Replay>> {
    let replayed = http.app.replay(DecisionId(id)).await?;
    Ok(Json(present::replay(&http.app, replayed).await?))
}
