//! What decisions are told with: a file of texts for each language, read once.
//!
//! A language is added by a file beside `en.toml` with the same keys, and a line in [`FILES`].

use crate::languages::best;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

const FILES: [(&str, &str); 2] = [(ENGLISH, include_str!("en.toml")), ("de", include_str!("de.toml"))];
const ENGLISH: &str = "en";

static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| {
    let read = |(language, text): (&'static str, &str)| -> Catalogue {
        let catalogue = toml::from_str(text).unwrap_or_else(|error| panic!("the texts in {language}: {error}"));
        Catalogue { language, ..catalogue }
    };
    FILES.into_iter().map(read).collect()
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    #[serde(skip)]
    pub language: &'static str,
    quotes: (String, String),
    /// What stands before the tenths of a number.
    decimal: String,
    pub or: String,
    pub sentences: Sentences,
    pub terms: Terms,
    /// One and many.
    pub units: BTreeMap<String, (String, String)>,
    /// Words that facts can be.
    pub values: BTreeMap<String, String>,
    pub facts: BTreeMap<String, FactWords>,
    pub effects: BTreeMap<String, EffectWords>,
    pub refusals: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentences {
    pub fired: String,
    pub company_owes: String,
    pub consumer_owes: String,
    pub done: String,
    pub close: String,
    pub unknown: String,
    pub dropped: String,
    pub guard: String,
    pub fallback: String,
    pub nothing: String,
    pub nothing_public: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terms {
    pub equal: String,
    pub unequal: String,
    pub more: String,
    pub at_least: String,
    pub less: String,
    pub at_most: String,
    pub and: String,
    pub or: String,
    pub known: String,
    pub not_known: String,
    pub mentions_list: String,
    pub mentions_no_list: String,
    pub mentions: String,
    pub mentions_not: String,
    pub contains: String,
    pub contains_not: String,
    pub starts_with: String,
    pub starts_not_with: String,
    pub ends_with: String,
    pub ends_not_with: String,
    pub is_breach: String,
    pub is_no_breach: String,
    pub none: String,
    pub some: String,
    /// What a question about the event's text is asked of.
    pub text: String,
    pub reply: String,
    pub now: String,
    pub it_is: String,
    pub yes: String,
    pub no: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactWords {
    pub name: String,
    pub yes: Option<String>,
    pub no: Option<String>,
    /// Of a time: how long ago it is.
    pub since: Option<String>,
    /// Of a set.
    pub has: Option<String>,
    pub lacks: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EffectWords {
    pub done: String,
    pub wanted: String,
    /// For the person concerned; empty when they are not told.
    pub person: String,
}

impl Catalogue {
    pub(super) fn quoted(&self, text: &str) -> String {
        format!("{}{text}{}", self.quotes.0, self.quotes.1)
    }

    /// A number, written with a point, as the language writes it.
    pub(super) fn number(&self, written: &str) -> String {
        written.replacen('.', &self.decimal, 1)
    }
}

/// The texts in this language or the one nearest to it.
pub(super) fn catalogue(language: &str) -> Option<&'static Catalogue> {
    let found = best(language, &FILES.iter().map(|(language, _)| *language))?;
    CATALOGUES.iter().find(|catalogue| catalogue.language == found)
}

/// Every decision can be told in English.
pub(super) fn english() -> &'static Catalogue {
    &CATALOGUES[0]
}

/// A text with what stands in braces filled in, in one pass: what is filled in may have braces of its own.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        if let Some((value, after)) = value {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::types::Type, functions::TEXT_FIELDS, objects::FIELDS};
    use comity_domain::{Party, case::Priority, event::EventKind};

    #[test]
    fn every_language_has_words_for_every_fact() {
        let values = TEXT_FIELDS.iter().filter_map(|(object, name, gives, _)| {
            let object = match object {
                Type::Text => "text",
                Type::Topic => "topic",
                Type::Promise => "promise",
                _ => return None,
            };
            Some((format!("{object}.{name}"), *gives))
        });
        let fields = FIELDS.iter().map(|field| {
            let object = field.object.words().trim_start_matches("the ");
            (format!("{object}.{}", field.name), field.gives)
        });
        let facts: BTreeMap<String, Type> = fields.chain(values).collect();
        for catalogue in CATALOGUES.iter() {
            let language = catalogue.language;
            assert_eq!(catalogue.facts.keys().collect::<Vec<_>>(), facts.keys().collect::<Vec<_>>(), "{language}");
            for (key, kind) in &facts {
                let words = &catalogue.facts[key];
                assert_eq!(words.yes.is_some() && words.no.is_some(), *kind == Type::Bool, "{language}: {key}");
                assert_eq!(words.since.is_some(), *kind == Type::Time, "{language}: {key}");
                assert_eq!(words.has.is_some() && words.lacks.is_some(), kind.is_set(), "{language}: {key}");
            }
            let words = EventKind::NAMES.into_iter().chain([Party::Company, Party::Consumer].map(Party::as_str));
            for word in words.chain(Priority::ALL.map(Priority::as_str)) {
                assert!(catalogue.values.contains_key(word), "{language}: {word}");
            }
        }
    }

    #[test]
    fn every_language_says_the_same() {
        let english = english();
        for catalogue in CATALOGUES.iter() {
            let language = catalogue.language;
            assert_eq!(catalogue.values.len(), english.values.len(), "{language}");
            assert_eq!(
                catalogue.units.keys().collect::<Vec<_>>(),
                english.units.keys().collect::<Vec<_>>(),
                "{language}"
            );
            for (effect, words) in &english.effects {
                let of = |words: &EffectWords| [&words.done, &words.wanted, &words.person].map(|text| braces(text));
                assert_eq!(of(&catalogue.effects[effect]), of(words), "{language}: {effect}");
            }
            for (refusal, text) in &english.refusals {
                assert_eq!(braces(&catalogue.refusals[refusal]), braces(text), "{language}: {refusal}");
            }
            for (fact, words) in &english.facts {
                let of = |words: &FactWords| [braces(&words.name), braces(words.has.as_deref().unwrap_or_default())];
                assert_eq!(of(&catalogue.facts[fact]), of(words), "{language}: {fact}");
            }
        }
    }

    fn braces(text: &str) -> Vec<String> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect()
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let filled = fill("{a} and {b}, {c", &[("a", "{b}"), ("b", "B")]);
        assert_eq!(filled, "{b} and B, {c");
    }
}
