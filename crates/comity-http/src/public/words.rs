//! What stands on public pages besides the organization's own texts, in the languages that Comity itself speaks.

use comity_domain::{Timestamp, calendar::Weekday};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The language's own name.
    pub language: String,
    pub title: String,
    pub intro: String,
    pub skip: String,
    pub languages: String,
    pub company: String,
    pub consumer: String,
    pub of_hundred: String,
    pub company_kept: String,
    pub consumer_kept: String,
    pub too_few: String,
    pub figures: String,
    pub figures_text: String,
    pub hours: String,
    pub hours_text: String,
    pub version: String,
    pub since: String,
    pub take_up_title: String,
    pub take_up: String,
    pub take_up_text: String,
    pub take_up_yours: String,
    pub take_up_taken: String,
    pub take_up_over: String,
    pub take_up_used: String,
    pub take_up_open: String,
    pub case_page: CasePageWords,
    days: BTreeMap<Weekday, String>,
    decimal: String,
}

/// What stands on the private page of a case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasePageWords {
    pub title: String,
    pub title_nameless: String,
    pub only_you: String,
    pub our_turn: String,
    pub your_turn: String,
    pub nobodys_turn: String,
    pub closed: String,
    pub is_it_solved: String,
    pub they_said_yes: String,
    pub they_said_no: String,
    pub we_said_yes: String,
    pub we_said_no: String,
    pub disputed: String,
    pub yes: String,
    pub no: String,
    pub owed: String,
    pub we_owe: String,
    pub you_owe: String,
    pub nothing_owed: String,
    pub running: String,
    pub running_when: String,
    pub paused: String,
    pub met: String,
    pub met_when: String,
    pub late: String,
    pub late_when: String,
    pub made_good: String,
    pub made_good_when: String,
    pub waived: String,
    pub cancelled: String,
    pub we_were_late: String,
    pub we_were_late_text: String,
    pub asked: String,
    pub asked_waits: String,
    pub granted: String,
    pub refused: String,
    pub was_said: String,
    pub nothing_said: String,
    pub you: String,
    pub us: String,
    pub in_public: String,
    pub in_private: String,
    pub on_page: String,
    pub deleted: String,
    pub write: String,
    pub write_help: String,
    pub send: String,
    pub reasons: String,
    pub else_: String,
    pub appeal: String,
    pub appeal_help: String,
    pub appeal_label: String,
    pub correction: String,
    pub correction_help: String,
    pub correction_label: String,
    pub erasure: String,
    pub erasure_help: String,
    pub end: String,
    pub end_help: String,
    pub done_message: String,
    pub done_solved: String,
    pub done_asked: String,
    pub done_already: String,
    pub problem_text: String,
    pub problem_many: String,
    pub too_long: String,
    pub empty: String,
    pub stale: String,
    pub footer: String,
    pub charter: String,
    pub gone_title: String,
    pub gone: String,
    pub ended_title: String,
    pub ended: String,
    pub erased: String,
    pub many_title: String,
    pub many: String,
    pub date: String,
    months: [String; 12],
}

/// English first: it stands in for the languages that are not here.
static WORDS: LazyLock<[(&str, Words); 2]> = LazyLock::new(|| {
    [("en", include_str!("en.toml")), ("de", include_str!("de.toml"))]
        .map(|(tag, text)| (tag, toml::from_str(text).unwrap_or_else(|error| panic!("{tag}.toml: {error}"))))
});

/// The words for readers of this language, and the language that they are in.
pub fn words(language: &str) -> (&'static str, &'static Words) {
    let primary = language.split('-').next().unwrap_or(language);
    let (tag, words) = WORDS.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(primary)).unwrap_or(&WORDS[0]);
    (tag, words)
}

/// A language's own name, or its tag where nobody here knows it.
pub fn name(language: &str) -> &str {
    match words(language) {
        (tag, words) if language.eq_ignore_ascii_case(tag) => &words.language,
        _ => language,
    }
}

impl Words {
    pub fn day(&self, day: Weekday) -> &str {
        self.days.get(&day).map_or("", String::as_str)
    }

    /// A number to one decimal, none when it is whole.
    pub fn number(&self, number: f64) -> String {
        let written = format!("{number:.1}");
        written.strip_suffix(".0").map_or_else(|| written.replace('.', &self.decimal), str::to_owned)
    }
}

impl CasePageWords {
    /// A moment as people say it, in this time zone.
    pub fn moment(&self, at: Timestamp, zone: &TimeZone) -> String {
        let at = at.to_zoned(zone.clone());
        let month = usize::try_from(at.month() - 1).ok().and_then(|month| self.months.get(month));
        self.date
            .replace("{day}", &at.day().to_string())
            .replace("{month}", month.map_or("", String::as_str))
            .replace("{year}", &at.year().to_string())
            .replace("{time}", &at.strftime("%H:%M").to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word_and_day() {
        for (tag, words) in WORDS.iter() {
            assert_eq!(words.days.len(), 7, "{tag}");
            assert!(words.hours_text.contains("{zone}") && words.version.contains("{version}"), "{tag}");
            assert!(words.since.contains("{date}"), "{tag}");
        }
        assert_eq!((words("de-AT").0, words("fr").0, name("de"), name("fr")), ("de", "en", "Deutsch", "fr"));
        let (_, german) = words("de");
        let at: Timestamp = "2026-05-15T22:10:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(german.case_page.moment(at, &zone), "16. Mai 2026, 00:10");
        assert_eq!((german.number(66.7), german.number(100.0)), ("66,7".to_owned(), "100".to_owned()));
    }
}
