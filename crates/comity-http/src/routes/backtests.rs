//! Backtests: begun, followed, cancelled, and looked through.

use crate::{
    auth::{PolicyJudge, PolicyReader},
    dto::{Backtest, BacktestCasesQuery, CaseDiff, Items, NewBacktest, Page},
    errors::{Answer, Problem},
    extract::{Json, Path, Query},
    limits::{self, BUNDLE_BYTES},
    present,
    state::Http,
};
use axum::{
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use comity_app::{
    backtests::{Candidate, Span},
    values::DiffFilter,
};
use comity_domain::{BacktestId, PolicyVersionId};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(start, list))
        .routes(routes!(show))
        .routes(routes!(cancel))
        .routes(routes!(cases))
        .layer(DefaultBodyLimit::max(BUNDLE_BYTES))
}

/// Begins a backtest of files or of a version; it goes on by itself and survives a restart.
#[utoipa::path(
    post,
    path = "/policy/backtests",
    tag = "policy",
    responses(
        (status = 202, body = Backtest, description = "Begun."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "Another one is running; carries its id."
        ),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "It has errors; carries them."
        ),
    )
)]
async fn start(
    State(http): State<Http>,
    caller: PolicyJudge,
    Json(body): Json<NewBacktest>,
) -> Answer<(StatusCode, Json<Backtest>)> {
    let candidate = match (body.files, body.version_id) {
        (Some(files), None) => Candidate::Files(files),
        (None, Some(id)) => Candidate::Version(PolicyVersionId(id)),
        _ => return Err(Problem::field("/files", "Give either files or version_id.")),
    };
    let span = Span { from: body.from, until: body.until };
    let begun = http.app.start_backtest(candidate, span, caller.user).await?;
    Ok((StatusCode::ACCEPTED, Json(present::backtest(&http.app, begun).await?)))
}

/// The newest twenty, newest first.
#[utoipa::path(
    get,
    path = "/policy/backtests",
    tag = "policy",
    responses((status = 200, body = Items<Backtest>, description = "Done."))
)]
async fn list(State(http): State<Http>, _caller: PolicyReader) -> Answer<Json<Items<Backtest>>> {
    let backtests = http.app.backtests().await?;
    Ok(Json(Items { items: present::backtests(&http.app, backtests).await? }))
}

/// One backtest: how far it is, and what it came to.
#[utoipa::path(
    get,
    path = "/policy/backtests/{id}",
    tag = "policy",
    responses((status = 200, body = Backtest, description = "Done."))
)]
async fn show(State(http): State<Http>, _caller: PolicyReader, Path(id): Path<Uuid>) -> Answer<Json<Backtest>> {
    let backtest = http.app.backtest(BacktestId(id)).await?;
    Ok(Json(present::backtest(&http.app, backtest).await?))
}

/// Ends one that runs.
#[utoipa::path(
    post,
    path = "/policy/backtests/{id}/cancel",
    tag = "policy",
    responses((status = 200, body = Backtest, description = "Done."))
)]
async fn cancel(State(http): State<Http>, caller: PolicyJudge, Path(id): Path<Uuid>) -> Answer<Json<Backtest>> {
    let cancelled = http.app.cancel_backtest(BacktestId(id), caller.user).await?;
    Ok(Json(present::backtest(&http.app, cancelled).await?))
}

/// Events that are decided differently, one by one, the newest cases first.
#[utoipa::path(
    get,
    path = "/policy/backtests/{id}/cases",
    tag = "policy",
    params(BacktestCasesQuery),
    responses((status = 200, body = Page<CaseDiff>, description = "Done."))
)]
async fn cases(
    State(http): State<Http>,
    _caller: PolicyReader,
    Path(id): Path<Uuid>,
    Query(query): Query<BacktestCasesQuery>,
) -> Answer<Json<Page<CaseDiff>>> {
    let BacktestCasesQuery { rule, effect, outcome, after, limit } = query;
    let filter = DiffFilter { rule, effect, outcome };
    let limit = limits::items(limit);
    let page = http.app.backtest_cases(BacktestId(id), &filter, after.as_deref(), limit).await?;
    Ok(Json(Page { items: page.items.into_iter().map(Into::into).collect(), next_cursor: page.next_cursor }))
}
