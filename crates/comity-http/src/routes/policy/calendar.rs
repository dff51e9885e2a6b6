//! The calendar of a draft: written into its settings, with holidays out of a file, and what that would mean.

use crate::{
    auth::PolicyOwner,
    dto::{CalendarFile, EditCalendar, EditedCalendar, ListedHolidays},
    errors::{Answer, Problem},
    extract::Json,
    present,
    state::Http,
};
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(edit)).routes(routes!(holidays))
}

/// What settings are with another calendar, and what that would mean for what is promised; nothing is kept.
#[utoipa::path(
    post,
    path = "/policy/calendar",
    tag = "policy",
    responses(
        (status = 200, body = EditedCalendar, description = "Done."),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "The settings cannot be read, or nothing would ever be due by this calendar."
        ),
    )
)]
async fn edit(
    State(http): State<Http>,
    _caller: PolicyOwner,
    Json(body): Json<EditCalendar>,
) -> Answer<Json<EditedCalendar>> {
    let (edited, preview) = http.app.edit_calendar(&body.settings, body.calendar.map(Into::into)).await?;
    Ok(Json(present::edited_calendar(&http.app, edited, preview).await?))
}

/// The days that an iCalendar file lists; nothing is kept.
#[utoipa::path(
    post,
    path = "/policy/calendar/holidays",
    tag = "policy",
    responses(
        (status = 200, body = ListedHolidays, description = "Done."),
        (
            status = 422,
            body = Problem,
            content_type = "application/problem+json",
            description = "It is no iCalendar file, or too large a one."
        ),
    )
)]
async fn holidays(
    State(http): State<Http>,
    _caller: PolicyOwner,
    Json(body): Json<CalendarFile>,
) -> Answer<Json<ListedHolidays>> {
    Ok(Json(http.app.holidays_listed(body.file).await?.into()))
}
