//! The policy bundle: its draft, its checks, its versions.

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
    OpenApiRouter::new()
        .routes(routes!(state))
        .routes(routes!(draft, save_draft))
        .routes(routes!(check))
        .routes(routes!(test))
        .routes(routes!(publish, versions))
        .routes(routes!(version))
        .routes(routes!(restore))
}

/// The live version and the draft.
#[utoipa::path(get, path = "/policy", tag = "policy", responses((status = 200, body = PolicyState, description = "Done.")))]
async fn state(State(http): State<Http>, caller: PolicyReader) -> Answer<Json<PolicyState>> {
    Err(crate::errors::Problem::unfinished())
}

/// The draft; begun from the live version when there is none.
#[utoipa::path(get, path = "/policy/draft", tag = "policy", responses((status = 200, body = Draft, description = "Done.")))]
async fn draft(State(http): State<Http>, caller: PolicyOwner) -> Answer<Json<Draft>> {
    Err(crate::errors::Problem::unfinished())
}

/// Saves the draft.
#[utoipa::path(put, path = "/policy/draft", tag = "policy", responses((status = 200, body = Draft, description = "Done."), (status = 409, body = Problem, content_type = "application/problem+json", description = "Somebody saved in between; carries the newest draft.")))]
async fn save_draft(State(http): State<Http>, caller: PolicyOwner, Json(body): Json<SaveDraft>) -> Answer<Json<Draft>> {
    Err(crate::errors::Problem::unfinished())
}

/// Checks a bundle without keeping it.
#[utoipa::path(post, path = "/policy/check", tag = "policy", responses((status = 200, body = BundleCheck, description = "Done.")))]
async fn check(State(http): State<Http>, caller: PolicyOwner, Json(body): Json<Bundle>) -> Answer<Json<BundleCheck>> {
    Err(crate::errors::Problem::unfinished())
}

/// Runs the tests of a bundle without keeping it.
#[utoipa::path(post, path = "/policy/test", tag = "policy", responses((status = 200, body = BundleTests, description = "Done.")))]
async fn test(State(http): State<Http>, caller: PolicyOwner, Json(body): Json<Bundle>) -> Answer<Json<BundleTests>> {
    Err(crate::errors::Problem::unfinished())
}

/// Publishes a bundle once its checks and tests pass.
#[utoipa::path(post, path = "/policy/versions", tag = "policy", responses((status = 201, body = VersionRow, description = "Done."), (status = 422, body = Problem, content_type = "application/problem+json", description = "It has errors or failing tests; carries them.")))]
async fn publish(
    State(http): State<Http>,
    caller: PolicyOwner,
    Json(body): Json<Publish>,
) -> Answer<(StatusCode, Json<VersionRow>)> {
    Err(crate::errors::Problem::unfinished())
}

/// All published versions, newest first.
#[utoipa::path(get, path = "/policy/versions", tag = "policy", responses((status = 200, body = Items<VersionRow>, description = "Done.")))]
async fn versions(State(http): State<Http>, caller: SignedIn) -> Answer<Json<Items<VersionRow>>> {
    Err(crate::errors::Problem::unfinished())
}

/// One version with its files.
#[utoipa::path(get, path = "/policy/versions/{id}", tag = "policy", responses((status = 200, body = Version, description = "Done.")))]
async fn version(State(http): State<Http>, caller: SignedIn, Path(id): Path<Uuid>) -> Answer<Json<Version>> {
    Err(crate::errors::Problem::unfinished())
}

/// Makes an older version live again.
#[utoipa::path(post, path = "/policy/versions/{id}/restore", tag = "policy", responses((status = 200, body = VersionRow, description = "Done.")))]
async fn restore(
    State(http): State<Http>,
    caller: PolicyOwner,
    Path(id): Path<Uuid>,
    Json(body): Json<Restore>,
) -> Answer<Json<VersionRow>> {
    Err(crate::errors::Problem::unfinished())
}
