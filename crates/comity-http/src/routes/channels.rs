//! Channels that flows tell: where each is.

use crate::{
    auth::{ConnectionReader, Integrator},
    dto::{ChannelBinding, ChannelTest, ChannelView, Items},
    errors::Answer,
    extract::{Json, Path},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_domain::ConnectionId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(bind, unbind)).routes(routes!(test))
}

/// Every channel of the policy, with where it is.
#[utoipa::path(
    get,
    path = "/channels",
    tag = "connections",
    responses((status = 200, body = Items<ChannelView>, description = "Done."))
)]
async fn list(State(http): State<Http>, _caller: ConnectionReader) -> Answer<Json<Items<ChannelView>>> {
    Ok(Items::of(http.app.channels().await?))
}

/// Says where a channel is.
#[utoipa::path(
    put,
    path = "/channels/{name}",
    tag = "connections",
    responses((status = 204, description = "Done."))
)]
async fn bind(
    State(http): State<Http>,
    caller: Integrator,
    Path(name): Path<String>,
    Json(body): Json<ChannelBinding>,
) -> Answer<StatusCode> {
    http.app.bind_channel(&name, ConnectionId(body.connection), &body.address, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a channel off its connection: flows that tell it go on at once.
#[utoipa::path(
    delete,
    path = "/channels/{name}",
    tag = "connections",
    responses((status = 204, description = "Done."))
)]
async fn unbind(State(http): State<Http>, caller: Integrator, Path(name): Path<String>) -> Answer<StatusCode> {
    http.app.unbind_channel(&name, &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a message that says that it is a test.
#[utoipa::path(
    post,
    path = "/channels/{name}/test",
    tag = "connections",
    responses((status = 200, body = ChannelTest, description = "Done."))
)]
async fn test(State(http): State<Http>, caller: Integrator, Path(name): Path<String>) -> Answer<Json<ChannelTest>> {
    Ok(Json(http.app.try_channel(&name, &caller.actor()).await?.into()))
}
