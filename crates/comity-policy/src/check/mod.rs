//! Reads a bundle strictly and says what is wrong with it before anything runs.
//!
//! Rhai finds a misspelt name only when it comes upon it, and some never: unknown functions compile, a text compared with
//! a number is silently "no". Here every name, type and place is looked at first. What passes here has no such mistakes left.

mod articles;
mod expressions;
mod flows;
pub(crate) mod names;
mod overlap;
mod rules;
mod settings;
mod statements;
pub(crate) mod suggest;
pub(crate) mod types;

use crate::{
    Bundle, Diagnostic, Flow, Limits, Policy,
    bundle::SETTINGS,
    declare::{self, Script},
    engine,
    evaluate::{Machine, Rule},
    quotas,
    run::Lists,
    settings::Settings,
    text::WordList,
};
use comity_domain::charter::Charter;
use names::Names;
use rhai::Engine;
use std::sync::{Arc, Mutex};

/// Everything that is wrong or doubtful in a bundle, in the order of its files.
#[must_use]
pub fn check(bundle: &Bundle) -> Vec<Diagnostic> {
    read(bundle, &Limits::default()).diagnostics
}

/// A bundle with what was found in it.
struct Read {
    engine: Engine,
    scripts: Vec<Script>,
    settings: Option<Settings>,
    charter: Charter,
    flows: Vec<Flow>,
    diagnostics: Vec<Diagnostic>,
}

pub(crate) fn compile(bundle: &Bundle, limits: Limits) -> Result<Policy, Vec<Diagnostic>> {
    let Read { engine, scripts, settings, charter, flows, diagnostics } = read(bundle, &limits);
    let Some(settings) = settings.filter(|_| !diagnostics.iter().any(Diagnostic::is_error)) else {
        return Err(diagnostics);
    };
    let functions =
        scripts.iter().map(|script| script.ast.shared_lib().clone()).filter(|lib| !lib.is_empty()).collect();
    let (mut rules, mut guards) = (Vec::new(), Vec::new());
    for script in scripts {
        rules.extend(script.rules.into_iter().map(Rule::new));
        guards.extend(script.guards.into_iter().map(Rule::new));
    }
    let machine = Machine { engine, limits, lists: lists(&settings), functions, caches: Mutex::default() };
    Ok(Policy { charter, settings, flows, rules, guards, machine, version: bundle.hash() })
}

fn read(bundle: &Bundle, limits: &Limits) -> Read {
    let engine = engine::build(limits);
    let mut diagnostics = sizes(bundle, limits);
    let mut settings = None;
    match bundle.files.get(SETTINGS).map(|text| Settings::parse(text)) {
        Some(Ok(parsed)) => settings = Some(parsed),
        Some(Err(diagnostic)) => diagnostics.push(diagnostic),
        None => diagnostics.push(
            Diagnostic::error(SETTINGS, 1, 1, "missing-file", "There is no settings.toml.")
                .help("It names the teams, templates, word lists and the calendar that the rules use."),
        ),
    }
    let mut scripts = Vec::new();
    for (file, text) in bundle.scripts().filter(|(_, text)| text.len() <= limits.file_bytes) {
        match declare::read(&engine, file, text) {
            Ok(script) => scripts.push(script),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    let mut read = Read { engine, scripts, settings, charter: Charter::default(), flows: Vec::new(), diagnostics };
    // With a file unread, everything it names would be reported missing.
    if !read.diagnostics.iter().any(Diagnostic::is_error) {
        read.look_closely(bundle, limits);
    }
    read.diagnostics.sort_by(|a, b| (&a.file, a.line, a.column, &a.code).cmp(&(&b.file, b.line, b.column, &b.code)));
    read.diagnostics.dedup();
    read
}

impl Read {
    fn look_closely(&mut self, bundle: &Bundle, limits: &Limits) {
        let Some(settings) = &self.settings else { return };
        let names = Names::of(settings, &self.scripts);
        let found = &mut self.diagnostics;
        settings::check(settings, &bundle.files[SETTINGS], found);
        quotas::check(&settings.quotas, &bundle.files[SETTINGS], &names, found);
        statements::check(&self.scripts, found);
        self.charter = articles::check(&self.scripts, found);
        self.flows = flows::check(&self.scripts, &names, found);
        rules::check(&self.scripts, &names, limits, found);
        overlap::check(&self.scripts, found);
        crate::scenario::check(bundle, &names, found);
    }
}

fn sizes(bundle: &Bundle, limits: &Limits) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if bundle.files.len() > limits.files {
        let message = format!("The bundle has {} files; at most {} are read.", bundle.files.len(), limits.files);
        found.push(Diagnostic::error(SETTINGS, 1, 1, "too-large", message).help("Put related rules into one file."));
    }
    for (file, text) in &bundle.files {
        if text.len() > limits.file_bytes {
            let message = format!("This file is larger than {} KiB.", limits.file_bytes / 1_024);
            found.push(Diagnostic::error(file, 1, 1, "too-large", message).help("Split it into several files."));
        }
        if !Bundle::belongs(file) {
            let message = "This file is no part of a policy and is not read.";
            let help =
                "A bundle holds settings.toml, scripts that end in .rhai, and tests/ with files that end in .toml.";
            let stray = Diagnostic::error(file, 1, 1, "stray-file", message).help(help);
            // Rules that somebody wrote and that are not in force are no trifle.
            let is_script =
                std::path::Path::new(file).extension().is_some_and(|kind| kind.eq_ignore_ascii_case("rhai"));
            found.push(if is_script { stray } else { stray.warning() });
        }
    }
    found
}

fn lists(settings: &Settings) -> Arc<Lists> {
    let compiled = settings.words.iter().filter_map(|(name, words)| {
        let list = WordList::new(words.iter().map(String::as_str))?;
        Some((name.clone(), Arc::new(list)))
    });
    Arc::new(Lists { words: compiled.collect(), contacts: settings.contacts.clone() })
}
