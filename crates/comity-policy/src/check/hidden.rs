//! Characters that do not show, and names in letters that only look alike: what is read should be what is meant.

use super::settings::place;
use crate::{Bundle, Diagnostic, bundle::SETTINGS, diagnostic::quoted, settings::Settings};

/// The first character of each file that does not show.
pub(super) fn characters(bundle: &Bundle, found: &mut Vec<Diagnostic>) {
    for (file, text) in &bundle.files {
        for (index, line) in text.lines().enumerate() {
            let Some((column, c, what)) = line.chars().enumerate().find_map(|(at, c)| Some((at, c, hidden(c)?))) else {
                continue;
            };
            let code = u32::from(c);
            let message = format!("Here stands a character that does not show: {what} (U+{code:04X}).");
            let help = format!("Delete it; where it is meant, write \\u{{{code:04X}}} in the quotation marks.");
            let help = if code <= 0xffff { help.replace(['{', '}'], "") } else { help };
            let column = column as u32 + 1;
            let at = Diagnostic::error(file, index as u32 + 1, column, "hidden-character", message);
            found.push(at.help(help).until(column + 1));
            break;
        }
    }
}

/// What a character that does not show does.
fn hidden(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "it changes the direction of reading",
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}' => "a space without width",
        '\u{ad}' => "a soft hyphen",
        '\u{e0000}'..='\u{e007f}' => "a tag",
        '\t' => return None,
        c if c.is_control() => "a control character",
        _ => return None,
    })
}

/// Names in settings are written again in rules, so they are written in one script and without anything between words.
pub(super) fn names(settings: &Settings, text: &str, found: &mut Vec<Diagnostic>) {
    let tables: [(&str, Vec<&String>); 7] = [
        ("teams", settings.teams.keys().collect()),
        ("roles", settings.roles.keys().collect()),
        ("channels", settings.channels.keys().collect()),
        ("templates", settings.templates.keys().collect()),
        ("words", settings.words.keys().collect()),
        ("briefs", settings.briefs.keys().collect()),
        ("skills", settings.skills.keys().collect()),
    ];
    for (table, names) in tables {
        for name in names {
            let (line, column) = place(text, table, name);
            let error = |code: &str, message: String| {
                let end = column + name.chars().count().max(1) as u32;
                Diagnostic::error(SETTINGS, line, column, code, message).until(end)
            };
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
            if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(fits) {
                let message = format!("{} cannot be a name.", quoted(name));
                let help = format!("Use letters, digits and hyphens, at most {LONGEST_NAME}.");
                found.push(error("name", message).help(help));
            } else if let Some((one, other)) = mixed(name) {
                let message = format!("\u{201c}{name}\u{201d} mixes {one} and {other} letters that look alike.");
                found.push(error("mixed-scripts", message).help("Write it anew with letters of one script."));
            }
        }
    }
}

pub(super) const LONGEST_NAME: usize = 64;

/// Two scripts with letters that look alike, when a name has letters of both.
fn mixed(name: &str) -> Option<(&'static str, &'static str)> {
    let script = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Some("Latin"),
        '\u{370}'..='\u{3ff}' => Some("Greek"),
        '\u{400}'..='\u{52f}' => Some("Cyrillic"),
        _ => None,
    };
    let mut scripts = name.chars().filter_map(script);
    let first = scripts.next()?;
    scripts.find(|other| *other != first).map(|other| (first, other))
}
