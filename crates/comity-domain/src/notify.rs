//! How somebody wants to be told outside of the pages: by which ways, after how long, and not in their quiet hours.

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifyRules {
    pub mail: bool,
    /// A mail leaves this much later, if nobody has taken it up by then: after a push that came at once, for example.
    #[serde(default)]
    pub mail_after_minutes: u16,
    /// In the browsers in which they turned it on.
    #[serde(default = "yes")]
    pub push: bool,
    #[serde(default)]
    pub push_after_minutes: u16,
    pub quiet: Option<Quiet>,
    /// In which language, such as `de`; in that of the policy, when they chose none.
    #[serde(default)]
    pub language: Option<String>,
}

/// How something reaches somebody outside of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    Mail,
    Push,
}

/// A day later, the way was not worth having.
pub const MOST_MINUTES: u16 = 24 * 60;

fn yes() -> bool {
    true
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
        Self { mail: true, mail_after_minutes: 0, push: true, push_after_minutes: 0, quiet: None, language: None }
    }
}

impl NotifyRules {
    /// When something that happens now may go this way; nothing when they do not want it.
    #[must_use]
    pub fn send_at(&self, way: Way, now: Timestamp) -> Option<Timestamp> {
        let (is_wanted, minutes) = match way {
            Way::Mail => (self.mail, self.mail_after_minutes),
            Way::Push => (self.push, self.push_after_minutes),
        };
        let at = now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(now);
        is_wanted.then(|| self.quiet.as_ref().and_then(|quiet| quiet.over_at(at)).unwrap_or(at))
    }
}

impl Way {
    pub const ALL: [Self; 2] = [Self::Mail, Self::Push];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Push => "push",
        }
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
        let rules = NotifyRules { quiet: Some(quiet), ..NotifyRules::default() };
        rules.send_at(Way::Mail, now.parse().unwrap()).unwrap().to_string()
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
        assert_eq!(NotifyRules { mail: false, ..NotifyRules::default() }.send_at(Way::Mail, now), None);
        assert_eq!(NotifyRules::default().send_at(Way::Push, now), Some(now));
        let unknown = Quiet { from: Time::MIN, until: Time::MIN, time_zone: "Mars/Olympus".into() };
        assert_eq!(
            NotifyRules { quiet: Some(unknown), ..NotifyRules::default() }.send_at(Way::Mail, now),
            Some(now),
            "rather told than not"
        );
    }

    #[test]
    fn a_way_that_comes_later_keeps_to_the_quiet_hours_of_then() {
        let quiet = Quiet { from: civil(22), until: civil(7), time_zone: "UTC".into() };
        let rules = NotifyRules { mail_after_minutes: 30, quiet: Some(quiet), ..NotifyRules::default() };
        let at = |way, now: &str| rules.send_at(way, now.parse().unwrap()).unwrap().to_string();
        assert_eq!(at(Way::Push, "2026-01-10T21:45:00Z"), "2026-01-10T21:45:00Z");
        assert_eq!(at(Way::Mail, "2026-01-10T21:45:00Z"), "2026-01-11T07:00:00Z");
        assert_eq!(at(Way::Mail, "2026-01-10T12:00:00Z"), "2026-01-10T12:30:00Z");
    }

    #[test]
    fn rules_of_before_are_read() {
        let rules: NotifyRules = serde_json::from_str(r#"{"mail":true,"quiet":null}"#).unwrap();
        assert_eq!(rules, NotifyRules::default());
    }

    fn civil(hour: i8) -> Time {
        jiff::civil::time(hour, 0, 0, 0)
    }
}
