//! Reply templates: text with a few placeholders in braces, filled from the facts.

use crate::languages::primary;
use comity_domain::{facts::Facts, post::CASE_PAGE};

/// What may stand in braces, with what it becomes.
pub(crate) const PLACEHOLDERS: [(&str, &str); 4] = [
    ("handle", "the account's name"),
    ("name", "the person's name"),
    ("company", "the brand spoken to"),
    ("case_page", "the link to the private page of their case; only in replies that nobody else can read"),
];

/// What stands for an account without a name and for a brand that is not known, by language.
const UNNAMED: [(&str, &str, &str); 2] = [("en", "there", "us"), ("de", "Hallo", "uns")];

/// A value that is not known becomes a word of the template's language that reads well.
pub(crate) fn render(template: &str, facts: &Facts, language: &str) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let filled =
            after.split_once('}').and_then(|(name, after)| Some((value(name.trim(), facts, language)?, after)));
        if let Some((value, after)) = filled {
            text.push_str(&value);
            rest = after;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text.trim().to_owned()
}

/// The placeholders of a template, in order.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|after| after.split_once('}')).map(|(name, _)| name.trim())
}

fn value(name: &str, facts: &Facts, language: &str) -> Option<String> {
    let unnamed = UNNAMED.iter().find(|(known, ..)| *known == primary(language));
    let (nobody, us) = unnamed.map_or(("", ""), |(_, nobody, us)| (*nobody, *us));
    let handle = &facts.author.handle;
    let at_handle = || match handle.trim_start_matches('@') {
        "" => nobody.to_owned(),
        handle => format!("@{handle}"),
    };
    Some(match name {
        "handle" => at_handle(),
        "name" => facts.author.display_name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(at_handle),
        "company" => facts.case.company.clone().unwrap_or_else(|| us.to_owned()),
        // The link is made when the reply leaves.
        "case_page" => CASE_PAGE.to_owned(),
        _ => return None,
    })
}
