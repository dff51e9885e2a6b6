//! Going through the days of a calendar, forwards.
//!
//! Most days are ordinary: the clocks change neither on them nor on the day after, so that what is open lies at fixed distances
//! from midnight. Those are counted in whole numbers, which is several times faster than asking the time zone for each.

use super::{Calendar, CalendarError, Window};
use jiff::{
    SignedDuration, Timestamp, ToSpan as _, civil,
    tz::{AmbiguousOffset, TimeZone, TimeZoneTransition},
};
use std::ops::Range;

/// A day on the calendar's clocks, counted from 1970-01-01.
pub(super) type Day = i64;

const EPOCH: civil::Date = civil::date(1970, 1, 1);
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Days that no offset brings out of the range of timestamps.
const ALL_DAYS: Range<Day> = -4_371_000..2_932_000;

pub(super) struct Days<'a> {
    calendar: &'a Calendar,
    zone: TimeZone,
    /// The windows of the week, Monday first.
    week: Vec<Hours>,
    /// Where in `week` those of each weekday begin, and where the last of them end.
    begins: [usize; 8],
    /// In seconds, and the days that are surely at it from beginning to end, as is the day after each.
    offset: i64,
    ordinary: Range<Day>,
    /// The first holiday that is not over, once one was looked for.
    holiday: Option<Day>,
}

/// A window, and how far after midnight it opens and closes.
struct Hours {
    window: Window,
    opens: (i64, i32),
    closes: (i64, i32),
}

impl<'a> Days<'a> {
    pub fn new(calendar: &'a Calendar) -> Result<Self, CalendarError> {
        let zone = calendar.zone()?;
        let mut week = Vec::with_capacity(calendar.open.len());
        let mut begins = [0; 8];
        for (weekday, begin) in begins.iter_mut().enumerate() {
            *begin = week.len();
            week.extend(calendar.open.iter().filter(|window| window.day as usize == weekday).map(Hours::of));
        }
        Ok(Self { calendar, zone, week, begins, offset: 0, ordinary: 0..0, holiday: None })
    }

    /// The day on which this moment is.
    pub fn of(&self, at: Timestamp) -> Day {
        number(self.zone.to_datetime(at).date())
    }

    /// Puts into `open` when it opens and closes on a day, in order. Days are asked for in order.
    pub fn open_on(&mut self, day: Day, open: &mut Vec<(Timestamp, Timestamp)>) -> Result<(), CalendarError> {
        open.clear();
        // The first day of 1970 was a Thursday.
        let weekday = (day + 3).rem_euclid(7) as usize;
        let windows = self.begins[weekday]..self.begins[weekday + 1];
        if windows.is_empty() || self.is_holiday(day) {
            return Ok(());
        }
        let several = windows.len() > 1;
        for index in windows {
            let (opens, closes) =
                if self.ordinary.contains(&day) { self.fixed(day, index)? } else { self.looked_up(day, index)? };
            // Nothing is left of a window in an hour, or on a day, that the clocks skip.
            if opens < closes {
                open.push((opens, closes));
            }
        }
        if several {
            open.sort_unstable();
        }
        Ok(())
    }

    fn fixed(&self, day: Day, index: usize) -> Result<(Timestamp, Timestamp), CalendarError> {
        let Hours { opens, closes, .. } = &self.week[index];
        let midnight = day * DAY_SECONDS - self.offset;
        let at = |&(seconds, nanoseconds): &(i64, i32)| {
            Timestamp::new(midnight + seconds, nanoseconds).map_err(|_| CalendarError::OutOfRange)
        };
        Ok((at(opens)?, at(closes)?))
    }

    fn looked_up(&mut self, day: Day, index: usize) -> Result<(Timestamp, Timestamp), CalendarError> {
        let Window { from, to, .. } = self.week[index].window;
        let first = date(day)?;
        let last = if to <= from { first.tomorrow().map_err(|_| CalendarError::OutOfRange)? } else { first };
        let opens = self.shown(first.to_datetime(from))?;
        // Most often that was the first look past a change of the clocks, and the day is ordinary.
        if self.ordinary.contains(&day) {
            self.fixed(day, index)
        } else {
            Ok((opens, self.shown(last.to_datetime(to))?))
        }
    }

    fn is_holiday(&mut self, day: Day) -> bool {
        if self.calendar.holidays.is_empty() {
            return false;
        }
        if self.holiday.is_none_or(|holiday| holiday < day) {
            let next = date(day).ok().and_then(|date| self.calendar.holidays.first_from(date));
            self.holiday = Some(next.map_or(Day::MAX, number));
        }
        self.holiday == Some(day)
    }

    /// When the clocks first show this time or, where they skip it, when they do.
    fn shown(&mut self, at: civil::DateTime) -> Result<Timestamp, CalendarError> {
        let shown = shown(&self.zone, at)?;
        let offset = self.zone.to_offset(shown);
        let day = |change: TimeZoneTransition<'_>| number(offset.to_datetime(change.timestamp()).date());
        // No change of the clocks is longer than a day: the day after one has what it should have, and so has the day but one before.
        let after = shown.checked_add(SignedDuration::from_nanos(1)).unwrap_or(shown);
        let start = self.zone.preceding(after).next().map(|change| day(change) + 1);
        let end = self.zone.following(shown).next().map(|change| day(change) - 1);
        self.ordinary = start.unwrap_or(ALL_DAYS.start)..end.unwrap_or(ALL_DAYS.end);
        self.offset = offset.seconds().into();
        Ok(shown)
    }
}

impl Hours {
    fn of(window: &Window) -> Self {
        let since_midnight = |time: civil::Time| {
            let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
            (minutes * 60 + i64::from(time.second()), time.subsec_nanosecond())
        };
        let mut closes = since_midnight(window.to);
        if window.to <= window.from {
            closes.0 += DAY_SECONDS;
        }
        Self { window: *window, opens: since_midnight(window.from), closes }
    }
}

fn number(date: civil::Date) -> Day {
    date.duration_since(EPOCH).as_secs() / DAY_SECONDS
}

fn date(day: Day) -> Result<civil::Date, CalendarError> {
    EPOCH.checked_add(day.days()).map_err(|_| CalendarError::OutOfRange)
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
