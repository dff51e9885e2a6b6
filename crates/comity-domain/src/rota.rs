//! Who is on call for a team: layers of people who take turns, and exceptions.
//!
//! A later layer goes before an earlier one while somebody is on it, and an exception goes before all layers. Turns change on days and
//! at a time of the wall clock of the rota's own zone, so that a hand-over at nine stays at nine when the clocks change.

use crate::{UserId, calendar::Window};
use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rota {
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
    pub layers: Vec<Layer>,
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// People who take turns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// In the order of their turns.
    pub people: Vec<UserId>,
    /// The day of the first hand-over; nobody is on this layer before it.
    pub from: Date,
    /// `HH:MM` of each hand-over.
    pub hand_over: Time,
    /// How long a turn is.
    pub days: u32,
    /// Only in these hours of the week; always, when there are none.
    #[serde(default)]
    pub only: Vec<Window>,
}

/// Somebody else for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    pub user: UserId,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// A time that one person is on call for; nobody, when nobody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    pub from: Timestamp,
    pub until: Timestamp,
    pub user: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotaError {
    #[error("there is no time zone {0:?}; use an IANA name such as Europe/Berlin")]
    UnknownTimeZone(String),
    #[error("layer {0} has nobody in it; add people or take the layer out")]
    NobodyInLayer(usize),
    #[error("a turn lasts 1 to {LONGEST_TURN} days")]
    Turn,
    #[error("an exception ends after it begins")]
    Exception,
    #[error("there are more than {MOST} {0}")]
    TooMany(&'static str),
}

pub const LONGEST_TURN: u32 = 366;
/// Of layers, people in one, hours in one, and exceptions.
pub const MOST: usize = 200;

impl Rota {
    pub fn check(&self) -> Result<(), RotaError> {
        self.zone().ok_or_else(|| RotaError::UnknownTimeZone(self.time_zone.clone()))?;
        let sizes = [("layers", self.layers.len()), ("exceptions", self.exceptions.len())];
        let in_layers = self.layers.iter().flat_map(|one| [("people", one.people.len()), ("hours", one.only.len())]);
        if let Some((what, _)) = sizes.into_iter().chain(in_layers).find(|(_, count)| *count > MOST) {
            return Err(RotaError::TooMany(what));
        }
        if let Some(empty) = self.layers.iter().position(|layer| layer.people.is_empty()) {
            return Err(RotaError::NobodyInLayer(empty + 1));
        }
        if self.layers.iter().any(|layer| !(1..=LONGEST_TURN).contains(&layer.days)) {
            return Err(RotaError::Turn);
        }
        if self.exceptions.iter().any(|one| one.until <= one.from) {
            return Err(RotaError::Exception);
        }
        Ok(())
    }

    /// Who is on call at this moment. Of exceptions that overlap the one that was written last goes first.
    #[must_use]
    pub fn on_call(&self, at: Timestamp) -> Option<UserId> {
        let excepted = self.exceptions.iter().rev().find(|one| one.from <= at && at < one.until);
        if let Some(one) = excepted {
            return Some(one.user);
        }
        let local = at.to_zoned(self.zone()?).datetime();
        self.layers.iter().rev().find_map(|layer| layer.on_call(local))
    }

    /// Who is on call from one moment to another, in order and without gaps.
    #[must_use]
    pub fn shifts(&self, from: Timestamp, until: Timestamp) -> Vec<Shift> {
        let Some(zone) = self.zone() else { return Vec::new() };
        let mut changes = vec![from];
        changes.extend(self.exceptions.iter().flat_map(|one| [one.from, one.until]));
        let (first, last) = (from.to_zoned(zone.clone()).date(), until.to_zoned(zone.clone()).date());
        let mut date = first;
        while date <= last {
            let times = self.layers.iter().flat_map(|layer| {
                let hours = layer.only.iter().flat_map(|window| [window.from, window.to]);
                hours.chain([layer.hand_over])
            });
            let at = |time| date.to_datetime(time).to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
            changes.extend(times.filter_map(at));
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        changes.retain(|&at| from <= at && at < until);
        changes.sort_unstable();
        changes.dedup();
        let mut shifts: Vec<Shift> = Vec::new();
        for at in changes {
            let user = self.on_call(at);
            match shifts.last_mut() {
                Some(last) if last.user == user => {}
                last => {
                    if let Some(last) = last {
                        last.until = at;
                    }
                    shifts.push(Shift { from: at, until, user });
                }
            }
        }
        shifts
    }

    fn zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.time_zone).ok()
    }
}

impl Layer {
    fn on_call(&self, local: DateTime) -> Option<UserId> {
        // Before the time of the hand-over it is still the day before.
        let day = if local.time() < self.hand_over { local.date().yesterday().ok()? } else { local.date() };
        let passed = self.from.until(day).ok()?.get_days();
        if passed < 0 || !self.covers(local) {
            return None;
        }
        let turn = usize::try_from(passed).ok()? / self.days.max(1) as usize;
        self.people.get(turn % self.people.len().max(1)).copied()
    }

    fn covers(&self, local: DateTime) -> bool {
        let is_in = |window: &Window| {
            let opens = |date: Date| {
                let begins = window.day.is(date.weekday()).then(|| date.to_datetime(window.from))?;
                let ends_on = if window.to <= window.from { date.checked_add(1.day()).ok()? } else { date };
                Some((begins, ends_on.to_datetime(window.to)))
            };
            let days = [Some(local.date()), local.date().yesterday().ok()];
            days.into_iter().flatten().filter_map(opens).any(|(begins, ends)| begins <= local && local < ends)
        };
        self.only.is_empty() || self.only.iter().any(is_in)
    }
}

#[cfg(test)]
mod tests;
