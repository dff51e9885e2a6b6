//! The browsers in which the caller wants to be told.

use crate::{
    auth::SignedIn,
    dto::{Browser, NewBrowser},
    errors::{Answer, Problem},
    extract::{Json, Path},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(remove)).routes(routes!(test))
}

/// Tells the caller in this browser too. One that is known takes its new keys.
#[utoipa::path(
    post,
    path = "/users/me/browsers",
    tag = "accounts",
    responses(
        (status = 201, body = Browser, description = "Done."),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "It cannot be reached from here, or its keys are none."
        ),
    )
)]
async fn add(
    State(http): State<Http>,
    caller: SignedIn,
    Json(body): Json<NewBrowser>,
) -> Answer<(StatusCode, Json<Browser>)> {
    let browser = http.app.add_browser(&caller, body.into()).await?;
    Ok((StatusCode::CREATED, Json(browser.into())))
}

/// Tells the caller there no more.
#[utoipa::path(
    delete,
    path = "/users/me/browsers/{id}",
    tag = "accounts",
    responses((status = 204, description = "Done."))
)]
async fn remove(State(http): State<Http>, caller: SignedIn, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    http.app.remove_browser(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends it something to show.
#[utoipa::path(
    post,
    path = "/users/me/browsers/{id}/test",
    tag = "accounts",
    responses(
        (status = 204, description = "Its push service has it."),
        (
            status = 409,
            body = Problem,
            content_type = "application/problem+json",
            description = "It could not be reached."
        ),
    )
)]
async fn test(State(http): State<Http>, caller: SignedIn, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    http.app.test_browser(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
