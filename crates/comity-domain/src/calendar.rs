//! Working time: when the organization is open, and what is due when.
//!
//! A calendar is weekly windows in one time zone, less its holidays. A window that closes at or before it opens runs
//! into the next day. Due times are computed on instants, so that a window across a daylight-saving change has the length
//! it really had: it opens and closes when the clocks on the wall first show its time, or skip it. There is no clock in here and no default calendar.

mod reckon;

pub use reckon::{Reckoning, Stretch};

use crate::charter::Length;
use jiff::{
    SignedDuration, Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone},
};
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

    /// Goes through the open time from a moment on, until `look` says when it is due. It also says whether the time counted,
    /// so that a calendar in which none ever does comes to an end.
    fn walk(
        &self,
        from: Timestamp,
        mut look: impl FnMut(Stretch) -> (Option<Timestamp>, bool),
    ) -> Result<Timestamp, CalendarError> {
        let zone = self.zone()?;
        let mut closed_days = 0;
        let mut walked_to = from;
        // The day before may have a window that runs into the first day.
        let mut date = from.to_zoned(zone.clone()).date().yesterday().map_err(|_| CalendarError::OutOfRange)?;
        loop {
            for (opens, closes) in self.windows(date, &zone)? {
                let open = Stretch { from: opens.max(walked_to), until: closes };
                if open.until <= open.from {
                    continue;
                }
                let (due_at, counted) = look(open);
                if let Some(due_at) = due_at {
                    return Ok(due_at);
                }
                walked_to = closes;
                if counted {
                    closed_days = 0;
                }
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
        let instant = |date: civil::Date, time: civil::Time| shown(zone, date.to_datetime(time));
        let mut windows = Vec::new();
        for window in self.open.iter().filter(|window| window.day.is(date.weekday())) {
            let last = if window.to <= window.from { date.tomorrow() } else { Ok(date) };
            let last = last.map_err(|_| CalendarError::OutOfRange)?;
            let (opens, closes) = (instant(date, window.from)?, instant(last, window.to)?);
            // Nothing is left of a window in an hour, or on a day, that the clocks skip.
            if opens < closes {
                windows.push((opens, closes));
            }
        }
        windows.sort_unstable();
        Ok(windows)
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

/// When clocks first show this time or, where they skip it, when they do.
fn shown(zone: &TimeZone, at: civil::DateTime) -> Result<Timestamp, CalendarError> {
    let out_of_range = |_| CalendarError::OutOfRange;
    let ambiguous = zone.to_ambiguous_timestamp(at);
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
        let after = ambiguous.later().map_err(out_of_range)?;
        let past = after.checked_add(SignedDuration::from_nanos(1)).map_err(out_of_range)?;
        return Ok(zone.preceding(past).next().map_or(after, |skips| skips.timestamp()));
    }
    ambiguous.earlier().map_err(out_of_range)
}

#[cfg(test)]
mod tests;
