//! Texts in other languages: each names something that is there, and what is missing is said.

use super::suggest;
use crate::{
    Bundle, Diagnostic,
    bundle::SETTINGS,
    declare::{RuleDeclaration, Script},
    languages::{GuardTexts, Placed, Translation},
    settings::{Settings, place},
    template,
};
use oxilangtag::LanguageTag;
use std::collections::{BTreeMap, BTreeSet};

/// How many missing names a warning lists.
const MOST_LISTED: usize = 10;
const TAGS: &str = "A language is written as de, pt-BR or zh-Hant.";

pub(super) fn check(
    bundle: &Bundle,
    settings: &Settings,
    scripts: &[Script],
    translations: &BTreeMap<String, Translation>,
    found: &mut Vec<Diagnostic>,
) {
    if !is_language(&settings.language) {
        let message = format!("\u{201c}{}\u{201d} is no language.", settings.language);
        found.push(Diagnostic::error(SETTINGS, 1, 1, "language", message).help(TAGS));
    }
    for (language, file, text) in bundle.languages() {
        let Some(translation) = translations.get(language) else { continue };
        let mut looked = Looked { file, text, found };
        looked.name(language, settings);
        looked.texts(translation, settings, scripts);
        looked.guards(&translation.guards, scripts);
    }
}

/// Well formed, and with a language of two or three letters: longer ones have never been given out.
fn is_language(tag: &str) -> bool {
    LanguageTag::parse(tag).is_ok_and(|tag| matches!(tag.primary_language().len(), 2 | 3))
}

/// One file of texts while it is looked at.
struct Looked<'a> {
    file: &'a str,
    text: &'a str,
    found: &'a mut Vec<Diagnostic>,
}

