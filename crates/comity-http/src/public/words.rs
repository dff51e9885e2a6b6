//! What stands on public pages besides the organization's own texts, in the languages that Comity itself speaks.

use comity_domain::calendar::Weekday;
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
    days: BTreeMap<Weekday, String>,
    decimal: String,
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
        assert_eq!((german.number(66.7), german.number(100.0)), ("66,7".to_owned(), "100".to_owned()));
    }
}
