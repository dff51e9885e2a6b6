//! Working time: when the organization is open, and what is due when.
//!
//! A calendar is weekly windows in one time zone, less its holidays. A window that closes at or before it opens runs
//! into the next day. Due times are computed on instants, so that a window across a daylight-saving change has the length
//! it really had: it opens and closes when the clocks on the wall first show its time, or skip it. There is no clock in here and no default calendar.

mod days;
mod holidays;
mod reckon;

pub use holidays::Holidays;
pub use reckon::{Reckoning, Stretch};

use crate::charter::Length;
use days::{Day, Days};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
    pub open: Vec<Window>,
    #[serde(default)]
    pub holidays: Holidays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub day: Weekday,
    /// `HH:MM`, local time.
    pub from: civil::Time,
    /// `HH:MM`, local time; at or before `from` means on the next day, so `00:00` is the end of the day.
    pub to: civil::Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("there is no time zone {0:?}; use an IANA name such as Europe/Berlin")]
    UnknownTimeZone(String),
    #[error("the calendar has no open hours within {0} days, so nothing would ever be due; add a window")]
    NeverOpen(u32),
    #[error("the due time lies beyond the years a calendar can count")]
    OutOfRange,
}

/// How far ahead open time is looked for before a calendar counts as never open.
pub const LONGEST_CLOSED_DAYS: u32 = 3_660;

/// A shorter time is gone through faster than its end is found.
const WORTH_SKIPPING: SignedDuration = SignedDuration::from_hours(4 * 24);

impl Calendar {
    /// When something of this length, begun at `from`, is due.
    pub fn due(&self, from: Timestamp, within: Length) -> Result<Timestamp, CalendarError> {
        if let Some(length) = within.elapsed() {
            return from.checked_add(length).map_err(|_| CalendarError::OutOfRange);
        }
        match within {
            Length::WorkingDays(count) => self.after_open_days(from, count),
            _ => self.reckon(from, within, &[]).map(|reckoning| reckoning.due_at),
        }
    }

    /// Checks what [`Calendar::due`] would stumble over.
    pub fn check(&self) -> Result<(), CalendarError> {
        self.zone()?;
        if self.open.is_empty() { Err(CalendarError::NeverOpen(LONGEST_CLOSED_DAYS)) } else { Ok(()) }
    }

    /// When the day began, on the calendar's clocks, that this moment lies in. Nothing when the time zone is not known.
    #[must_use]
    pub fn day_began(&self, at: Timestamp) -> Option<Timestamp> {
        let local = at.to_zoned(self.zone().ok()?);
        local.start_of_day().ok().map(|day| day.timestamp())
    }

    /// The holidays that lie in a stretch, on the calendar's clocks.
    pub fn holidays_in(&self, stretch: Stretch) -> Result<Vec<(civil::Date, String)>, CalendarError> {
        let zone = self.zone()?;
        let date = |at: Timestamp| zone.to_datetime(at).date();
        let days = self.holidays.between(date(stretch.from), date(stretch.until));
        Ok(days.map(|(date, name)| (date, name.to_owned())).collect())
    }

    /// Goes through the open time from a moment on, until `look` says when it is due. A calendar in which no time ever counts
    /// comes to an end.
    fn walk(&self, from: Timestamp, mut look: impl FnMut(Stretch) -> Look) -> Result<Timestamp, CalendarError> {
        let mut days = Days::new(self)?;
        let mut windows = Vec::new();
        let mut closed_days = 0;
        let mut walked_to = from;
        // The day before may have a window that runs into the first day.
        let mut day = days.of(from) - 1;
        loop {
            let mut skipped = 0;
            days.open_on(day, &mut windows)?;
            for &(opens, closes) in &windows {
                let open = Stretch { from: opens.max(walked_to), until: closes };
                if open.until <= open.from {
                    continue;
                }
                walked_to = closes;
                match look(open) {
                    Look::Due(due_at) => return Ok(due_at),
                    Look::Counted => closed_days = 0,
                    Look::Nothing => {}
                    Look::NothingBefore(at) if at.duration_since(closes) < WORTH_SKIPPING => {}
                    Look::NothingBefore(at) => skipped = skipped.max(at.duration_since(closes).as_hours() / 24 - 2),
                }
            }
            let skipped = skipped.min(LONGEST_CLOSED_DAYS.into());
            closed_days += skipped;
            day = self.next_day(day + skipped, &mut closed_days)?;
        }
    }

    fn after_open_days(&self, from: Timestamp, count: u32) -> Result<Timestamp, CalendarError> {
        let mut days = Days::new(self)?;
        let mut windows = Vec::new();
        let mut left = count;
        let mut closed_days = 0;
        let mut day = days.of(from);
        days.open_on(day, &mut windows)?;
        loop {
            // The day it began on is not counted, unless nothing is left to count.
            let close = windows.iter().map(|(_, closes)| *closes).max();
            if let Some(close) = close.filter(|&close| left == 0 && close >= from) {
                return Ok(close);
            }
            day = self.next_day(day, &mut closed_days)?;
            days.open_on(day, &mut windows)?;
            if !windows.is_empty() {
                closed_days = 0;
                left = left.saturating_sub(1);
            }
        }
    }

    fn next_day(&self, day: Day, closed_days: &mut i64) -> Result<Day, CalendarError> {
        *closed_days += 1;
        if self.open.is_empty() || *closed_days > LONGEST_CLOSED_DAYS.into() {
            return Err(CalendarError::NeverOpen(LONGEST_CLOSED_DAYS));
        }
        Ok(day + 1)
    }

    fn zone(&self) -> Result<TimeZone, CalendarError> {
        TimeZone::get(&self.time_zone).map_err(|_| CalendarError::UnknownTimeZone(self.time_zone.clone()))
    }
}

impl Weekday {
    pub(crate) fn is(self, day: civil::Weekday) -> bool {
        self as i8 == day.to_monday_zero_offset()
    }
}

/// What a walk finds in a stretch of open time.
enum Look {
    Due(Timestamp),
    Counted,
    Nothing,
    /// Neither here nor in what comes before then.
    NothingBefore(Timestamp),
}

#[cfg(test)]
mod tests;
