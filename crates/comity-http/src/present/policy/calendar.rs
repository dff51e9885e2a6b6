//! A calendar that is being edited.

use crate::dto;
use comity_app::{
    App, AppError,
    calendars::{Edited, Listed, Moved, Preview, PromiseMade},
};

pub async fn edited_calendar(app: &App, edited: Edited, preview: Preview) -> Result<dto::EditedCalendar, AppError> {
    let prefix = app.organization().await?.key_prefix;
    let made = |one: PromiseMade| dto::PromiseMade {
        article: one.article.id,
        party: one.article.party.into(),
        owes: one.article.owes,
        within: one.within,
        live: one.live,
        then: one.then,
    };
    let moved = |one: Moved| dto::MovedPromise {
        case_id: one.promise.case.0,
        case_key: format!("{prefix}-{}", one.promise.case_number),
        article: one.promise.article,
        owes: one.owes,
        due_at: one.promise.due_at,
        would_be: one.would_be,
        closed: one.is_closed,
    };
    Ok(dto::EditedCalendar {
        calendar: edited.calendar.into(),
        settings: edited.settings,
        preview: dto::CalendarPreview {
            made_now: preview.made_now.into_iter().map(made).collect(),
            open: preview.open,
            looked_at: preview.looked_at,
            different: preview.different,
            closed: preview.closed,
            moved: preview.moved.into_iter().map(moved).collect(),
        },
    })
}

impl From<Listed> for dto::ListedHolidays {
    fn from(listed: Listed) -> Self {
        let day = |(date, name)| dto::Holiday { date, name };
        Self { days: listed.days.into_iter().map(day).collect(), timed: listed.timed, unread: listed.unread }
    }
}
