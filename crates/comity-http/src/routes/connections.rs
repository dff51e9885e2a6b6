//! Connectors and their connections.

use crate::{
    auth::{ConnectionReader, Integrator},
    dto::{
        ConnectionChange, ConnectionView, ConnectorView, Items, LogLevel, LogLine, LogQuery, NewConnection,
        Verification,
    },
    errors::Answer,
    extract::{Json, Path, Query},
    limits,
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_domain::ConnectionId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(connectors))
        .routes(routes!(list, create))
        .routes(routes!(show, change, delete))
        .routes(routes!(verify))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(log))
}

/// The connectors that can be used.
#[utoipa::path(
    get,
    path = "/connectors",
    tag = "connections",
    responses((status = 200, body = Items<ConnectorView>, description = "Done."))
)]
async fn connectors(State(http): State<Http>, _caller: ConnectionReader) -> Answer<Json<Items<ConnectorView>>> {
    let plugins = http.app.connections.plugins.all();
    let items = plugins.map(|plugin| ConnectorView::new(plugin.description(), &plugin.capabilities())).collect();
    Ok(Json(Items { items }))
}

/// All connections.
#[utoipa::path(
    get,
    path = "/connections",
    tag = "connections",
    responses((status = 200, body = Items<ConnectionView>, description = "Done."))
)]
async fn list(State(http): State<Http>, _caller: ConnectionReader) -> Answer<Json<Items<ConnectionView>>> {
    Ok(Items::of(http.app.list_connections().await?))
}

/// Adds a connection.
#[utoipa::path(
    post,
    path = "/connections",
    tag = "connections",
    responses((status = 201, body = ConnectionView, description = "Done."))
)]
async fn create(
    State(http): State<Http>,
    caller: Integrator,
    Json(body): Json<NewConnection>,
) -> Answer<(StatusCode, Json<ConnectionView>)> {
    let connection = http.app.create_connection(body.into(), &caller.actor()).await?;
    Ok((StatusCode::CREATED, Json(connection.into())))
}

/// One connection.
#[utoipa::path(
    get,
    path = "/connections/{id}",
    tag = "connections",
    responses((status = 200, body = ConnectionView, description = "Done."))
)]
async fn show(
    State(http): State<Http>,
    _caller: ConnectionReader,
    Path(id): Path<Uuid>,
) -> Answer<Json<ConnectionView>> {
    Ok(Json(http.app.connection(ConnectionId(id)).await?.into()))
}

/// Changes a connection.
#[utoipa::path(
    patch,
    path = "/connections/{id}",
    tag = "connections",
    responses((status = 200, body = ConnectionView, description = "Done."))
)]
async fn change(
    State(http): State<Http>,
    caller: Integrator,
    Path(id): Path<Uuid>,
    Json(body): Json<ConnectionChange>,
) -> Answer<Json<ConnectionView>> {
    Ok(Json(http.app.update_connection(ConnectionId(id), body.into(), &caller.actor()).await?.into()))
}

/// Removes a connection; its cases stay.
#[utoipa::path(
    delete,
    path = "/connections/{id}",
    tag = "connections",
    responses((status = 204, description = "Done."))
)]
async fn delete(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    http.app.delete_connection(ConnectionId(id), &caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs in to the platform and says whose account it is.
#[utoipa::path(
    post,
    path = "/connections/{id}/verify",
    tag = "connections",
    responses((status = 200, body = Verification, description = "Done."))
)]
async fn verify(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<Json<Verification>> {
    Ok(Json(http.app.verify_connection(ConnectionId(id), &caller.actor()).await?.into()))
}

/// Stops fetching and sending.
#[utoipa::path(
    post,
    path = "/connections/{id}/pause",
    tag = "connections",
    responses((status = 200, body = ConnectionView, description = "Done."))
)]
async fn pause(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<Json<ConnectionView>> {
    Ok(Json(http.app.pause_connection(ConnectionId(id), &caller.actor()).await?.into()))
}

/// Goes on fetching and sending.
#[utoipa::path(
    post,
    path = "/connections/{id}/resume",
    tag = "connections",
    responses((status = 200, body = ConnectionView, description = "Done."))
)]
async fn resume(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<Json<ConnectionView>> {
    Ok(Json(http.app.resume_connection(ConnectionId(id), &caller.actor()).await?.into()))
}

/// What the connector and the server said about it, newest first.
#[utoipa::path(
    get,
    path = "/connections/{id}/log",
    tag = "connections",
    params(LogQuery),
    responses((status = 200, body = Items<LogLine>, description = "Done."))
)]
async fn log(
    State(http): State<Http>,
    _caller: ConnectionReader,
    Path(id): Path<Uuid>,
    Query(query): Query<LogQuery>,
) -> Answer<Json<Items<LogLine>>> {
    let level = query.level.unwrap_or(LogLevel::Debug);
    let lines = http.app.connection_log(ConnectionId(id), level.into(), limits::items(query.limit)).await?;
    Ok(Items::of(lines))
}
