//! How a due time comes about: which time counts towards it, and which does not because the clock is paused.
//!
//! A pause takes out of the count what would have counted in it, and nothing else: one that lies in the night moves nothing
//! that is due in working time. Working days are counted as the open time that they give without any pause, so that an hour of
//! pause is made up for by an hour.

use super::{Calendar, CalendarError, Look};
use crate::charter::Length;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// Stretches that there is room for from the beginning.
const USUAL: usize = 32;

/// Time from one moment up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stretch {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// A due time, with the time that counted for it in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reckoning {
    pub due_at: Timestamp,
    pub counted: Vec<Stretch>,
}

impl Calendar {
    /// When something of this length, begun at `from`, is due when the time of these pauses does not count. They may overlap and
    /// come in any order.
    pub fn reckon(&self, from: Timestamp, within: Length, pauses: &[Stretch]) -> Result<Reckoning, CalendarError> {
        let pauses = merged(pauses);
        let mut count = Count { pauses: &pauses, left: SignedDuration::ZERO, counted: Vec::with_capacity(USUAL) };
        let due_at = match within.elapsed() {
            Some(length) => {
                count.left = length;
                let due_at = count.over(Stretch { from, until: Timestamp::MAX });
                due_at.ok_or(CalendarError::OutOfRange)?
            }
            None => self.over_open_time(from, within, &mut count)?,
        };
        Ok(Reckoning { due_at, counted: count.counted })
    }

    /// When something that was promised for `promised_at` is due once the time of these pauses does not count: the time that would
    /// have counted up to then has to pass outside of them. A promise stays what it was, whatever its length is called by now.
    pub fn put_off(
        &self,
        from: Timestamp,
        promised_at: Timestamp,
        within: Length,
        pauses: &[Stretch],
    ) -> Result<Reckoning, CalendarError> {
        let pauses = merged(pauses);
        let mut count = Count { pauses: &pauses, left: SignedDuration::ZERO, counted: Vec::with_capacity(USUAL) };
        let due_at = if within.elapsed().is_some() {
            count.left = promised_at.duration_since(from).max(SignedDuration::ZERO);
            count.over(Stretch { from, until: Timestamp::MAX }).ok_or(CalendarError::OutOfRange)?
        } else {
            self.over_as_much_open_time(from, promised_at, &mut count)?
        };
        Ok(Reckoning { due_at, counted: count.counted })
    }

    fn over_open_time(
        &self,
        from: Timestamp,
        within: Length,
        count: &mut Count<'_>,
    ) -> Result<Timestamp, CalendarError> {
        if let Length::WorkingHours(hours) = within {
            count.left = SignedDuration::from_hours(hours.into());
            self.over_what_is_left(from, count)
        } else {
            self.over_as_much_open_time(from, self.due(from, within)?, count)
        }
    }

    /// Counts as much open time as there is from `from` to `until`.
    fn over_as_much_open_time(
        &self,
        from: Timestamp,
        until: Timestamp,
        count: &mut Count<'_>,
    ) -> Result<Timestamp, CalendarError> {
        count.left = self.open_time(Stretch { from, until })?;
        if count.left.is_zero() { Ok(until) } else { self.over_what_is_left(from, count) }
    }

    fn over_what_is_left(&self, from: Timestamp, count: &mut Count<'_>) -> Result<Timestamp, CalendarError> {
        self.walk(from, |open| {
            let before = count.left;
            match count.over(open) {
                Some(due_at) => Look::Due(due_at),
                None if count.left != before => Look::Counted,
                None => match count.pauses.first() {
                    Some(pause) if pause.from <= open.from => Look::NothingBefore(pause.until),
                    _ => Look::Nothing,
                },
            }
        })
    }

    /// How long the calendar is open in a stretch.
    pub fn open_time(&self, stretch: Stretch) -> Result<SignedDuration, CalendarError> {
        let mut sum = SignedDuration::ZERO;
        if stretch.from < stretch.until {
            self.walk(stretch.from, |open| {
                let is_over = open.until >= stretch.until;
                sum += stretch.until.min(open.until).duration_since(open.from).max(SignedDuration::ZERO);
                if is_over { Look::Due(stretch.until) } else { Look::Counted }
            })?;
        }
        Ok(sum)
    }
}

/// Counting under way.
struct Count<'a> {
    /// In order and apart, those that are over left out.
    pauses: &'a [Stretch],
    left: SignedDuration,
    counted: Vec<Stretch>,
}

impl Count<'_> {
    /// Counts a stretch, which lies after those before, less its pauses; when there is nothing left to count, if that comes to be.
    #[inline]
    fn over(&mut self, Stretch { mut from, until }: Stretch) -> Option<Timestamp> {
        while let Some((pause, later)) = self.pauses.split_first() {
            if pause.from >= until {
                break;
            }
            if pause.until > until {
                // It goes on in what comes after.
                return if pause.from > from { self.take(from, pause.from) } else { None };
            }
            self.pauses = later;
            if pause.until <= from {
                continue;
            }
            if pause.from > from
                && let Some(due_at) = self.take(from, pause.from)
            {
                return Some(due_at);
            }
            from = pause.until;
        }
        if from < until { self.take(from, until) } else { None }
    }

    #[inline]
    fn take(&mut self, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let length = until.duration_since(from);
        if length < self.left {
            self.left -= length;
            self.counted.push(Stretch { from, until });
            return None;
        }
        let due_at = from.checked_add(self.left).ok()?;
        if due_at > from {
            self.counted.push(Stretch { from, until: due_at });
        }
        Some(due_at)
    }
}

/// In order, and put together where they meet; what ends before it begins is none.
fn merged(pauses: &[Stretch]) -> Vec<Stretch> {
    let mut sorted: Vec<Stretch> = pauses.iter().filter(|pause| pause.from < pause.until).copied().collect();
    sorted.sort_unstable();
    let mut merged: Vec<Stretch> = Vec::with_capacity(sorted.len());
    for pause in sorted {
        match merged.last_mut() {
            Some(last) if pause.from <= last.until => last.until = last.until.max(pause.until),
            _ => merged.push(pause),
        }
    }
    merged
}
