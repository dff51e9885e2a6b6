//! How much there is to read. What is too much is not looked at closely: reading it would take long, and nobody could.

use crate::{Bundle, Diagnostic, Limits, bundle::SETTINGS, settings::Settings};

/// What can be said without reading anything. False when nothing else is read.
pub(super) fn of_files(bundle: &Bundle, limits: &Limits, found: &mut Vec<Diagnostic>) -> bool {
    if bundle.files.len() > limits.files {
        let message = format!("The bundle has {} files; at most {} are read.", bundle.files.len(), limits.files);
        found.push(Diagnostic::error(SETTINGS, 1, 1, "too-large", message).help("Put related rules into one file."));
        return false;
    }
    let bytes: usize = bundle.files.iter().map(|(path, text)| path.len() + text.len()).sum();
    if bytes > limits.bundle_bytes {
        let message = format!("The files of the bundle are larger than {} KiB together.", limits.bundle_bytes / 1_024);
        let help = "Take out what is not needed; word lists and tests are often the largest.";
        found.push(Diagnostic::error(SETTINGS, 1, 1, "too-large", message).help(help));
        return false;
    }
    for (file, text) in &bundle.files {
        if text.len() > limits.file_bytes {
            let message = format!("This file is larger than {} KiB.", limits.file_bytes / 1_024);
            found.push(Diagnostic::error(file, 1, 1, "too-large", message).help("Split it into several files."));
        }
        stray(file, found);
    }
    for (file, text) in bundle.scripts() {
        if let Some(index) = text.lines().position(|line| line.len() > limits.line_bytes) {
            let message = format!("This line is longer than {} characters.", limits.line_bytes);
            let long = Diagnostic::error(file, index as u32 + 1, 1, "too-large", message);
            found.push(long.help("Break it into several lines."));
        }
    }
    true
}

fn stray(file: &str, found: &mut Vec<Diagnostic>) {
    if Bundle::belongs(file) {
        return;
    }
    let message = "This file is no part of a policy and is not read.";
    let help = "A bundle holds settings.toml, scripts that end in .rhai, and files that end in .toml in languages/ and tests/.";
    let stray = Diagnostic::error(file, 1, 1, "stray-file", message).help(help);
    // Rules that somebody wrote and that are not in force are no trifle.
    let is_script = std::path::Path::new(file).extension().is_some_and(|kind| kind.eq_ignore_ascii_case("rhai"));
    found.push(if is_script { stray } else { stray.warning() });
}

/// Names that everything is compared with.
pub(super) fn of_settings(settings: &Settings, limits: &Limits, found: &mut Vec<Diagnostic>) {
    let tables = [
        ("teams", settings.teams.len()),
        ("roles", settings.roles.len()),
        ("channels", settings.channels.len()),
        ("templates", settings.templates.len()),
        ("word lists", settings.words.len()),
        ("briefs", settings.briefs.len()),
        ("skills", settings.skills.len()),
    ];
    for (what, count) in tables.into_iter().filter(|(_, count)| *count > limits.names) {
        let message = format!("There are {count} {what}; at most {} are read.", limits.names);
        found.push(Diagnostic::error(SETTINGS, 1, 1, "too-large", message).help("Take out what is not needed."));
    }
}

/// Rules and guards that are compared with each other.
pub(super) fn of_rules(rules: usize, limits: &Limits, found: &mut Vec<Diagnostic>) {
    if rules > limits.rules {
        let message = format!("There are {rules} rules and guards; at most {} are read.", limits.rules);
        let help = "Put what belongs together into one rule, or into a function.";
        found.push(Diagnostic::error(SETTINGS, 1, 1, "too-large", message).help(help));
    }
}