impl Looked<'_> {
    fn name(&mut self, language: &str, settings: &Settings) {
        if !is_language(language) {
            let message = format!("\u{201c}{language}\u{201d} is no language, so nobody is shown these texts.");
            let help = format!("Name the file after its language. {TAGS}");
            self.found.push(Diagnostic::error(self.file, 1, 1, "language", message).help(help));
        } else if language.eq_ignore_ascii_case(&settings.language) {
            let message = format!("The scripts themselves are in this language: {SETTINGS} says so.");
            let help = format!("Take this file out, or write another language into {SETTINGS}.");
            self.found.push(Diagnostic::error(self.file, 1, 1, "language", message).help(help));
        }
    }

    fn texts(&mut self, translation: &Translation, settings: &Settings, scripts: &[Script]) {
        let Translation { charter, articles, rules, flows, templates, guards: _ } = translation;
        match charter {
            Some(name) => self.not_empty("charter", name),
            None => self.missing("the name of the charter", &[]),
        }
        let articles_known = scripts.iter().flat_map(|script| &script.articles).map(|article| &*article.id.text);
        self.section("article", "the sentences of the articles", articles_known.collect(), articles);
        let rules_known = scripts.iter().flat_map(|script| &script.rules).map(|rule| &*rule.id.text);
        self.section("rule", "the reasons of the rules", rules_known.collect(), rules);
        let flows_known = scripts.iter().flat_map(|script| &script.flows).map(|flow| &*flow.id.text);
        self.section("flow", "the reasons of the flows", flows_known.collect(), flows);
        self.section("template", "the templates", settings.templates.keys().map(String::as_str).collect(), templates);
        for (name, translated) in templates {
            if let Some(own) = settings.templates.get(name) {
                self.placeholders(name, own, translated);
            }
        }
    }

    /// Names that exist, texts that say something, and what is left out.
    fn section(&mut self, what: &str, all: &str, known: Vec<&str>, texts: &BTreeMap<String, Placed>) {
        for (name, text) in texts {
            self.known(what, name, &known, text);
            self.not_empty(name, text);
        }
        let missing: Vec<&str> = known.into_iter().filter(|name| !texts.contains_key(*name)).collect();
        if !missing.is_empty() {
            self.missing(all, &missing);
        }
    }

    fn guards(&mut self, texts: &BTreeMap<String, GuardTexts>, scripts: &[Script]) {
        let guards: Vec<&RuleDeclaration> = scripts.iter().flat_map(|script| &script.guards).collect();
        let known: Vec<&str> = guards.iter().map(|guard| guard.id.text.as_str()).collect();
        for (name, GuardTexts { because, message }) in texts {
            for text in because.iter().chain(message) {
                self.known("guard", name, &known, text);
                self.not_empty(name, text);
            }
            let guard = guards.iter().find(|guard| guard.id.text == *name);
            if let Some(message) = message
                && guard.is_some_and(|guard| guard.only_message().is_none())
            {
                let text =
                    format!("The guard \u{201c}{name}\u{201d} says more than one thing, so this is never shown.");
                let help = "Make a guard of its own for each thing it says.";
                self.report(message, "guard-message", text, Some(help.to_owned()));
            }
        }
        let without = |has: fn(&GuardTexts) -> bool, needs: fn(&RuleDeclaration) -> bool| -> Vec<&str> {
            let lacks = |guard: &&&RuleDeclaration| needs(guard) && !texts.get(&guard.id.text).is_some_and(has);
            guards.iter().filter(lacks).map(|guard| guard.id.text.as_str()).collect()
        };
        let no_reason = without(|texts| texts.because.is_some(), |_| true);
        if !no_reason.is_empty() {
            self.missing("the reasons of the guards", &no_reason);
        }
        let no_message = without(|texts| texts.message.is_some(), |guard| guard.only_message().is_some());
        if !no_message.is_empty() {
            self.missing("the messages of the guards", &no_message);
        }
    }

    fn known(&mut self, what: &str, name: &str, known: &[&str], text: &Placed) {
        if !known.contains(&name) {
            let help = suggest::help(name, known).unwrap_or_else(|| "Take it out.".to_owned());
            let code = format!("unknown-{what}");
            self.report(text, &code, format!("There is no {what} \u{201c}{name}\u{201d}."), Some(help));
        }
    }

    fn not_empty(&mut self, name: &str, text: &Placed) {
        if text.get_ref().trim().is_empty() {
            let help = "Write it, or take it out; then people read it in the bundle's own language.";
            self.report(text, "empty", format!("The text of \u{201c}{name}\u{201d} is empty."), Some(help.to_owned()));
        }
    }

    /// A reply says as much of the case in one language as in the other.
    fn placeholders(&mut self, name: &str, own: &str, translated: &Placed) {
        let of = |text| template::placeholders(text).collect::<BTreeSet<&str>>();
        let shown = |names: Vec<&&str>| names.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(", ");
        let (own, here) = (of(own), of(translated.get_ref()));
        let (lacks, more) = (shown(own.difference(&here).collect()), shown(here.difference(&own).collect()));
        if !more.is_empty() {
            let message = format!("In {SETTINGS} the template \u{201c}{name}\u{201d} has no {more}.");
            self.report(translated, "placeholders", message, Some(format!("Leave {more} out.")));
        }
        if !lacks.is_empty() {
            let message = format!("The template \u{201c}{name}\u{201d} has {lacks} in {SETTINGS} and not here.");
            self.report(translated, "placeholders", message, Some(format!("Write {lacks} where it belongs.")));
        }
    }

    fn missing(&mut self, what: &str, names: &[&str]) {
        let more = names.len().saturating_sub(MOST_LISTED);
        let listed = names[..names.len() - more].join(", ");
        let listed = if more > 0 { format!("{listed} and {more} more") } else { listed };
        let listed = if names.is_empty() { listed } else { format!(" ({listed})") };
        let message = format!("Not in this language yet: {what}{listed}.");
        let help = "Until then people read them in the bundle's own language.";
        self.found.push(Diagnostic::error(self.file, 1, 1, "missing-text", message).help(help).warning());
    }

    fn report(&mut self, at: &Placed, code: &str, message: String, help: Option<String>) {
        let (line, column) = place(self.text, at.span().start);
        self.found.push(Diagnostic::error(self.file, line, column, code, message).maybe_help(help));
    }
}
