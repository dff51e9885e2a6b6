//! Signing in and out.

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
    OpenApiRouter::new().routes(routes!(show, sign_in, sign_out))
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "accounts", responses((status = 200, body = Session, description = "Done.")))]
async fn show(State(http): State<Http>, caller: SignedIn) -> Answer<Json<Session>> {
    Err(crate::errors::Problem::unfinished())
}

/// Signs in. The cookie is a new one each time.
#[utoipa::path(post, path = "/session", tag = "accounts", security(()), responses((status = 200, body = Session, description = "Done.")))]
async fn sign_in(State(http): State<Http>, Json(body): Json<SignIn>) -> Answer<Json<Session>> {
    Err(crate::errors::Problem::unfinished())
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "accounts", responses((status = 204, description = "Done.")))]
async fn sign_out(State(http): State<Http>, caller: SignedIn) -> Answer<StatusCode> {
    Err(crate::errors::Problem::unfinished())
}
