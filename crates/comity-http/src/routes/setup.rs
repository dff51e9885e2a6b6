//! The first owner is made with the one-time link that the server prints; there is no default password.

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
    OpenApiRouter::new().routes(routes!(state, set_up))
}

/// Whether the first owner is still to be made.
#[utoipa::path(get, path = "/setup", tag = "accounts", security(()), responses((status = 200, body = SetUpState, description = "Done.")))]
async fn state(State(http): State<Http>) -> Answer<Json<SetUpState>> {
    Err(crate::errors::Problem::unfinished())
}

/// Makes the organization and its owner, publishes the starter policy and signs the owner in.
#[utoipa::path(post, path = "/setup", tag = "accounts", security(()), responses((status = 201, body = Session, description = "Done.")))]
async fn set_up(State(http): State<Http>, Json(body): Json<SetUp>) -> Answer<(StatusCode, Json<Session>)> {
    Err(crate::errors::Problem::unfinished())
}
