//! The first owner is made with the one-time link that the server prints; there is no default password.

use crate::{
    dto::{Session, SetUp, SetUpState},
    errors::Answer,
    extract::Json,
    peer::Peer,
    present,
    state::Http,
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(state, set_up))
}

/// Whether the first owner is still to be made.
#[utoipa::path(
    get,
    path = "/setup",
    tag = "accounts",
    security(()),
    responses((status = 200, body = SetUpState, description = "Done."))
)]
async fn state(State(http): State<Http>) -> Answer<Json<SetUpState>> {
    Ok(Json(SetUpState { needed: http.app.needs_set_up().await? }))
}

/// Makes the organization and its owner, publishes the starter policy and signs the owner in.
#[utoipa::path(
    post,
    path = "/setup",
    tag = "accounts",
    security(()),
    responses((status = 201, body = Session, description = "Done."))
)]
async fn set_up(State(http): State<Http>, Peer(peer): Peer, Json(body): Json<SetUp>) -> Answer<impl IntoResponse> {
    let signed_in = http.app.set_up(body.into(), peer).await?;
    let cookie = http.new_cookie(&signed_in);
    let session = present::session(&http.app, &signed_in.caller).await?;
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(session)))
}
