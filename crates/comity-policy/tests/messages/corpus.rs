//! One bundle of the corpus: what differs from the ordinary one.

use crate::support;
use comity_policy::{Bundle, Diagnostic, check};
use std::fmt;

/// A wrong bundle. Texts have no line break at their end.
pub struct Entry {
    /// Files of its own, and those that it leaves out.
    files: Vec<(&'static str, Option<String>)>,
}

impl Entry {
    pub fn script(text: impl Into<String>) -> Self {
        Self::of([("rules.rhai", text)])
    }

    pub fn of(files: impl IntoIterator<Item = (&'static str, impl Into<String>)>) -> Self {
        let text = |text: String| Some(text.trim_end_matches('\n').to_owned());
        Self { files: files.into_iter().map(|(path, written)| (path, text(written.into()))).collect() }
    }

    pub fn without(mut self, path: &'static str) -> Self {
        self.files.push((path, None));
        self
    }

    pub fn bundle(&self) -> Bundle {
        let mut bundle = support::bundle("");
        bundle.files.insert("base.rhai".to_owned(), include_str!("../support/base.rhai").to_owned());
        for (path, text) in &self.files {
            match text {
                Some(text) => bundle.files.insert((*path).to_owned(), text.clone()),
                None => bundle.files.remove(*path),
            };
        }
        bundle
    }
}

/// A rule with this condition.
pub fn when(condition: &str) -> Entry {
    Entry::script(rule("r", condition, "label(\"x\");"))
}

/// A rule with these effects.
pub fn then(effects: &str) -> Entry {
    Entry::script(rule("r", "event.is_consumer_post", effects))
}

pub fn guard(condition: &str, effects: &str) -> Entry {
    Entry::script(format!("guard \"g\" because \"Why\" under \"answer\" when {condition}\nthen {{ {effects} }}"))
}

pub fn rule(id: &str, condition: &str, effects: &str) -> String {
    format!("rule \"{id}\" because \"Why\" under \"answer\" when {condition}\nthen {{ {effects} }}")
}

/// Two rules, the first above the second.
pub fn two(first: &str, first_then: &str, second: &str, second_then: &str) -> Entry {
    Entry::script(format!("{}\n{}", rule("one", first, first_then), rule("two", second, second_then)))
}

/// A line each, with the place, the code, and what to do.
pub fn shown(found: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| {
        let end = d.end_column.map(|end| format!("-{end}")).unwrap_or_default();
        let severity = format!("{:?}", d.severity).to_lowercase();
        let help = d.help.as_ref().map(|help| format!(" {help}")).unwrap_or_default();
        format!("{}:{}:{}{end} {severity} {}: {}{help}", d.file, d.line, d.column, d.code, d.message)
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, text) in &self.files {
            match text {
                Some(text) if *path == "rules.rhai" && self.files.len() == 1 => writeln!(f, "{}", visible(text))?,
                Some(text) => writeln!(f, "--- {path}\n{}", visible(text))?,
                None => writeln!(f, "--- {path} is missing")?,
            }
        }
        let found = shown(&check(&self.bundle()));
        let found = if found.is_empty() { "(nothing)".to_owned() } else { visible(&found) };
        writeln!(f, "=> {}", found.replace('\n', "\n=> "))
    }
}

/// Characters that do not show, in a way that does.
fn visible(text: &str) -> String {
    let shows = |c: char| {
        c == '\n'
            || !(c.is_control()
                || matches!(u32::from(c), 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff))
    };
    text.chars().map(|c| if shows(c) { c.to_string() } else { format!("<U+{:04X}>", u32::from(c)) }).collect()
}
