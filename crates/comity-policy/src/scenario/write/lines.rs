//! A test as lines of TOML, the way people write them in a bundle.

use crate::scenario::file::{Author, Change, Step, Test, Wordless};
use jiff::SignedDuration;
use std::fmt::Write as _;

/// Longer lists take a line for each item.
const LINE: usize = 100;

/// `expectations` and `comments` go with the steps.
pub(super) fn render(test: &Test, expectations: &[Vec<String>], comments: &[Option<String>]) -> String {
    let mut lines = vec![
        "# Written down from a case. People, links and numbers have stand-ins, and its days are counted from a"
            .to_owned(),
        "# Monday of their own; what is expected is what the version that decided makes of it.".to_owned(),
        String::new(),
        "[[test]]".to_owned(),
        format!("name = {}", text(&test.name)),
        format!("author = {}", author(&test.author)),
    ];
    lines.extend(test.brand.as_ref().map(|brand| format!("brand = {}", text(brand))));
    for (index, written) in test.step.iter().enumerate() {
        lines.extend([String::new(), "[[test.step]]".to_owned()]);
        lines.extend(comments.get(index).cloned().flatten().map(|comment| format!("# {comment}")));
        lines.extend(step(written));
        lines.extend(expectations.get(index).into_iter().flatten().cloned());
    }
    lines.join("\n") + "\n"
}

fn step(step: &Step) -> Vec<String> {
    let word = |name: &str, value: Option<&str>| value.map(|value| format!("{name} = {}", text(value)));
    let flag = |name: &str, is_set: bool| is_set.then(|| format!("{name} = true"));
    let lines = [
        word("at", step.at.as_deref()),
        word("after", step.after.as_deref()),
        word("consumer", step.consumer.as_deref()),
        word("company", step.company.as_deref()),
        word("edited", step.edited.as_deref()),
        flag("deleted", step.deleted),
        step.of.map(|number| format!("of = {number}")),
        word("happens", step.happens.map(Wordless::name)),
        word("closed", step.closed.as_deref()),
        flag("reopened", step.reopened),
        step.set.as_ref().map(|set| format!("set = {}", change(set))),
        flag("wait", step.wait),
        step.author.as_ref().map(|by| format!("author = {}", author(by))),
        step.public.map(|public| format!("public = {public}")),
        step.names_us.map(|names_us| format!("names_us = {names_us}")),
        word("lang", step.lang.as_deref()),
    ];
    lines.into_iter().flatten().collect()
}

fn author(author: &Author) -> String {
    let fields = [
        Some(format!("handle = {}", text(&author.handle))),
        author.display_name.as_ref().map(|name| format!("display_name = {}", text(name))),
        author.is_staff.then(|| "is_staff = true".to_owned()),
        author.is_customer.map(|is_customer| format!("is_customer = {is_customer}")),
        author.customer_since.as_ref().map(|since| format!("customer_since = {}", text(since))),
        author.followers.map(|followers| format!("followers = {followers}")),
        (author.earlier_cases != 0).then(|| format!("earlier_cases = {}", author.earlier_cases)),
        author.open_cases.map(|cases| format!("open_cases = {cases}")),
        author.broken_promises.map(|cases| format!("broken_promises = {cases}")),
        author.last_case_at.as_ref().map(|at| format!("last_case_at = {}", text(at))),
    ];
    table(fields)
}

fn change(set: &Change) -> String {
    let labels = set.labels.iter().map(|labels| labels.iter().map(|label| text(label)).collect::<Vec<_>>().join(", "));
    let fields = [
        labels.map(|labels| format!("labels = [{labels}]")).next(),
        set.team.as_ref().map(|team| format!("team = {}", text(team))),
        set.priority.map(|priority| format!("priority = {}", text(priority.as_str()))),
        set.is_held.map(|is_held| format!("is_held = {is_held}")),
        set.has_draft.map(|has_draft| format!("has_draft = {has_draft}")),
    ];
    table(fields)
}

fn table<const N: usize>(fields: [Option<String>; N]) -> String {
    format!("{{ {} }}", fields.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

pub(super) fn array(items: &[String]) -> String {
    let line = items.join(", ");
    if line.chars().count() <= LINE {
        return format!("[{line}]");
    }
    format!("[\n    {},\n]", items.join(",\n    "))
}

/// In quotes, with whatever has to be written otherwise in them.
pub(super) fn text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // Writing to a string cannot fail.
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `3 days 2h 5m`.
pub(super) fn length(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let parts =
        [(seconds / 86_400, " days"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect::<Vec<_>>()
        .join(" ")
}
