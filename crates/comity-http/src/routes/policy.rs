//! The policy bundle: its draft, its checks, its versions.

mod calendar;
mod life;

use crate::{
    auth::{PolicyOwner, PolicyReader},
    dto::{Bundle, BundleCheck, BundleTests, Draft, Items, PolicyState, SaveDraft, Version, VersionRow},
    errors::{Answer, Problem},
    extract::{Json, Path},
    limits::BUNDLE_BYTES,
    present,
    state::Http,
};
use axum::extract::{DefaultBodyLimit, State};
use comity_app::AppError;
use comity_domain::PolicyVersionId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(state))
        .routes(routes!(draft, save_draft))
        .routes(routes!(check))
        .routes(routes!(test))
        .routes(routes!(versions))
        .routes(routes!(version))
        .merge(calendar::routes())
        .merge(life::routes())
        .layer(DefaultBodyLimit::max(BUNDLE_BYTES))
}

/// The live version and the draft.
#[utoipa::path(
    get,
    path = "/policy",
    tag = "policy",
    responses((status = 200, body = PolicyState, description = "Done."))
)]
async fn state(State(http): State<Http>, caller: PolicyReader) -> Answer<Json<PolicyState>> {
    Ok(Json(present::policy_state(&http.app, &caller.asker()).await?))
}

/// The draft; begun from the live version when there is none.
#[utoipa::path(
    get,
    path = "/policy/draft",
    tag = "policy",
    responses((status = 200, body = Draft, description = "Done."))
)]
async fn draft(State(http): State<Http>, _caller: PolicyOwner) -> Answer<Json<Draft>> {
    let draft = http.app.policy_draft().await?;
    Ok(Json(present::draft(&http.app, draft).await?))
}

/// Saves the draft.
#[utoipa::path(
    put,
    path = "/policy/draft",
    tag = "policy",
    responses(
        (status = 200, body = Draft, description = "Done."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "Somebody saved in between; carries the newest draft."
        ),
    )
)]
async fn save_draft(State(http): State<Http>, caller: PolicyOwner, Json(body): Json<SaveDraft>) -> Answer<Json<Draft>> {
    match http.app.save_policy_draft(body.files, body.base_revision, Some(caller.user)).await {
        Err(AppError::DraftChanged { revision }) => {
            let newest = present::draft(&http.app, http.app.policy_draft().await?).await?;
            let problem = Problem::from(AppError::DraftChanged { revision });
            Err(Problem { draft: Some(Box::new(newest)), ..problem })
        }
        saved => Ok(Json(present::draft(&http.app, saved?).await?)),
    }
}

/// Checks a bundle without keeping it.
#[utoipa::path(
    post,
    path = "/policy/check",
    tag = "policy",
    responses((status = 200, body = BundleCheck, description = "Done."))
)]
async fn check(State(http): State<Http>, _caller: PolicyOwner, Json(body): Json<Bundle>) -> Answer<Json<BundleCheck>> {
    Ok(Json(present::checked(http.app.check_policy(body.files).await?)))
}

/// Runs the tests of a bundle without keeping it.
#[utoipa::path(
    post,
    path = "/policy/test",
    tag = "policy",
    responses((status = 200, body = BundleTests, description = "Done."))
)]
async fn test(State(http): State<Http>, _caller: PolicyOwner, Json(body): Json<Bundle>) -> Answer<Json<BundleTests>> {
    Ok(Json(http.app.test_policy(body.files).await?.into()))
}

/// All versions, newest first.
#[utoipa::path(
    get,
    path = "/policy/versions",
    tag = "policy",
    responses((status = 200, body = Items<VersionRow>, description = "Done."))
)]
async fn versions(State(http): State<Http>, caller: PolicyReader) -> Answer<Json<Items<VersionRow>>> {
    let versions = http.app.policy_versions().await?;
    let versions = present::versions(&http.app, versions, &caller.asker()).await?;
    Ok(Json(Items { items: versions.into_iter().map(|version| version.row).collect() }))
}

/// One version with its files.
#[utoipa::path(
    get,
    path = "/policy/versions/{id}",
    tag = "policy",
    responses((status = 200, body = Version, description = "Done."))
)]
async fn version(State(http): State<Http>, caller: PolicyReader, Path(id): Path<Uuid>) -> Answer<Json<Version>> {
    let version = http.app.policy_version(PolicyVersionId(id)).await?;
    Ok(Json(present::version(&http.app, version, &caller.asker()).await?))
}
