//! Reads a bundle strictly and says what is wrong with it before anything runs.
//!
//! Rhai finds a misspelt name only when it comes upon it, and some never: unknown functions compile, a text compared with
//! a number is silently "no". Here every name, type and place is looked at first. What passes here has no such mistakes left.

mod articles;
mod branches;
mod conditions;
mod expressions;
mod flows;
mod hidden;
mod languages;
mod logic;
pub(crate) mod names;
mod overlap;
mod place;
mod reach;
mod rehearse;
mod rules;
mod settings;
mod size;
mod statements;
pub(crate) mod suggest;
pub(crate) mod types;
mod unused;

use crate::{
    Bundle, Diagnostic, Flow, Limits, Policy,
    bundle::SETTINGS,
    declare::{self, Script, Written},
    engine,
    evaluate::{Machine, Rule},
    languages::Translation,
    quotas,
    run::Lists,
    settings::Settings,
    text::WordList,
};
use comity_domain::charter::Charter;
use names::Names;
use rhai::Engine;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Everything that is wrong or doubtful in a bundle, in the order of its files.
#[must_use]
pub fn check(bundle: &Bundle) -> Vec<Diagnostic> {
    let limits = Limits::default();
    let read = read(bundle, limits);
    let guards: Vec<Written> =
        read.scripts.iter().flat_map(|script| &script.guards).map(|guard| guard.id.clone()).collect();
    let (policy, mut found) = read.compiled(bundle, limits);
    if let Some(policy) = policy {
        rehearse::check(&policy, &bundle.files[SETTINGS], &guards, &mut found);
    }
    in_order(found, &limits)
}

pub(crate) fn compile(bundle: &Bundle, limits: Limits) -> Result<Policy, Vec<Diagnostic>> {
    let (policy, found) = read(bundle, limits).compiled(bundle, limits);
    policy.ok_or_else(|| in_order(found, &limits))
}

/// A bundle with what was found in it.
struct Read {
    engine: Engine,
    scripts: Vec<Script>,
    settings: Option<Settings>,
    translations: BTreeMap<String, Translation>,
    lists: Lists,
    charter: Charter,
    flows: Vec<Flow>,
    found: Vec<Diagnostic>,
}

fn read(bundle: &Bundle, limits: Limits) -> Read {
    let engine = engine::build(&limits);
    let mut found = Vec::new();
    let is_readable = size::of_files(bundle, &limits, &mut found);
    let (scripts, flows, charter, lists) = (Vec::new(), Vec::new(), Charter::default(), Lists::default());
    let translations = BTreeMap::new();
    let mut read = Read { engine, scripts, settings: None, translations, lists, charter, flows, found };
    if is_readable {
        read.files(bundle, &limits);
    }
    // With a file unread, everything it names would be reported missing.
    if !read.has_errors() {
        read.look_closely(bundle, &limits);
    }
    read
}

impl Read {
    fn has_errors(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }

    fn files(&mut self, bundle: &Bundle, limits: &Limits) {
        hidden::characters(bundle, &mut self.found);
        match bundle.files.get(SETTINGS).map(|text| Settings::parse(text)) {
            Some(Ok(parsed)) => {
                size::of_settings(&parsed, limits, &mut self.found);
                self.settings = Some(parsed);
            }
            Some(Err(diagnostic)) => self.found.push(diagnostic),
            None => self.found.push(
                Diagnostic::error(SETTINGS, 1, 1, "missing-file", "There is no settings.toml.")
                    .help("It names the teams, templates, word lists and the calendar that the rules use."),
            ),
        }
        for (file, text) in bundle.scripts().filter(|(_, text)| text.len() <= limits.file_bytes) {
            match declare::read(&self.engine, file, text) {
                Ok(script) => self.scripts.push(script),
                Err(diagnostic) => self.found.push(diagnostic),
            }
        }
        for (language, file, text) in bundle.languages().filter(|(.., text)| text.len() <= limits.file_bytes) {
            match Translation::parse(file, text) {
                Ok(translation) => drop(self.translations.insert(language.to_owned(), translation)),
                Err(diagnostic) => self.found.push(diagnostic),
            }
        }
        let rules = self.scripts.iter().map(|script| script.rules.len() + script.guards.len()).sum();
        size::of_rules(rules, limits, &mut self.found);
    }

