//! Replies that could not be sent.

use crate::{
    auth::{Approver, DeliveryReader, ReplyJudge},
    dto::{ApproveReply, DeclineReply, DeliveryQuery, DeliveryState, DeliveryView, Items},
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
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(approve))
        .routes(routes!(decline))
        .routes(routes!(retry))
        .routes(routes!(give_up))
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

/// Lets a reply leave that waited for a second person, who did not write it and has the skills that its case asks for.
#[utoipa::path(
    post,
    path = "/deliveries/{id}/approve",
    tag = "cases",
    responses((status = 200, body = DeliveryView, description = "Done."))
)]
async fn approve(
    State(http): State<Http>,
    caller: ReplyJudge,
    Path(id): Path<Uuid>,
    Json(body): Json<ApproveReply>,
) -> Answer<Json<DeliveryView>> {
    let delivery = http.app.approve_reply(DeliveryId(id), body.version, caller.user).await?;
    Ok(Json(present::delivery(delivery, &http.app.people().await?)))
}

/// Ends a reply that waited for a second person. Whoever wrote it may take it back.
#[utoipa::path(
    post,
    path = "/deliveries/{id}/decline",
    tag = "cases",
    responses((status = 200, body = DeliveryView, description = "Done."))
)]
async fn decline(
    State(http): State<Http>,
    caller: ReplyJudge,
    Path(id): Path<Uuid>,
    Json(body): Json<DeclineReply>,
) -> Answer<Json<DeliveryView>> {
    let delivery = http.app.decline_reply(DeliveryId(id), &body.reason, caller.user).await?;
    Ok(Json(present::delivery(delivery, &http.app.people().await?)))
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
