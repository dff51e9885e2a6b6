//! Settings that can be read and still make no sense.

use super::suggest;
use crate::{Diagnostic, bundle::SETTINGS, settings::Settings, template};

/// Longer replies are letters, and those are attached.
const LONGEST_TEMPLATE: usize = 10_000;

pub(super) fn check(settings: &Settings, text: &str, found: &mut Vec<Diagnostic>) {
    let at = |(table, key): (&str, &str), code: &str, message: String| {
        let (line, column) = place(text, table, key);
        Diagnostic::error(SETTINGS, line, column, code, message)
    };
    if settings.teams.is_empty() {
        found.push(at(("teams", ""), "settings", "No team is named, so nobody can get a case.".to_owned()));
    }
    if let Err(error) = settings.calendar.check() {
        found.push(at(("calendar", ""), "calendar", sentence(&error.to_string())));
    }
    let teams: Vec<&str> = settings.teams.keys().map(String::as_str).collect();
    if let Some(team) = settings.fallback.team.as_deref().filter(|team| !teams.contains(team)) {
        let message = format!("The fallback gives cases to \u{201c}{team}\u{201d}, and there is no such team.");
        found.push(at(("fallback", "team"), "unknown-team", message).maybe_help(suggest::help(team, &teams)));
    }
    let known: Vec<&str> = template::PLACEHOLDERS.iter().map(|(name, _)| *name).collect();
    for (name, template) in &settings.templates {
        if template.len() > LONGEST_TEMPLATE {
            let message = format!("The template \u{201c}{name}\u{201d} is longer than {LONGEST_TEMPLATE} characters.");
            found.push(
                at(("templates", name), "template", message).help("Nobody reads so long a reply; write a shorter one."),
            );
            continue;
        }
        if template.trim().is_empty() {
            found.push(at(("templates", name), "template", format!("The template \u{201c}{name}\u{201d} is empty.")));
        }
        for placeholder in template::placeholders(template).filter(|placeholder| !known.contains(placeholder)) {
            let message = format!("The template \u{201c}{name}\u{201d} uses {{{placeholder}}}, which nothing fills.");
            found.push(
                at(("templates", name), "unknown-placeholder", message).maybe_help(suggest::help(placeholder, &known)),
            );
        }
    }
    topics(settings, text, found);
    briefs(settings, text, found);
    for (name, words) in &settings.words {
        if words.iter().all(|word| word.trim().is_empty()) {
            let message = format!("The word list \u{201c}{name}\u{201d} is empty, so it never finds anything.");
            found.push(at(("words", name), "words", message).warning());
            continue;
        }
        let finds_nothing = |word: &&String| word.trim_matches(|c: char| c == '*' || c.is_whitespace()).is_empty();
        if let Some(word) = words.iter().find(finds_nothing) {
            let message =
                format!("In the word list \u{201c}{name}\u{201d} stands \u{201c}{word}\u{201d}, which finds nothing.");
            found.push(
                at(("words", name), "words", message).help("Take it out, or write a word before the star.").warning(),
            );
        }
    }
}

fn topics(settings: &Settings, text: &str, found: &mut Vec<Diagnostic>) {
    let known: Vec<&str> = settings.words.keys().map(String::as_str).collect();
    for (topic, lists) in &settings.topics {
        let mut report = |code: &str, message: String, help: Option<String>| {
            let (line, column) = place(text, "topics", topic);
            found.push(Diagnostic::error(SETTINGS, line, column, code, message).maybe_help(help));
        };
        if topic.trim().is_empty() {
            report("topic", "A topic needs a name.".to_owned(), None);
        } else if lists.is_empty() {
            let help = "Name the word lists that tell it, as in outage = [\"outage-words\"].";
            report("topic", format!("Nothing tells the topic \u{201c}{topic}\u{201d}."), Some(help.to_owned()));
        }
        for list in lists.iter().filter(|list| !known.contains(&list.as_str())) {
            let message = format!(
                "The topic \u{201c}{topic}\u{201d} goes by the word list \u{201c}{list}\u{201d}, and there is no such list."
            );
            report("unknown-words", message, suggest::help(list, &known).or(Some("Add it under [words].".to_owned())));
        }
    }
}

fn briefs(settings: &Settings, text: &str, found: &mut Vec<Diagnostic>) {
    for (name, brief) in &settings.briefs {
        let mut report = |message: String, help: &str| {
            let (line, column) = place(text, "briefs", name);
            found.push(Diagnostic::error(SETTINGS, line, column, "brief", message).help(help));
        };
        if brief.text.trim().is_empty() {
            report(
                format!("The brief \u{201c}{name}\u{201d} says nothing."),
                "Write what whoever answers should know.",
            );
        } else if brief.text.len() > LONGEST_TEMPLATE {
            let message = format!("The brief \u{201c}{name}\u{201d} is longer than {LONGEST_TEMPLATE} characters.");
            report(message, "Nobody reads so long a brief while somebody waits; write a shorter one.");
        }
        if brief.from.is_some_and(|from| from > brief.until) {
            let message = format!("The brief \u{201c}{name}\u{201d} ends before it begins, so it is never shown.");
            report(message, "Let until be its last day, and from its first.");
        }
    }
}

/// The line and column of a key in a table; TOML values do not keep their places.
pub(super) fn place(text: &str, table: &str, key: &str) -> (u32, u32) {
    let is_key = |written: &str, key: &str| {
        let written = written.trim_start_matches(['"', '\'']);
        written
            .strip_prefix(key)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || "-_".contains(c)))
    };
    let mut within = false;
    let mut header = None;
    for (index, line) in text.lines().enumerate() {
        let written = line.trim_start();
        let place = |part: &str| (index as u32 + 1, (line.len() - part.len()) as u32 + 1);
        if let Some(name) = written.strip_prefix('[') {
            // `[briefs.summer-sale]` is the place of the key itself.
            let key_of = name.trim_start().strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
            if key_of.is_some_and(|rest| is_key(rest, key)) {
                return place(written);
            }
            within = name.trim_start().strip_prefix(table).is_some_and(|rest| rest.trim_start().starts_with(']'));
        } else if within && is_key(written, key) {
            return place(written);
        }
        // `[teams]`, `teams = { … }` and `teams.care = …` lead to the same table.
        if header.is_none() && is_key(written.trim_start_matches('['), table) {
            header = Some(place(written));
        }
        let dotted = written.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
        if let Some(rest) = dotted.filter(|rest| is_key(rest, key)) {
            return place(rest);
        }
    }
    header.unwrap_or((1, 1))
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
