//! Who is on call for each team.

use crate::{
    auth::{CaseReader, Escalated},
    dto::{Items, OnCallTeam, RotaChange, RotaPreview, ShiftView},
    errors::Answer,
    extract::{Json, Path},
    present,
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(change)).routes(routes!(preview))
}

/// Every team with who is on call for it, now and in the next two weeks.
#[utoipa::path(
    get,
    path = "/on-call",
    tag = "cases",
    responses((status = 200, body = Items<OnCallTeam>, description = "Done."))
)]
async fn list(State(http): State<Http>, _caller: CaseReader) -> Answer<Json<Items<OnCallTeam>>> {
    Ok(Json(Items { items: present::on_call(&http.app).await? }))
}

/// Changes a team's rota.
#[utoipa::path(
    put,
    path = "/on-call/{team}",
    tag = "cases",
    responses((status = 204, description = "Done."))
)]
async fn change(
    State(http): State<Http>,
    caller: Escalated,
    Path(team): Path<String>,
    Json(body): Json<RotaChange>,
) -> Answer<StatusCode> {
    http.app.set_rota(&team, &body.rota.into(), body.version, caller.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a rota would mean for the next two weeks, without keeping it.
#[utoipa::path(
    post,
    path = "/on-call/preview",
    tag = "cases",
    responses((status = 200, body = Items<ShiftView>, description = "Done."))
)]
async fn preview(
    State(http): State<Http>,
    _caller: Escalated,
    Json(body): Json<RotaPreview>,
) -> Answer<Json<Items<ShiftView>>> {
    let (_, shifts) = http.app.preview_rota(&body.rota.into())?;
    let people = http.app.people().await?;
    Ok(Json(Items { items: present::shifts(shifts, &people) }))
}