    fn look_closely(&mut self, bundle: &Bundle, limits: &Limits) {
        let Some(settings) = &self.settings else { return };
        let names = Names::of(settings, &self.scripts);
        let (found, text) = (&mut self.found, &bundle.files[SETTINGS]);
        settings::check(settings, text, found);
        quotas::check(&settings.quotas, text, &names, found);
        hidden::names(settings, text, found);
        self.lists = lists(settings, text, found);
        statements::check(&self.scripts, found);
        self.charter = articles::check(&self.scripts, found);
        self.flows = flows::check(&self.scripts, &names, found);
        rules::check(&self.scripts, &names, limits, found);
        languages::check(bundle, settings, &self.scripts, &self.translations, found);
        crate::scenario::check(bundle, &names, found);
        if !self.has_errors() {
            unused::check(settings, text, &names, &mut self.found);
        }
    }

    /// The policy, if there is nothing that stands in its way, and what was found.
    fn compiled(self, bundle: &Bundle, limits: Limits) -> (Option<Policy>, Vec<Diagnostic>) {
        let has_errors = self.has_errors();
        let Self { engine, scripts, settings, translations, lists, charter, flows, found } = self;
        let Some(settings) = settings.filter(|_| !has_errors) else { return (None, found) };
        let functions =
            scripts.iter().map(|script| script.ast.shared_lib().clone()).filter(|lib| !lib.is_empty()).collect();
        let (mut rules, mut guards) = (Vec::new(), Vec::new());
        for script in scripts {
            rules.extend(script.rules.into_iter().map(Rule::new));
            guards.extend(script.guards.into_iter().map(Rule::new));
        }
        let machine = Machine { engine, limits, lists: Arc::new(lists), functions, caches: Mutex::default() };
        let version = bundle.hash();
        (Some(Policy { charter, settings, translations, flows, rules, guards, machine, version }), found)
    }
}

/// In the order of files and lines. Of very many, the errors come before the rest is left out.
fn in_order(mut found: Vec<Diagnostic>, limits: &Limits) -> Vec<Diagnostic> {
    let place = |d: &Diagnostic| (d.file.clone(), d.line, d.column, d.code.clone());
    found.sort_by_cached_key(place);
    found.dedup();
    if found.len() > limits.diagnostics {
        found.sort_by_key(|diagnostic| !diagnostic.is_error());
        let left = found.split_off(limits.diagnostics);
        let message = format!("There is more: {} further messages are not shown.", left.len());
        let more = Diagnostic::error(SETTINGS, 1, 1, "more", message).help("Put the others right first.");
        found.push(if left.iter().any(Diagnostic::is_error) { more } else { more.hint() });
        found.sort_by_cached_key(place);
    }
    found
}

/// The word lists made ready to be looked for.
fn lists(settings: &Settings, text: &str, found: &mut Vec<Diagnostic>) -> Lists {
    let mut words = std::collections::HashMap::new();
    for (name, list) in &settings.words {
        if let Some(list) = WordList::new(list.iter().map(String::as_str)) {
            words.insert(name.clone(), Arc::new(list));
        } else {
            let (line, column) = settings::place(text, "words", name);
            let message = format!("The word list \u{201c}{name}\u{201d} is too long to look for.");
            found.push(Diagnostic::error(SETTINGS, line, column, "words", message).help("Split it into two lists."));
        }
    }
    let lists_of = |names: &Vec<String>| names.iter().filter_map(|name| words.get(name).cloned()).collect();
    let topics = settings.topics.iter().map(|(topic, names)| (topic.clone(), lists_of(names))).collect();
    Lists { words, topics, contacts: settings.contacts.clone(), ..Lists::default() }
}
