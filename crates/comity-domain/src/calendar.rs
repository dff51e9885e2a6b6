//! Working time: when the organization is open, and what is due when.
//!
//! A calendar is weekly windows in one time zone, less its holidays. A window that closes at or before it opens runs
//! into the next day. Due times are computed on instants, so that a window across a daylight-saving change has the length
//! it really had. There is no clock in here and no default calendar.

use crate::charter::Length;
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
    pub open: Vec<Window>,
    #[serde(default)]
    pub holidays: Vec<civil::Date>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl Calendar {
    /// When something of this length, begun at `from`, is due.
    pub fn due(&self, from: Timestamp, within: Length) -> Result<Timestamp, CalendarError> {
        match within {
            Length::Minutes(count) => elapsed(from, i64::from(count) * 60),
            Length::Hours(count) => elapsed(from, i64::from(count) * 3_600),
            Length::Days(count) => elapsed(from, i64::from(count) * 86_400),
            Length::WorkingHours(count) => self.after_open_time(from, SignedDuration::from_hours(count.into())),
            Length::WorkingDays(count) => self.after_open_days(from, count),
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

    fn after_open_time(&self, from: Timestamp, length: SignedDuration) -> Result<Timestamp, CalendarError> {
        let zone = self.zone()?;
        let mut left = length;
        let mut closed_days = 0;
        let mut counted_to = from;
        // The day before may have a window that runs into the first day.
        let mut date = from.to_zoned(zone.clone()).date().yesterday().map_err(|_| CalendarError::OutOfRange)?;
        loop {
            for (opens, closes) in self.windows(date, &zone)? {
                let start = opens.max(counted_to);
                if closes <= start {
                    continue;
                }
                let open = closes.duration_since(start);
                if open >= left {
                    return start.checked_add(left).map_err(|_| CalendarError::OutOfRange);
                }
                left -= open;
                counted_to = closes;
                closed_days = 0;
            }
            date = self.next_day(date, &mut closed_days)?;
        }
    }

    fn after_open_days(&self, from: Timestamp, count: u32) -> Result<Timestamp, CalendarError> {
        let zone = self.zone()?;
        let mut left = count;
        let mut closed_days = 0;
        let mut date = from.to_zoned(zone.clone()).date();
        loop {
            // The day it began on is not counted, unless nothing is left to count.
            let close = self.windows(date, &zone)?.into_iter().map(|(_, closes)| closes).max();
            if let Some(close) = close.filter(|&close| left == 0 && close >= from) {
                return Ok(close);
            }
            date = self.next_day(date, &mut closed_days)?;
            if !self.windows(date, &zone)?.is_empty() {
                closed_days = 0;
                left = left.saturating_sub(1);
            }
        }
    }

    fn next_day(&self, date: civil::Date, closed_days: &mut u32) -> Result<civil::Date, CalendarError> {
        *closed_days += 1;
        if self.open.is_empty() || *closed_days > LONGEST_CLOSED_DAYS {
            return Err(CalendarError::NeverOpen(LONGEST_CLOSED_DAYS));
        }
        date.tomorrow().map_err(|_| CalendarError::OutOfRange)
    }

    /// The windows that open on `date`, in order, as instants.
    fn windows(&self, date: civil::Date, zone: &TimeZone) -> Result<Vec<(Timestamp, Timestamp)>, CalendarError> {
        if self.holidays.contains(&date) {
            return Ok(Vec::new());
        }
        let instant = |date: civil::Date, time: civil::Time| {
            zone.to_timestamp(date.to_datetime(time)).map_err(|_| CalendarError::OutOfRange)
        };
        let mut windows = Vec::new();
        for window in self.open.iter().filter(|window| window.day.is(date.weekday())) {
            let last = if window.to <= window.from { date.tomorrow() } else { Ok(date) };
            let last = last.map_err(|_| CalendarError::OutOfRange)?;
            windows.push((instant(date, window.from)?, instant(last, window.to)?));
        }
        windows.sort_unstable();
        Ok(windows)
    }

    fn zone(&self) -> Result<TimeZone, CalendarError> {
        TimeZone::get(&self.time_zone).map_err(|_| CalendarError::UnknownTimeZone(self.time_zone.clone()))
    }
}

impl Weekday {
    fn is(self, day: civil::Weekday) -> bool {
        self as i8 == day.to_monday_zero_offset()
    }
}

fn elapsed(from: Timestamp, seconds: i64) -> Result<Timestamp, CalendarError> {
    from.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| CalendarError::OutOfRange)
}

#[cfg(test)]
mod tests;
