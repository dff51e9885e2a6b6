//! What people read of a bundle in more than one language: `languages/de.toml` holds the German of the texts that stand in
//! the scripts and in the settings.
//!
//! The bundle's own language is the one its scripts are written in, and every text has it; what another language lacks is
//! shown in that one. A language is looked for as RFC 4647 has it: `de-AT` finds `de`, and, because a reader of one kind of
//! Portuguese is better served with the other than with a third language, `pt` finds `pt-BR`.

use crate::{Diagnostic, Policy, settings::toml_error};
use comity_domain::charter::Charter;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A text and where it stands.
pub(crate) type Placed = Spanned<String>;

/// One `languages/*.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Translation {
    /// The charter's name.
    pub charter: Option<Placed>,
    /// Article to the sentence that is owed.
    pub articles: BTreeMap<String, Placed>,
    /// Rule to its reason.
    pub rules: BTreeMap<String, Placed>,
    pub guards: BTreeMap<String, GuardTexts>,
    /// Flow to its reason.
    pub flows: BTreeMap<String, Placed>,
    pub templates: BTreeMap<String, Placed>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GuardTexts {
    pub because: Option<Placed>,
    /// What the guard says, when it says one thing.
    pub message: Option<Placed>,
}

impl Translation {
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Diagnostic> {
        toml::from_str(text).map_err(|error| toml_error(path, text, &error))
    }
}

/// The tag that serves a reader of this language best.
pub(crate) fn best<'a>(wanted: &str, tags: &(impl Iterator<Item = &'a str> + Clone)) -> Option<&'a str> {
    let same = |tag: &str| tags.clone().find(|known| known.eq_ignore_ascii_case(tag));
    let mut shorter = Some(wanted);
    while let Some(tag) = shorter {
        if let Some(found) = same(tag) {
            return Some(found);
        }
        shorter = tag.rsplit_once('-').map(|(tag, _)| tag);
    }
    tags.clone().find(|known| primary(known).eq_ignore_ascii_case(primary(wanted)))
}

/// `pt` of `pt-BR`.
pub(crate) fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

/// What people read of a policy, in one language.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    policy: &'a Policy,
    language: &'a str,
    /// Nothing for the bundle's own language.
    translation: Option<&'a Translation>,
}

impl Policy {
    /// The languages that the bundle has texts in, its own first.
    pub fn languages(&self) -> impl Iterator<Item = &str> + Clone {
        std::iter::once(self.settings.language.as_str()).chain(self.translations.keys().map(String::as_str))
    }

    /// The language of the bundle that serves a reader of this one, if any does.
    #[must_use]
    pub fn language_near(&self, language: &str) -> Option<&str> {
        best(language, &self.languages())
    }

    /// The texts in this language, or in the one nearest to it, or in the bundle's own.
    #[must_use]
    pub fn texts(&self, language: &str) -> Texts<'_> {
        let language = best(language, &self.languages()).unwrap_or(&self.settings.language);
        Texts { policy: self, language, translation: self.translations.get(language) }
    }
}

impl<'a> Texts<'a> {
    /// The language these are in, as far as the bundle has them in it.
    #[must_use]
    pub fn language(&self) -> &'a str {
        self.language
    }

    /// The charter as it reads in this language.
    #[must_use]
    pub fn charter(&self) -> Charter {
        let mut charter = self.policy.charter.clone();
        let Some(translation) = self.translation else { return charter };
        put(&mut charter.name, translation.charter.as_ref());
        for article in &mut charter.articles {
            put(&mut article.owes, translation.articles.get(&article.id));
        }
        charter
    }

    /// The sentence that an article owes.
    #[must_use]
    pub fn owes(&self, article: &str) -> Option<&'a str> {
        let own = self.policy.charter.article(article).map(|article| article.owes.as_str());
        self.of(|translation| translation.articles.get(article)).or(own)
    }

    /// Why a rule, guard or flow is there.
    #[must_use]
    pub fn because(&self, id: &str) -> Option<&'a str> {
        let translated = self.of(|translation| {
            let guard = translation.guards.get(id).and_then(|guard| guard.because.as_ref());
            translation.rules.get(id).or(guard).or_else(|| translation.flows.get(id))
        });
        let rules = self.policy.rules.iter().chain(&self.policy.guards).map(|rule| &*rule.origin);
        let own = rules.map(|origin| (origin.id.as_ref(), origin.because.as_ref()));
        let flows = self.policy.flows.iter().map(|flow| (flow.name.as_str(), flow.because.as_str()));
        translated.or_else(|| own.chain(flows).find(|(known, _)| *known == id).map(|(_, because)| because))
    }

    /// What a guard said, when that is the one thing it ever says; what Comity itself had to say of it stays as it is.
    #[must_use]
    pub fn message(&self, guard: &str, said: &str) -> Option<&'a str> {
        let known = self.policy.guards.iter().find(|known| *known.origin.id == *guard)?;
        let says_it = known.message.as_deref() == Some(said);
        self.of(|translation| translation.guards.get(guard)?.message.as_ref()).filter(|_| says_it)
    }

    /// A reply template, placeholders and all.
    #[must_use]
    pub fn template(&self, name: &str) -> Option<&'a str> {
        let own = self.policy.settings.templates.get(name).map(String::as_str);
        self.of(|translation| translation.templates.get(name)).filter(|_| own.is_some()).or(own)
    }

    fn of(&self, text: impl FnOnce(&'a Translation) -> Option<&'a Placed>) -> Option<&'a str> {
        self.translation.and_then(text).map(|placed| placed.get_ref().as_str())
    }
}

fn put(text: &mut String, translated: Option<&Placed>) {
    if let Some(translated) = translated {
        translated.get_ref().clone_into(text);
    }
}

#[cfg(test)]
mod tests {
    use super::best;

    #[test]
    fn the_nearest_language_serves_a_reader() {
        let tags = ["en", "de", "pt-BR", "zh-Hant"];
        let table = [
            ("de", Some("de")),
            ("DE-at", Some("de")),
            ("en-GB", Some("en")),
            ("pt", Some("pt-BR")),
            ("pt-PT", Some("pt-BR")),
            ("zh-Hant-TW", Some("zh-Hant")),
            ("den", None),
            ("fr", None),
            ("", None),
        ];
        for (wanted, expected) in table {
            assert_eq!(best(wanted, &tags.into_iter()), expected, "{wanted}");
        }
    }
}
