//! Replies that could not be sent.

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
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry)).routes(routes!(give_up))
}

/// Replies in one state; without one those given up.
#[utoipa::path(get, path = "/deliveries", tag = "cases", params(DeliveryQuery), responses((status = 200, body = Items<DeliveryView>, description = "Done.")))]
async fn list(
    State(http): State<Http>,
    caller: DeliveryReader,
    Query(query): Query<DeliveryQuery>,
) -> Answer<Json<Items<DeliveryView>>> {
    Err(crate::errors::Problem::unfinished())
}

/// Tries again.
#[utoipa::path(post, path = "/deliveries/{id}/retry", tag = "cases", responses((status = 200, body = DeliveryView, description = "Done.")))]
async fn retry(State(http): State<Http>, caller: Approver, Path(id): Path<Uuid>) -> Answer<Json<DeliveryView>> {
    Err(crate::errors::Problem::unfinished())
}

/// Gives a reply up for good.
#[utoipa::path(post, path = "/deliveries/{id}/drop", tag = "cases", responses((status = 200, body = DeliveryView, description = "Done.")))]
async fn give_up(State(http): State<Http>, caller: Approver, Path(id): Path<Uuid>) -> Answer<Json<DeliveryView>> {
    Err(crate::errors::Problem::unfinished())
}
