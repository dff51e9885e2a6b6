//! The life of a version, one route for each step. What a step needs stands in [`comity_domain::life`]; who may call the
//! route stands in its signature.

use crate::{
    auth::{Approver, PolicyJudge, PolicyOwner, PolicyReader},
    dto::{
        Approve, Because, BesideView, HistoryLine, ImpactReport, Items, Nothing, Propose, Reviewed, StartCanary,
        VersionRow,
    },
    errors::{Answer, Problem},
    extract::{Json, Path},
    present,
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_app::accounts::Caller;
use comity_domain::{PolicyVersionId, life::Step};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(propose))
        .routes(routes!(impact))
        .routes(routes!(approve))
        .routes(routes!(publish))
        .routes(routes!(break_glass))
        .routes(routes!(review))
        .routes(routes!(shadow))
        .routes(routes!(canary))
        .routes(routes!(set_aside))
        .routes(routes!(restore))
        .routes(routes!(history))
        .routes(routes!(beside))
}

async fn take(http: &Http, id: Uuid, step: Step, caller: &Caller) -> Answer<Json<VersionRow>> {
    let asker = caller.asker();
    let version = http.app.take_policy_step(PolicyVersionId(id), &step, &asker).await?;
    Ok(Json(present::version(&http.app, version, &asker).await?.row))
}

/// Proposes a bundle once its checks and tests pass. It decides nothing yet.
#[utoipa::path(
    post,
    path = "/policy/versions",
    tag = "policy",
    responses(
        (status = 201, body = VersionRow, description = "Done, or proposed before on the same base."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "`policy-changed`: another version than the base is live."
        ),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "`policy-rejected` or `policy-tests-failed`: it has errors or failing tests; carries them."
        ),
    )
)]
async fn propose(
    State(http): State<Http>,
    caller: PolicyOwner,
    Json(body): Json<Propose>,
) -> Answer<(StatusCode, Json<VersionRow>)> {
    let base = body.base.map(PolicyVersionId);
    let version = http.app.propose_policy(body.files, body.note, base, Some(caller.user)).await?;
    Ok((StatusCode::CREATED, Json(present::version(&http.app, version, &caller.asker()).await?.row)))
}

/// What making the version live would change, as an approver looks at it.
#[utoipa::path(
    get,
    path = "/policy/versions/{id}/impact",
    tag = "policy",
    responses((status = 200, body = ImpactReport, description = "Done."))
)]
async fn impact(State(http): State<Http>, _caller: PolicyReader, Path(id): Path<Uuid>) -> Answer<Json<ImpactReport>> {
    let report = http.app.policy_impact(PolicyVersionId(id)).await?;
    Ok(Json((*report).clone().into()))
}

/// Approves what the impact report says, for somebody who did not write the version.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/approve",
    tag = "policy",
    responses(
        (status = 200, body = VersionRow, description = "Done."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "`impact-changed`: the report is another one by now. `policy-changed`: another version is live."
        ),
    )
)]
async fn approve(
    State(http): State<Http>,
    caller: Approver,
    Path(id): Path<Uuid>,
    Json(body): Json<Approve>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::Approve { impact_hash: body.impact_hash, note: body.note }, &caller).await
}

/// Makes a proposed version live.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/publish",
    tag = "policy",
    responses(
        (status = 200, body = VersionRow, description = "Done."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "`approval-needed`, or `policy-changed`: it was made from what is no longer live."
        ),
    )
)]
async fn publish(
    State(http): State<Http>,
    caller: PolicyOwner,
    Path(id): Path<Uuid>,
    Json(Nothing {}): Json<Nothing>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::Publish, &caller).await
}

/// Makes a proposed version live at once, without an approval. Everybody is told, and somebody else has to review it.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/break-glass",
    tag = "policy",
    responses((status = 200, body = VersionRow, description = "Done."))
)]
async fn break_glass(
    State(http): State<Http>,
    caller: PolicyOwner,
    Path(id): Path<Uuid>,
    Json(body): Json<Because>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::BreakGlass { reason: body.reason }, &caller).await
}

/// Reviews what went live in an emergency, for somebody else than who did that.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/review",
    tag = "policy",
    responses((status = 200, body = VersionRow, description = "Done."))
)]
async fn review(
    State(http): State<Http>,
    caller: Approver,
    Path(id): Path<Uuid>,
    Json(body): Json<Reviewed>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::Review { note: body.note }, &caller).await
}

/// Runs a proposed version beside the live one; nothing that it wants is done.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/shadow",
    tag = "policy",
    responses((status = 200, body = VersionRow, description = "Done."))
)]
async fn shadow(
    State(http): State<Http>,
    caller: PolicyOwner,
    Path(id): Path<Uuid>,
    Json(Nothing {}): Json<Nothing>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::Shadow, &caller).await
}

/// Makes an approved version live for a share of the cases.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/canary",
    tag = "policy",
    responses(
        (status = 200, body = VersionRow, description = "Done."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "`approval-needed`, or `policy-changed`: it was made from what is no longer live."
        ),
    )
)]
async fn canary(
    State(http): State<Http>,
    caller: PolicyOwner,
    Path(id): Path<Uuid>,
    Json(body): Json<StartCanary>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::Canary { percent: body.percent }, &caller).await
}

/// Sets a proposed version aside; it decides nothing any more.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/set-aside",
    tag = "policy",
    responses((status = 200, body = VersionRow, description = "Done."))
)]
async fn set_aside(
    State(http): State<Http>,
    caller: PolicyJudge,
    Path(id): Path<Uuid>,
    Json(body): Json<Because>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::SetAside { reason: body.reason }, &caller).await
}

/// Makes a version live again that was live before.
#[utoipa::path(
    post,
    path = "/policy/versions/{id}/restore",
    tag = "policy",
    responses((status = 200, body = VersionRow, description = "Done."))
)]
async fn restore(
    State(http): State<Http>,
    caller: PolicyOwner,
    Path(id): Path<Uuid>,
    Json(body): Json<Because>,
) -> Answer<Json<VersionRow>> {
    take(&http, id, Step::Restore { reason: body.reason }, &caller).await
}

/// Everything that was done with a version, oldest first, from the audit log.
#[utoipa::path(
    get,
    path = "/policy/versions/{id}/history",
    tag = "policy",
    responses((status = 200, body = Items<HistoryLine>, description = "Done."))
)]
async fn history(
    State(http): State<Http>,
    _caller: PolicyReader,
    Path(id): Path<Uuid>,
) -> Answer<Json<Items<HistoryLine>>> {
    let lines = http.app.policy_history(PolicyVersionId(id)).await?;
    Ok(Json(Items { items: present::history(&http.app, lines).await? }))
}

/// What a version came to beside the live one.
#[utoipa::path(
    get,
    path = "/policy/versions/{id}/beside",
    tag = "policy",
    responses((status = 200, body = BesideView, description = "Done."))
)]
async fn beside(State(http): State<Http>, _caller: PolicyReader, Path(id): Path<Uuid>) -> Answer<Json<BesideView>> {
    Ok(Json(http.app.policy_beside(PolicyVersionId(id)).await?.into()))
}
