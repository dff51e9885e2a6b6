//! Signing in and out.

use crate::{
    auth::SignedIn,
    dto::{Session, SignIn},
    errors::Answer,
    extract::Json,
    peer::Peer,
    present,
    state::Http,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(show, sign_in, sign_out))
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/session",
    tag = "accounts",
    responses((status = 200, body = Session, description = "Done."))
)]
async fn show(State(http): State<Http>, caller: SignedIn) -> Answer<Json<Session>> {
    Ok(Json(present::session(&http.app, &caller).await?))
}

/// Signs in. The cookie is a new one each time.
#[utoipa::path(
    post,
    path = "/session",
    tag = "accounts",
    security(()),
    responses((status = 200, body = Session, description = "Done."))
)]
async fn sign_in(
    State(http): State<Http>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Answer<impl IntoResponse> {
    if let Some(token) = http.cookie.read(&headers) {
        http.app.end_session_of(token).await?;
    }
    let signed_in = http.app.sign_in(&body.email, body.password, peer).await?;
    let cookie = http.new_cookie(&signed_in);
    Ok(([(header::SET_COOKIE, cookie)], Json(present::session(&http.app, &signed_in.caller).await?)))
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "accounts", responses((status = 204, description = "Done.")))]
async fn sign_out(State(http): State<Http>, caller: SignedIn) -> Answer<impl IntoResponse> {
    http.app.sign_out(&caller).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, http.cookie.clear())]))
}
