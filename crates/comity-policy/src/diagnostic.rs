//! What the checker says: where, what is wrong, and what to do about it, for people who do not program by trade.

use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
    /// The column after the last character concerned, on the same line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_column: Option<u32>,
    pub severity: Severity,
    /// A stable word for the kind of trouble, for example `unknown-field`.
    pub code: String,
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The bundle cannot be used.
    Error,
    /// The bundle can be used, and somebody should look.
    Warning,
    /// Nothing is wrong; somebody might like to know.
    Hint,
}

/// Every word a diagnostic's `code` can be.
pub const CODES: [&str; 85] = [
    "already-so",
    "always",
    "arguments",
    "arithmetic",
    "assignment",
    "brief",
    "by-reach",
    "calendar",
    "compare",
    "contradiction",
    "due",
    "duplicate",
    "effect-in-condition",
    "empty",
    "empty-flow",
    "guard-message",
    "held",
    "hidden-character",
    "implied",
    "index",
    "language",
    "list",
    "loop",
    "misplaced",
    "missing-file",
    "missing-text",
    "mixed-kinds",
    "mixed-scripts",
    "more",
    "name",
    "name-not-literal",
    "nested",
    "never",
    "no-article",
    "no-charter",
    "no-clock",
    "no-effect",
    "not-in-policies",
    "not-yes-or-no",
    "other-side",
    "overruled",
    "pause",
    "placeholders",
    "quotes",
    "reason-for-reach",
    "repeated-term",
    "settings",
    "shadowed",
    "step",
    "stopped-template",
    "stops-all",
    "stray-file",
    "stray-statement",
    "syntax",
    "template",
    "test",
    "too-deep",
    "too-large",
    "topic",
    "type",
    "uncited",
    "unknown-article",
    "unknown-brief",
    "unknown-channel",
    "unknown-event-kind",
    "unknown-field",
    "unknown-flow",
    "unknown-function",
    "unknown-guard",
    "unknown-name",
    "unknown-party",
    "unknown-placeholder",
    "unknown-priority",
    "unknown-role",
    "unknown-rule",
    "unknown-signal",
    "unknown-skill",
    "unknown-team",
    "unknown-template",
    "unknown-topic",
    "unknown-unit",
    "unknown-words",
    "unused",
    "unused-name",
    "words",
];

/// A message quotes what stands in a bundle, which may be anything.
const LONGEST_SENTENCE: usize = 400;
const LONGEST_QUOTE: usize = 80;

impl Diagnostic {
    pub(crate) fn error(file: &str, line: u32, column: u32, code: &str, message: impl Into<String>) -> Self {
        debug_assert!(CODES.contains(&code), "{code} is missing in CODES");
        Self {
            file: file.to_owned(),
            line,
            column,
            end_column: None,
            severity: Severity::Error,
            code: code.to_owned(),
            message: beginning(&message.into(), LONGEST_SENTENCE),
            help: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(beginning(&help.into(), LONGEST_SENTENCE));
        self
    }

    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.map(|help| beginning(&help, LONGEST_SENTENCE)).or(self.help);
        self
    }

    pub(crate) fn until(mut self, end_column: u32) -> Self {
        self.end_column = Some(end_column);
        self
    }

    pub(crate) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    pub(crate) fn hint(mut self) -> Self {
        self.severity = Severity::Hint;
        self
    }

    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// What somebody wrote, as a sentence quotes it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\u{201c}{}\u{201d}", beginning(text, LONGEST_QUOTE))
}

fn beginning(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        write!(f, "{}:{}:{}: {severity}: {}", self.file, self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, " {help}"),
            None => Ok(()),
        }
    }
}
