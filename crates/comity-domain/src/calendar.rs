//! Working time: when the organization is open, and what is due when.
//!
//! A calendar is weekly windows in one time zone, less its holidays. A window that closes at or before it opens runs
//! into the next day. Due times are computed on instants, so that a window across a daylight-saving change has the length
//! it really had: it opens and closes when the clocks on the wall first show its time, or skip it. There is no clock in here and no default calendar.

mod holidays;
mod reckon;

pub use holidays::Holidays;
pub use reckon::{Reckoning, Stretch};

use crate::charter::Length;
use jiff::{
    SignedDuration, Timestamp, ToSpan as _, civil,
    tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneTransition},
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

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

/// Days that no offset brings out of the range of timestamps.
const FIRST_DAY: civil::Date = civil::date(-9_998, 1, 1);
const LAST_DAY: civil::Date = civil::date(9_998, 1, 1);
/// A shorter time is gone through faster than its end is found.
const WORTH_SKIPPING: SignedDuration = SignedDuration::from_hours(4 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);

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
        let clocks = Clocks::new(self.zone()?);
        let days = self.holidays.between(clocks.date(stretch.from), clocks.date(stretch.until));
        Ok(days.map(|(date, name)| (date, name.to_owned())).collect())
    }

    /// Goes through the open time from a moment on, until `look` says when it is due. A calendar in which no time ever counts
    /// comes to an end.
    fn walk(&self, from: Timestamp, mut look: impl FnMut(Stretch) -> Look) -> Result<Timestamp, CalendarError> {
        let mut clocks = Clocks::new(self.zone()?);
        let mut windows = Vec::new();
        let mut closed_days = 0;
        let mut walked_to = from;
        // The day before may have a window that runs into the first day.
        let mut date = clocks.date(from).yesterday().map_err(|_| CalendarError::OutOfRange)?;
        loop {
            self.windows(date, &mut clocks, &mut windows)?;
            let mut skipped = 0;
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
            let skipped = skipped.min(i64::from(LONGEST_CLOSED_DAYS));
            closed_days += u32::try_from(skipped).unwrap_or(0);
            date = date.saturating_add(skipped.days());
            date = self.next_day(date, &mut closed_days)?;
        }
    }

    fn after_open_days(&self, from: Timestamp, count: u32) -> Result<Timestamp, CalendarError> {
        let mut clocks = Clocks::new(self.zone()?);
        let mut windows = Vec::new();
        let mut left = count;
        let mut closed_days = 0;
        let mut date = clocks.date(from);
        self.windows(date, &mut clocks, &mut windows)?;
        loop {
            // The day it began on is not counted, unless nothing is left to count.
            let close = windows.iter().map(|(_, closes)| *closes).max();
            if let Some(close) = close.filter(|&close| left == 0 && close >= from) {
                return Ok(close);
            }
            date = self.next_day(date, &mut closed_days)?;
            self.windows(date, &mut clocks, &mut windows)?;
            if !windows.is_empty() {
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
    fn windows(
        &self,
        date: civil::Date,
        clocks: &mut Clocks,
        windows: &mut Vec<(Timestamp, Timestamp)>,
    ) -> Result<(), CalendarError> {
        windows.clear();
        let weekday = date.weekday();
        for window in self.open.iter().filter(|window| window.day.is(weekday)) {
            if windows.is_empty() && self.holidays.contains(date) {
                return Ok(());
            }
            let runs_over = window.to <= window.from;
            let (opens, closes) = if let Some(midnight) = clocks.ordinary_day(date) {
                let until = since_midnight(window.to) + if runs_over { DAY } else { SignedDuration::ZERO };
                (midnight + since_midnight(window.from), midnight + until)
            } else {
                let last = if runs_over { date.tomorrow().map_err(|_| CalendarError::OutOfRange)? } else { date };
                (clocks.shown(date.to_datetime(window.from))?, clocks.shown(last.to_datetime(window.to))?)
            };
            // Nothing is left of a window in an hour, or on a day, that the clocks skip.
            if opens < closes {
                windows.push((opens, closes));
            }
        }
        if windows.len() > 1 {
            windows.sort_unstable();
        }
        Ok(())
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

/// The clocks of a time zone, which remember between which of their changes they were looked at last: most days have none.
struct Clocks {
    zone: TimeZone,
    offset: Offset,
    /// Days that are surely at this offset from beginning to end, as is the day after each.
    ordinary: Range<civil::Date>,
}

impl Clocks {
    fn new(zone: TimeZone) -> Self {
        Self { zone, offset: Offset::UTC, ordinary: civil::Date::MAX..civil::Date::MIN }
    }

    fn date(&self, at: Timestamp) -> civil::Date {
        self.zone.to_datetime(at).date()
    }

    /// When a day begins, if the clocks change neither on it nor on the next.
    fn ordinary_day(&self, date: civil::Date) -> Option<Timestamp> {
        let begins = || self.offset.to_timestamp(date.to_datetime(civil::Time::MIN)).ok();
        if self.ordinary.contains(&date) { begins() } else { None }
    }

    /// When these clocks first show this time or, where they skip it, when they do.
    fn shown(&mut self, at: civil::DateTime) -> Result<Timestamp, CalendarError> {
        let shown = shown(&self.zone, at)?;
        self.offset = self.zone.to_offset(shown);
        let day = |change: TimeZoneTransition<'_>| self.offset.to_datetime(change.timestamp()).date();
        // No change of the clocks is longer than a day.
        let after = shown.checked_add(SignedDuration::from_nanos(1)).unwrap_or(shown);
        let start = self.zone.preceding(after).next().map(|change| day(change).saturating_add(2.days()));
        let end = self.zone.following(shown).next().map(|change| day(change).saturating_sub(2.days()));
        self.ordinary = start.unwrap_or(FIRST_DAY)..end.unwrap_or(LAST_DAY);
        Ok(shown)
    }
}

fn since_midnight(time: civil::Time) -> SignedDuration {
    let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    SignedDuration::new(seconds, time.subsec_nanosecond())
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
