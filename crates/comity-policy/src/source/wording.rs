//! What a rule says, whatever its comments and spacing: the text by which two versions of it are told apart.

use super::{Lines, quoted, words};
use crate::RuleSummary;

/// The statement of a rule or guard in its file's text, from its id to the end of what it does. Empty when it is not there.
#[must_use]
pub fn rule_wording(text: &str, rule: &RuleSummary) -> String {
    let line = Lines::of(text).offset(text, rule.line as usize, 1);
    let Some(start) = text[line..].find(&format!("\"{}\"", rule.id)).map(|at| line + at) else { return String::new() };
    let mut acts = false;
    let words = words(text, start, |word| {
        acts |= word.depth == 0 && word.text == "then";
        acts && word.depth == 0 && word.text == "}"
    });
    let closing = words.last().filter(|word| word.text == "}");
    let end = closing.map_or(text.len(), |word| word.start + 1);
    plain(&text[start..end])
}

/// Without comments, and with one space wherever there were any.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut gap = false;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' | '`' => quoted(rest, first as u8),
            '/' if rest.starts_with("//") => {
                gap = true;
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            '/' if rest.starts_with("/*") => {
                gap = true;
                rest = &rest[rest.find("*/").map_or(rest.len(), |end| end + 2)..];
                continue;
            }
            _ if first.is_whitespace() => {
                gap = true;
                rest = &rest[first.len_utf8()..];
                continue;
            }
            _ => first.len_utf8(),
        };
        if gap && !plain.is_empty() {
            plain.push(' ');
        }
        gap = false;
        plain.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "// \"b\" comes later\nrule \"a\" because \"x // y\"\nwhen f(`{`) && #{}.len < 1 // why\n  then {\n label(\"}\"); /* } */ }\n\n// About b\nrule \"b\" because \"z\" when a then { b(); }";

    fn of(id: &str, line: u32) -> String {
        let rule = RuleSummary {
            id: id.into(),
            because: String::new(),
            article: None,
            is_public: false,
            file: String::new(),
            line,
            reach_reason: None,
        };
        rule_wording(TEXT, &rule)
    }

    #[test]
    fn a_rule_is_what_it_says_and_not_how_it_is_written_down() {
        assert_eq!(of("a", 2), "\"a\" because \"x // y\" when f(`{`) && #{}.len < 1 then { label(\"}\"); }");
        assert_eq!(of("b", 8), "\"b\" because \"z\" when a then { b(); }");
        assert_eq!(of("c", 2), "");
    }
}
