//! API tokens, for scripts and other servers.

use crate::{
    auth::SignedIn,
    dto::{CreatedToken, Items, NewToken, Token},
    errors::Answer,
    extract::{Json, Path},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_domain::TokenId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// Tokens, without their secret: one's own, and everybody's for an integrator.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "accounts",
    responses((status = 200, body = Items<Token>, description = "Done."))
)]
async fn list(State(http): State<Http>, caller: SignedIn) -> Answer<Json<Items<Token>>> {
    Ok(Items::of(http.app.tokens(&caller).await?))
}

/// Makes a token. It is shown this once.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "accounts",
    responses((status = 201, body = CreatedToken, description = "Done."))
)]
async fn create(
    State(http): State<Http>,
    caller: SignedIn,
    Json(body): Json<NewToken>,
) -> Answer<(StatusCode, Json<CreatedToken>)> {
    let (name, roles) = body.parts();
    let token = http.app.create_token(&name, roles, &caller).await?;
    Ok((StatusCode::CREATED, Json(token.into())))
}

/// Takes a token back.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "accounts", responses((status = 204, description = "Done.")))]
async fn delete(State(http): State<Http>, caller: SignedIn, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    http.app.delete_token(TokenId(id), &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
