//! What a draft would do, and what a rule of the live version does.

use crate::{
    auth::{PolicyOwner, PolicyReader},
    dto::{Bundle, Coverage, Evidence, EvidenceQuestion, Items, RulePage, RuleQuery, SavedTest, VocabularyWord},
    errors::{Answer, Problem},
    extract::{Json, Path, Query},
    limits::BUNDLE_BYTES,
    state::Http,
};
use axum::extract::{DefaultBodyLimit, State};
use comity_app::{evidence::Question, values::vocabulary};
use comity_domain::CaseId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(evidence))
        .routes(routes!(coverage))
        .routes(routes!(rule))
        .routes(routes!(test_of_case))
        .routes(routes!(words))
        .layer(DefaultBodyLimit::max(BUNDLE_BYTES))
}

/// A draft over the latest decided events, next to the live version, and in one case.
#[utoipa::path(
    post,
    path = "/policy/evidence",
    tag = "policy",
    responses(
        (status = 200, body = Evidence, description = "Done."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "A newer question of the same person is being answered."
        ),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "It has errors; carries them."
        ),
    )
)]
async fn evidence(
    State(http): State<Http>,
    caller: PolicyOwner,
    Json(body): Json<EvidenceQuestion>,
) -> Answer<Json<Evidence>> {
    let question = Question { files: body.files, case: body.case_id.map(CaseId), now: body.now };
    Ok(Json(http.app.evidence(question, caller.user).await?.into()))
}

/// Which articles and rules the tests of a bundle touch.
#[utoipa::path(
    post,
    path = "/policy/coverage",
    tag = "policy",
    responses((status = 200, body = Coverage, description = "Done."))
)]
async fn coverage(State(http): State<Http>, _caller: PolicyOwner, Json(body): Json<Bundle>) -> Answer<Json<Coverage>> {
    Ok(Json(http.app.coverage(body.files).await?.into()))
}

/// A rule of the live version: what it did, day by day, and how the cases ended that it touched.
#[utoipa::path(
    get,
    path = "/policy/rules/{rule}",
    tag = "policy",
    params(RuleQuery),
    responses((status = 200, body = RulePage, description = "Done."))
)]
async fn rule(
    State(http): State<Http>,
    _caller: PolicyReader,
    Path(rule): Path<String>,
    Query(query): Query<RuleQuery>,
) -> Answer<Json<RulePage>> {
    Ok(Json(http.app.rule_page(&rule, query.days.unwrap_or(30)).await?.into()))
}

/// A case written down as a test, with stand-ins for whoever it names; nothing is kept.
#[utoipa::path(
    post,
    path = "/policy/cases/{case_id}/test",
    tag = "policy",
    responses((status = 200, body = SavedTest, description = "Done."))
)]
async fn test_of_case(
    State(http): State<Http>,
    _caller: PolicyOwner,
    Path(case): Path<String>,
) -> Answer<Json<SavedTest>> {
    let case = http.app.find_case(&case).await?;
    Ok(Json(http.app.test_of_case(case).await?.into()))
}

/// Every word that a script can use.
#[utoipa::path(
    get,
    path = "/policy/vocabulary",
    tag = "policy",
    responses((status = 200, body = Items<VocabularyWord>, description = "Done."))
)]
async fn words(_caller: PolicyReader) -> Json<Items<VocabularyWord>> {
    Items::of(vocabulary())
}
