//! The calendar of a policy as something that is edited: with holidays out of an iCalendar file, and a look at what a change would
//! mean for what is promised.
//!
//! The calendar stays in `settings.toml`, where it is tried, approved and published with the rest of the policy. Nothing here
//! keeps anything.

mod icalendar;
mod preview;
mod settings;

pub use icalendar::{IcalendarError, Listed};
pub use preview::{Moved, Preview, PromiseMade};
pub use settings::{read as read_calendar, write as write_calendar};

use crate::{App, AppError};
use comity_domain::{Timestamp, calendar::Calendar};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};

/// How far ahead holidays that come round every year are written down.
const YEARS_AHEAD: i64 = 3;

/// The days that a calendar file lists for the years around `now`: from the beginning of the year before, so that what is tried
/// against history finds its holidays, to the end of the third year after.
pub fn listed(file: &str, now: Timestamp) -> Result<Listed, IcalendarError> {
    let year = now.to_zoned(TimeZone::UTC).date().first_of_year();
    let first = year.saturating_sub(1.years());
    let last = year.saturating_add(YEARS_AHEAD.years()).last_of_year();
    icalendar::read(file, first, last)
}

/// A calendar as it stands in settings, and as text what those would be with it.
pub struct Edited {
    pub calendar: Calendar,
    pub settings: String,
}

impl App {
    /// What settings are with another calendar, or as they are, and what that would mean.
    pub async fn edit_calendar(
        &self,
        settings: &str,
        calendar: Option<Calendar>,
    ) -> Result<(Edited, Preview), AppError> {
        let wrong = |error: String| AppError::invalid("/settings", error);
        let (calendar, settings) = if let Some(calendar) = calendar {
            let settings = write_calendar(settings, &calendar).map_err(wrong)?;
            (calendar, settings)
        } else {
            (read_calendar(settings).map_err(wrong)?, settings.to_owned())
        };
        calendar.check().map_err(|error| AppError::invalid("/calendar", error.to_string()))?;
        let preview = self.preview_calendar(calendar.clone()).await?;
        Ok((Edited { calendar, settings }, preview))
    }

    /// The days that a calendar file lists.
    pub async fn holidays_listed(&self, file: String) -> Result<Listed, AppError> {
        let now = self.clock.now();
        let listed = self.blocking(move || listed(&file, now)).await?;
        listed.map_err(|error| AppError::invalid("/file", error.to_string()))
    }
}

/// A day, and what it is called.
pub type Day = (Date, String);
