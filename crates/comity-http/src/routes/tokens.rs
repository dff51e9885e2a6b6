//! API tokens, for scripts and other servers.

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
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// All tokens, without their secret.
#[utoipa::path(get, path = "/tokens", tag = "accounts", responses((status = 200, body = Items<Token>, description = "Done.")))]
async fn list(State(http): State<Http>, caller: Integrator) -> Answer<Json<Items<Token>>> {
    Err(crate::errors::Problem::unfinished())
}

/// Makes a token. It is shown this once.
#[utoipa::path(post, path = "/tokens", tag = "accounts", responses((status = 201, body = CreatedToken, description = "Done.")))]
async fn create(
    State(http): State<Http>,
    caller: Integrator,
    Json(body): Json<NewToken>,
) -> Answer<(StatusCode, Json<CreatedToken>)> {
    Err(crate::errors::Problem::unfinished())
}

/// Takes a token back.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "accounts", responses((status = 204, description = "Done.")))]
async fn delete(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    Err(crate::errors::Problem::unfinished())
}
