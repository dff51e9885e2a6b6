//! Settings that can be read and still make no sense.

use super::suggest;
use crate::{Diagnostic, bundle::SETTINGS, settings::Settings, template, text::WordList};

pub(super) fn check(settings: &Settings, text: &str, found: &mut Vec<Diagnostic>) {
    let at = |key: &str, code: &str, message: String| {
        let line = line_of(text, key);
        Diagnostic::error(SETTINGS, line, 1, code, message)
    };
    if settings.teams.is_empty() {
        found.push(at("[teams]", "settings", "No team is named, so nobody can get a case.".to_owned()));
    }
    if let Err(error) = settings.calendar.check() {
        found.push(at("[calendar]", "calendar", sentence(&error.to_string())));
    }
    let teams: Vec<&str> = settings.teams.keys().map(String::as_str).collect();
    if let Some(team) = settings.fallback.team.as_deref().filter(|team| !teams.contains(team)) {
        let message = format!("The fallback gives cases to \u{201c}{team}\u{201d}, and there is no such team.");
        found.push(at("[fallback]", "unknown-team", message).maybe_help(suggest::help(team, &teams)));
    }
    let known: Vec<&str> = template::PLACEHOLDERS.iter().map(|(name, _)| *name).collect();
    for (name, template) in &settings.templates {
        if template.trim().is_empty() {
            found.push(at(name, "template", format!("The template \u{201c}{name}\u{201d} is empty.")));
        }
        for placeholder in template::placeholders(template).filter(|placeholder| !known.contains(placeholder)) {
            let message = format!("The template \u{201c}{name}\u{201d} uses {{{placeholder}}}, which nothing fills.");
            found.push(at(name, "unknown-placeholder", message).maybe_help(suggest::help(placeholder, &known)));
        }
    }
    for (name, words) in &settings.words {
        if words.iter().all(|word| word.trim().is_empty()) {
            let message = format!("The word list \u{201c}{name}\u{201d} is empty, so it never finds anything.");
            found.push(at(name, "words", message).warning());
        } else if WordList::new(words.iter().map(String::as_str)).is_none() {
            found.push(at(name, "words", format!("The word list \u{201c}{name}\u{201d} is too long to look for.")));
        }
    }
}

/// The line on which a key stands; TOML values do not keep their places.
fn line_of(text: &str, key: &str) -> u32 {
    let starts = |line: &str| {
        let line = line.trim_start().trim_start_matches('"');
        line.strip_prefix(key).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
    };
    text.lines().position(starts).map_or(1, |index| index as u32 + 1)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
