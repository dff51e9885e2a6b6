//! How much of something a policy allows itself in a while: at most so many automatic replies an hour, or effects of one
//! rule a day.
//!
//! A quota is there so that a mistake in a rule cannot flood people. What counts is therefore when things are decided and
//! leave, not when they happened: a backlog that is decided in a minute is a flood in that minute. Windows lie fixed on
//! the clock and do not slide, so that one number for each is all there is to keep; a day is one of the calendar's.
//!
//! A decision keeps what was counted before it ([`Standing`]), so that making it again gives the same. What is done when a
//! script fails is under no quota: asking a person is never too much.

use crate::{
    calendar::Calendar,
    decision::Decision,
    effect::{Effect, Planned},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// What a quota is about: `send_reply`, or `rule:NAME` for all effects of one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limited {
    /// One of [`Effect::NAMES`].
    Effect(String),
    Rule(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    Minute,
    Hour,
    Day,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub most: u32,
    pub per: Per,
}

/// The quotas of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quotas(pub BTreeMap<Limited, Quota>);

/// What was counted in one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub of: Limited,
    pub per: Per,
    /// When the window began.
    pub since: Timestamp,
    pub used: i64,
}

/// Everything that is counted and could matter to what is decided next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Used(pub Vec<Count>);

/// A quota as a decision found it, kept with the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub most: u32,
    /// What was counted before the decision.
    #[serde(flatten)]
    pub count: Count,
    /// Effects that it did not let happen.
    pub over: i64,
}

static NONE: Quotas = Quotas(BTreeMap::new());

impl Quotas {
    #[must_use]
    pub fn none() -> &'static Self {
        &NONE
    }

    /// How each quota stands at this moment.
    #[must_use]
    pub fn standing(&self, used: &Used, calendar: &Calendar, now: Timestamp) -> Vec<Standing> {
        let standing = |(of, quota): (&Limited, &Quota)| {
            let since = quota.per.window(calendar, now);
            let used = used.of(of, quota.per, since);
            Standing { most: quota.most, count: Count { of: of.clone(), per: quota.per, since, used }, over: 0 }
        };
        self.0.iter().map(standing).collect()
    }
}

impl Used {
    fn of(&self, of: &Limited, per: Per, since: Timestamp) -> i64 {
        let found = self.0.iter().find(|count| count.of == *of && count.per == per && count.since == since);
        found.map_or(0, |count| count.used)
    }

    /// Counts what a decision does.
    pub fn add(&mut self, decision: &Decision) {
        for taken in taken(decision) {
            let same =
                |count: &&mut Count| count.of == taken.of && count.per == taken.per && count.since == taken.since;
            match self.0.iter_mut().find(same) {
                Some(count) => count.used += taken.used,
                None => self.0.push(taken),
            }
        }
    }
}

/// What a decision takes from each quota that it comes under.
pub fn taken(decision: &Decision) -> impl Iterator<Item = Count> {
    decision.quotas.iter().filter_map(|standing| {
        let used = standing.taken(&decision.effects);
        (used > 0).then(|| Count { used, ..standing.count.clone() })
    })
}

impl Standing {
    /// How many of these effects come under it.
    #[must_use]
    pub fn taken(&self, effects: &[Planned]) -> i64 {
        effects.iter().filter(|planned| self.count.of.covers(planned)).count() as i64
    }

    /// Whether one more is too many once these are done.
    #[must_use]
    pub fn is_used_up(&self, effects: &[Planned]) -> bool {
        self.count.used + self.taken(effects) >= i64::from(self.most)
    }

    /// `at most 200 effects “send_reply” an hour`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let effects = if self.most == 1 { "effect" } else { "effects" };
        let of = match &self.count.of {
            Limited::Effect(word) => format!("“{word}”"),
            Limited::Rule(rule) => format!("of the rule “{rule}”"),
        };
        format!("at most {} {effects} {of} {}", self.most, self.count.per.in_words())
    }
}

impl Limited {
    #[must_use]
    pub fn covers(&self, planned: &Planned) -> bool {
        match self {
            Self::Effect(word) => planned.effect.name() == word,
            Self::Rule(rule) => planned.rule == *rule,
        }
    }
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Effect(word) => f.write_str(word),
            Self::Rule(rule) => write!(f, "rule:{rule}"),
        }
    }
}

impl From<Limited> for String {
    fn from(limited: Limited) -> Self {
        limited.to_string()
    }
}

impl TryFrom<String> for Limited {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some(rule) = text.strip_prefix("rule:") {
            return Ok(Self::Rule(rule.to_owned()));
        }
        if Effect::NAMES.contains(&text.as_str()) {
            return Ok(Self::Effect(text));
        }
        Err(format!("there is no effect “{text}” that a quota could be about"))
    }
}

impl Per {
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|per| per.as_str() == text)
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Minute => "a minute",
            Self::Hour => "an hour",
            Self::Day => "a day",
        }
    }

    /// When the window began that this moment lies in.
    #[must_use]
    pub fn window(self, calendar: &Calendar, at: Timestamp) -> Timestamp {
        let floor = |seconds: i64| {
            let window = seconds * 1_000_000;
            Timestamp::from_microsecond(at.as_microsecond().div_euclid(window) * window).unwrap_or(at)
        };
        match self {
            Self::Minute => floor(60),
            Self::Hour => floor(3_600),
            Self::Day => calendar.day_began(at).unwrap_or_else(|| floor(86_400)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str) -> Calendar {
        Calendar { time_zone: zone.into(), open: vec![], holidays: crate::calendar::Holidays::NONE }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn windows_lie_fixed_on_the_clock_and_days_are_the_calendars() {
        let now = at("2026-03-02T23:41:17.5Z");
        let table = [
            ("UTC", Per::Minute, "2026-03-02T23:41:00Z"),
            ("UTC", Per::Hour, "2026-03-02T23:00:00Z"),
            ("UTC", Per::Day, "2026-03-02T00:00:00Z"),
            ("Europe/Berlin", Per::Day, "2026-03-02T23:00:00Z"),
            ("nowhere", Per::Day, "2026-03-02T00:00:00Z"),
        ];
        for (zone, per, expected) in table {
            assert_eq!(per.window(&calendar(zone), now), at(expected), "{zone}, {per:?}");
        }
        assert_eq!(Per::Hour.window(&calendar("UTC"), at("1969-12-31T23:59:59.2Z")), at("1969-12-31T23:00:00Z"));
    }

    #[test]
    fn what_is_limited_is_named_by_effect_or_rule() {
        let read = |text: &str| serde_json::from_value::<Limited>(text.into());
        assert_eq!(read("send_reply").unwrap(), Limited::Effect("send_reply".into()));
        assert_eq!(read("rule:last-word").unwrap(), Limited::Rule("last-word".into()));
        assert!(read("send_replies").unwrap_err().to_string().contains("no effect “send_replies”"));
        for text in ["send_reply", "rule:last-word"] {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
    }
}
