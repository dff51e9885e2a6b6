//! `settings.toml`: the names that scripts use, and the calendar.

use crate::{Diagnostic, bundle::SETTINGS, check::suggest};
use comity_domain::{
    calendar::Calendar,
    effect::{Effect, Planned},
    quota::Quotas,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The language that the bundle is written in (BCP 47); other languages have a file each in `languages/`.
    #[serde(default = "english")]
    pub language: String,
    /// Team to what it does, in a sentence.
    pub teams: BTreeMap<String, String>,
    /// Role to what it is for.
    #[serde(default)]
    pub roles: BTreeMap<String, String>,
    /// Channel that a flow can tell (a room, a mailbox) to what it is for; an administrator says where that is.
    #[serde(default)]
    pub channels: BTreeMap<String, String>,
    /// Template to its text, with placeholders such as `{handle}`.
    #[serde(default)]
    pub templates: BTreeMap<String, String>,
    /// Word list to its words and phrases.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// Topic to the word lists that tell it: posts that mention one of their words are counted under it.
    #[serde(default)]
    pub topics: BTreeMap<String, Vec<String>>,
    /// Brief to what it says and when.
    #[serde(default)]
    pub briefs: BTreeMap<String, Brief>,
    /// Skill to what somebody knows who has it.
    #[serde(default)]
    pub skills: BTreeMap<String, String>,
    /// Our own addresses and numbers: they are not private and may stand in a public reply.
    #[serde(default)]
    pub contacts: Vec<String>,
    pub calendar: Calendar,
    #[serde(default)]
    pub fallback: Fallback,
    /// How much of an effect, or of a rule, happens in a while at most.
    #[serde(default)]
    pub quotas: Quotas,
}

fn english() -> String {
    "en".to_owned()
}

/// What whoever answers should know for a while: a promotion, an outage, a known fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// Its first day; always, when it is left out.
    #[serde(default)]
    pub from: Option<Date>,
    /// Its last day, in the time zone of the calendar.
    pub until: Date,
    pub text: String,
}

/// What is done when a script fails: never silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// What a person is asked.
    pub ask: String,
    /// The team that gets the case.
    #[serde(default)]
    pub team: Option<String>,
}

impl Default for Fallback {
    fn default() -> Self {
        Self { ask: "A rule could not be worked out. What should be done here?".to_owned(), team: None }
    }
}

impl Fallback {
    pub(crate) fn planned(&self) -> Vec<Planned> {
        let ask = Effect::Ask { question: self.ask.clone() };
        let assign = self.team.clone().map(|team| Effect::AssignTeam { team });
        let plan = |effect| Planned {
            effect,
            rule: "fallback".to_owned(),
            article: None,
            because: "A rule could not be worked out, so a person decides".to_owned(),
        };
        [Some(ask), assign].into_iter().flatten().map(plan).collect()
    }
}

impl Settings {
    /// The brief, if it is to be read at this time.
    #[must_use]
    pub fn valid_brief(&self, name: &str, at: Timestamp) -> Option<&Brief> {
        let zone = TimeZone::get(&self.calendar.time_zone).ok()?;
        let today = zone.to_datetime(at).date();
        self.briefs.get(name).filter(|brief| brief.from.is_none_or(|from| from <= today) && today <= brief.until)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Diagnostic> {
        toml::from_str(text).map_err(|error| toml_error(SETTINGS, text, &error))
    }
}

/// The TOML reader's complaint, at its place.
pub(crate) fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> Diagnostic {
    let (line, column) = place(text, error.span().map_or(0, |span| span.start));
    let (message, help) = explain(error.message());
    Diagnostic::error(file, line, column, "settings", message).maybe_help(help)
}

/// Line and column of a byte, from 1.
pub(crate) fn place(text: &str, byte: usize) -> (u32, u32) {
    let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
    let line = before.matches('\n').count() as u32 + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1)
}

/// ``unknown field `rolls`, expected one of `teams`, `roles` `` in our own words.
fn explain(message: &str) -> (String, Option<String>) {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if let (true, Some(name)) = (message.starts_with("unknown field"), quoted.next()) {
        let known: Vec<&str> = quoted.collect();
        return (format!("There is no setting \u{201c}{name}\u{201d}."), suggest::help(name, &known));
    }
    // What reads dates and times speaks of digits.
    if message.starts_with("failed to parse") {
        let help = "Write a date as \"2026-08-31\" and a time as \"09:00\".";
        return ("This is no date or time.".to_owned(), Some(help.to_owned()));
    }
    let message = message.replace("expected a map", "expected a table");
    let message = message.replace("expected struct Calendar", "expected a table");
    (format!("This cannot be read: {}.", message.trim_end_matches('.')), None)
}
