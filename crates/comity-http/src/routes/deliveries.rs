//! Replies that could not be sent.

use crate::{
    auth::{Approver, DeliveryReader},
    dto::{DeliveryQuery, DeliveryState, DeliveryView, Items},
    errors::Answer,
    extract::{Json, Path, Query},
    present,
    state::Http,
};
use axum::extract::State;
use comity_domain::DeliveryId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry)).routes(routes!(give_up))
}

/// Replies in one state; without one those given up.
#[utoipa::path(
    get,
    path = "/deliveries",
    tag = "cases",
    params(DeliveryQuery),
    responses((status = 200, body = Items<DeliveryView>, description = "Done."))
)]
async fn list(
    State(http): State<Http>,
    _caller: DeliveryReader,
    Query(query): Query<DeliveryQuery>,
) -> Answer<Json<Items<DeliveryView>>> {
    let state = query.state.unwrap_or(DeliveryState::Dead);
    let deliveries = http.app.deliveries(state.into()).await?;
    Ok(Json(Items { items: present::deliveries(&http.app, deliveries).await? }))
}

/// Tries again.
#[utoipa::path(
    post,
    path = "/deliveries/{id}/retry",
    tag = "cases",
    responses((status = 200, body = DeliveryView, description = "Done."))
)]
async fn retry(State(http): State<Http>, caller: Approver, Path(id): Path<Uuid>) -> Answer<Json<DeliveryView>> {
    let delivery = http.app.retry_delivery(DeliveryId(id), &caller.actor()).await?;
    Ok(Json(present::delivery(delivery, &http.app.people().await?)))
}

/// Gives a reply up for good.
#[utoipa::path(
    post,
    path = "/deliveries/{id}/drop",
    tag = "cases",
    responses((status = 200, body = DeliveryView, description = "Done."))
)]
async fn give_up(State(http): State<Http>, caller: Approver, Path(id): Path<Uuid>) -> Answer<Json<DeliveryView>> {
    let delivery = http.app.drop_delivery(DeliveryId(id), &caller.actor()).await?;
    Ok(Json(present::delivery(delivery, &http.app.people().await?)))
}
