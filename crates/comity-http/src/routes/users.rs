//! The people of the organization.

use crate::{
    auth::{Owner, SignedIn},
    dto::{Items, Memberships, NewUser, NotifyRules, NotifyState, PasswordChange, User, UserChange},
    errors::Answer,
    extract::{Json, Path},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use comity_app::notify::LANGUAGES;
use comity_domain::UserId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change))
        .routes(routes!(change_password))
        .routes(routes!(memberships))
        .routes(routes!(notify_state, notify))
}

/// All users.
#[utoipa::path(
    get,
    path = "/users",
    tag = "accounts",
    responses((status = 200, body = Items<User>, description = "Done."))
)]
async fn list(State(http): State<Http>, _caller: Owner) -> Answer<Json<Items<User>>> {
    Ok(Items::of(http.app.users().await?))
}

/// Adds a user.
#[utoipa::path(post, path = "/users", tag = "accounts", responses((status = 201, body = User, description = "Done.")))]
async fn create(
    State(http): State<Http>,
    caller: Owner,
    Json(body): Json<NewUser>,
) -> Answer<(StatusCode, Json<User>)> {
    let user = http.app.create_user(body.into(), &caller).await?;
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// Changes a user. Somebody made inactive is signed out everywhere.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "accounts",
    responses((status = 200, body = User, description = "Done."))
)]
async fn change(
    State(http): State<Http>,
    caller: Owner,
    Path(id): Path<Uuid>,
    Json(body): Json<UserChange>,
) -> Answer<Json<User>> {
    Ok(Json(http.app.change_user(UserId(id), body.into(), &caller).await?.into()))
}

/// What people can be in, hold and know by the live policy.
#[utoipa::path(
    get,
    path = "/memberships",
    tag = "accounts",
    responses((status = 200, body = Memberships, description = "Done."))
)]
async fn memberships(State(http): State<Http>, _caller: Owner) -> Answer<Json<Memberships>> {
    Ok(Json(http.app.memberships()?.into()))
}

/// How the caller is told of escalations outside of the pages.
#[utoipa::path(
    get,
    path = "/users/me/notifications",
    tag = "accounts",
    responses((status = 200, body = NotifyState, description = "Done."))
)]
async fn notify_state(State(http): State<Http>, caller: SignedIn) -> Answer<Json<NotifyState>> {
    let rules = http.app.notify_rules(&caller).await?.into();
    Ok(Json(NotifyState {
        rules,
        mails: http.app.mails(),
        languages: LANGUAGES.map(str::to_owned).into(),
        push_key: http.app.push_key(),
        browsers: http.app.browsers(&caller).await?.into_iter().map(Into::into).collect(),
    }))
}

/// Says how the caller wants to be told.
#[utoipa::path(
    put,
    path = "/users/me/notifications",
    tag = "accounts",
    responses((status = 204, description = "Done."))
)]
async fn notify(State(http): State<Http>, caller: SignedIn, Json(body): Json<NotifyRules>) -> Answer<StatusCode> {
    http.app.set_notify_rules(&caller, body.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the own password and signs out everywhere else.
#[utoipa::path(put, path = "/users/me/password", tag = "accounts", responses((status = 204, description = "Done.")))]
async fn change_password(
    State(http): State<Http>,
    caller: SignedIn,
    Json(body): Json<PasswordChange>,
) -> Answer<StatusCode> {
    http.app.change_own_password(&caller, body.current, body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}
