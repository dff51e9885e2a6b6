//! What a script is made of: declarations with names of their own, one charter, and nothing that runs by itself.

use super::hidden::LONGEST_NAME;
use crate::{
    Diagnostic,
    bundle::SETTINGS,
    declare::{Script, Written},
    diagnostic::quoted,
    syntax::STATEMENTS,
};
use std::collections::HashMap;

/// Of these, many come of one mistake.
const MOST_STRAY: usize = 100;

pub(super) fn check(scripts: &[Script], found: &mut Vec<Diagnostic>) {
    for at in scripts.iter().flat_map(|script| &script.others).take(MOST_STRAY) {
        let help =
            format!("A script is made of these: {}; and of fn for what several rules share.", STATEMENTS.join(", "));
        found.push(at.error("stray-statement", "This stands outside of any rule.").help(help));
    }
    one_charter(scripts, found);
    let articles = scripts.iter().flat_map(|script| script.articles.iter().map(|article| &article.id));
    unique("an article", articles, found);
    let flows = scripts.iter().flat_map(|script| script.flows.iter().map(|flow| &flow.id));
    unique("a flow", flows, found);
    let rules = scripts.iter().flat_map(|script| script.rules.iter().chain(&script.guards).map(|rule| &rule.id));
    unique("a rule or guard", rules, found);
}

fn one_charter(scripts: &[Script], found: &mut Vec<Diagnostic>) {
    let mut charters = scripts.iter().flat_map(|script| &script.charters);
    match (charters.next(), charters.next()) {
        (Some(first), Some(second)) => {
            let message =
                format!("There are two charters; the other is \u{201c}{}\u{201d} in {}.", first.text, first.at.file);
            found.push(second.at.error("duplicate", message).help("Keep one of them."));
        }
        (Some(_), None) => {}
        (None, _) => {
            let file = scripts.first().map_or(SETTINGS, |script| script.file.as_str());
            let help = "Begin charter.rhai with: charter \"Us and our customers\";";
            found.push(Diagnostic::error(file, 1, 1, "no-charter", "The policy has no charter.").help(help));
        }
    }
}

fn unique<'a>(what: &str, ids: impl Iterator<Item = &'a Written>, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, &Written> = HashMap::new();
    for id in ids {
        if let Some(problem) = bad_name(&id.text) {
            let help =
                format!("Use at most {LONGEST_NAME} small letters, digits and hyphens, for example stay-engaged.");
            found.push(id.at.error("name", problem).help(help).until(end(id)));
        } else if let Some(first) = seen.insert(&id.text, id) {
            let place = format!("{}, line {}", first.at.file, first.at.line);
            let message = format!("There is already {what} \u{201c}{}\u{201d} ({place}).", id.text);
            found.push(id.at.error("duplicate", message).help("Give this one another name.").until(end(id)));
        }
    }
}

/// Names go into links, logs and file names.
fn bad_name(name: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() {
        return Some("A name is missing between the quotation marks.".to_owned());
    }
    let is_name = name.chars().all(fits) && name.len() <= LONGEST_NAME;
    (!is_name).then(|| format!("{} cannot be a name.", quoted(name)))
}

pub(super) fn end(written: &Written) -> u32 {
    written.at.column + written.text.chars().count() as u32 + 2
}
