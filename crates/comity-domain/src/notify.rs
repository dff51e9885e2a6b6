//! How somebody wants to be told outside of the pages: by e-mail or not, and not in their quiet hours.

use jiff::{Timestamp, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifyRules {
    pub mail: bool,
    pub quiet: Option<Quiet>,
}

/// A time of each day in which nothing is sent; it is held until that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// `HH:MM`.
    pub from: Time,
    /// `HH:MM`; at or before `from` means on the next day.
    pub until: Time,
    /// An IANA name, for example `Europe/Berlin`.
    pub time_zone: String,
}

impl Default for NotifyRules {
    fn default() -> Self {
        Self { mail: true, quiet: None }
    }
}

impl NotifyRules {
    /// When a mail about something that happens now may leave; nothing when they want none.
    #[must_use]
    pub fn mail_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.mail.then(|| self.quiet.as_ref().and_then(|quiet| quiet.over_at(now)).unwrap_or(now))
    }
}

impl Quiet {
    /// When the quiet hours that this moment lies in are over. Nothing outside of them, nor when the time zone is not known.
    fn over_at(&self, now: Timestamp) -> Option<Timestamp> {
        let local = now.to_zoned(TimeZone::get(&self.time_zone).ok()?);
        let (today, time) = (local.date(), local.time());
        let over_on = match (self.from < self.until, time >= self.from, time < self.until) {
            (true, true, true) | (false, _, true) => today,
            (false, true, _) => today.tomorrow().ok()?,
            _ => return None,
        };
        let over = over_on.to_datetime(self.until).to_zoned(local.time_zone().clone()).ok()?.timestamp();
        Some(over).filter(|&over| over > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail_at(from: &str, until: &str, now: &str) -> String {
        let quiet =
            Quiet { from: from.parse().unwrap(), until: until.parse().unwrap(), time_zone: "Europe/Berlin".into() };
        let rules = NotifyRules { mail: true, quiet: Some(quiet) };
        rules.mail_at(now.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn what_comes_in_quiet_hours_is_held_until_they_are_over() {
        let table = [
            // Over night, in winter (UTC+1).
            ("22:00", "07:00", "2026-01-10T20:59:00Z", "2026-01-10T20:59:00Z"),
            ("22:00", "07:00", "2026-01-10T21:00:00Z", "2026-01-11T06:00:00Z"),
            ("22:00", "07:00", "2026-01-11T05:59:59Z", "2026-01-11T06:00:00Z"),
            ("22:00", "07:00", "2026-01-11T06:00:00Z", "2026-01-11T06:00:00Z"),
            // Within a day.
            ("12:00", "13:00", "2026-01-10T11:30:00Z", "2026-01-10T12:00:00Z"),
            ("12:00", "13:00", "2026-01-10T12:00:00Z", "2026-01-10T12:00:00Z"),
            // The night in which the clocks go forward is shorter.
            ("22:00", "07:00", "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"),
            // All day long: until its own beginning comes round.
            ("08:00", "08:00", "2026-01-10T08:00:00Z", "2026-01-11T07:00:00Z"),
        ];
        for (from, until, now, expected) in table {
            assert_eq!(mail_at(from, until, now), expected, "{from} to {until} at {now}");
        }
    }

    #[test]
    fn whoever_wants_no_mail_gets_none() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(NotifyRules { mail: false, quiet: None }.mail_at(now), None);
        assert_eq!(NotifyRules::default().mail_at(now), Some(now));
        let unknown = Quiet { from: Time::MIN, until: Time::MIN, time_zone: "Mars/Olympus".into() };
        assert_eq!(NotifyRules { mail: true, quiet: Some(unknown) }.mail_at(now), Some(now), "rather told than not");
    }
}
