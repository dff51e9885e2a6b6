//! Connectors and their connections.

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
#[utoipa::path(get, path = "/connectors", tag = "connections", responses((status = 200, body = Items<ConnectorView>, description = "Done.")))]
async fn connectors(State(http): State<Http>, caller: ConnectorReader) -> Answer<Json<Items<ConnectorView>>> {
    Err(crate::errors::Problem::unfinished())
}

/// All connections.
#[utoipa::path(get, path = "/connections", tag = "connections", responses((status = 200, body = Items<ConnectionView>, description = "Done.")))]
async fn list(State(http): State<Http>, caller: ConnectorReader) -> Answer<Json<Items<ConnectionView>>> {
    Err(crate::errors::Problem::unfinished())
}

/// Adds a connection.
#[utoipa::path(post, path = "/connections", tag = "connections", responses((status = 201, body = ConnectionView, description = "Done.")))]
async fn create(
    State(http): State<Http>,
    caller: Integrator,
    Json(body): Json<NewConnection>,
) -> Answer<(StatusCode, Json<ConnectionView>)> {
    Err(crate::errors::Problem::unfinished())
}

/// One connection.
#[utoipa::path(get, path = "/connections/{id}", tag = "connections", responses((status = 200, body = ConnectionView, description = "Done.")))]
async fn show(State(http): State<Http>, caller: ConnectorReader, Path(id): Path<Uuid>) -> Answer<Json<ConnectionView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Changes a connection.
#[utoipa::path(patch, path = "/connections/{id}", tag = "connections", responses((status = 200, body = ConnectionView, description = "Done.")))]
async fn change(
    State(http): State<Http>,
    caller: Integrator,
    Path(id): Path<Uuid>,
    Json(body): Json<ConnectionChange>,
) -> Answer<Json<ConnectionView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Removes a connection; its cases stay.
#[utoipa::path(delete, path = "/connections/{id}", tag = "connections", responses((status = 204, description = "Done.")))]
async fn delete(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    Err(crate::errors::Problem::unfinished())
}

/// Signs in to the platform and says whose account it is.
#[utoipa::path(post, path = "/connections/{id}/verify", tag = "connections", responses((status = 200, body = Verification, description = "Done.")))]
async fn verify(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<Json<Verification>> {
    Err(crate::errors::Problem::unfinished())
}

/// Stops fetching and sending.
#[utoipa::path(post, path = "/connections/{id}/pause", tag = "connections", responses((status = 200, body = ConnectionView, description = "Done.")))]
async fn pause(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<Json<ConnectionView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Goes on fetching and sending.
#[utoipa::path(post, path = "/connections/{id}/resume", tag = "connections", responses((status = 200, body = ConnectionView, description = "Done.")))]
async fn resume(State(http): State<Http>, caller: Integrator, Path(id): Path<Uuid>) -> Answer<Json<ConnectionView>> {
    Err(crate::errors::Problem::unfinished())
}

/// What the connector and the server said about it, newest first.
#[utoipa::path(get, path = "/connections/{id}/log", tag = "connections", params(LogQuery), responses((status = 200, body = Items<LogLine>, description = "Done.")))]
async fn log(
    State(http): State<Http>,
    caller: ConnectorReader,
    Path(id): Path<Uuid>,
    Query(query): Query<LogQuery>,
) -> Answer<Json<Items<LogLine>>> {
    Err(crate::errors::Problem::unfinished())
}
