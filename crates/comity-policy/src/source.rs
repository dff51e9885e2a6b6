//! Where the terms of a condition stand in a script's text.
//!
//! The syntax tree keeps the beginning of an expression and not its end, so the text is walked once more, leaving out
//! what stands in quotes and comments.

mod wording;

pub use wording::rule_wording;

use std::sync::Arc;

/// One top-level term of a condition, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub source: Arc<str>,
    pub line: u32,
    pub column: u32,
    /// After its last character on its first line.
    pub end_column: u32,
}

/// Where the lines of a text begin.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The byte at which a line and column stand.
    pub(crate) fn offset(&self, text: &str, line: usize, column: usize) -> usize {
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        let rest = &text[start..];
        start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
    }

    /// A line without its end.
    pub(crate) fn text<'a>(&self, text: &'a str, line: u32) -> &'a str {
        let start = (line as usize).checked_sub(1).and_then(|index| self.0.get(index));
        start.map_or("", |start| text[*start..].lines().next().unwrap_or_default())
    }

    /// The line and column of a byte.
    pub(crate) fn place(&self, text: &str, at: usize) -> (u32, u32) {
        let line = self.0.partition_point(|start| *start <= at);
        (line as u32, text[self.0[line - 1]..at].chars().count() as u32 + 1)
    }
}

/// The terms between `when` and `then` of the statement that begins at this byte.
pub(crate) fn terms(text: &str, lines: &Lines, start: usize) -> Vec<Term> {
    let words = words(text, start, |word| word.depth == 0 && word.text == "then");
    let at = |name: &str, from: usize| words.iter().find(|w| w.depth == 0 && w.start >= from && w.text == name);
    let Some(when) = at("when", start) else { return Vec::new() };
    let Some(then) = at("then", when.start) else { return Vec::new() };
    let mut spans = Vec::new();
    split(text, &words, when.start + "when".len(), then.start, 0, &mut spans);
    let term = |(from, to): (usize, usize)| {
        let written = &text[from..to];
        let (line, column) = lines.place(text, from);
        let end_column = column + written.lines().next().unwrap_or_default().trim_end().chars().count() as u32;
        Term { source: written.split_whitespace().collect::<Vec<_>>().join(" ").into(), line, column, end_column }
    };
    spans.into_iter().map(term).collect()
}

/// A piece of code outside quotes and comments: a word, `&&`, `||` or a parenthesis, with its nesting.
struct Word<'a> {
    text: &'a str,
    start: usize,
    depth: usize,
}

fn split(text: &str, words: &[Word<'_>], from: usize, to: usize, depth: usize, spans: &mut Vec<(usize, usize)>) {
    let within = || words.iter().filter(move |w| w.start >= from && w.start < to && w.depth == depth);
    // `||` binds weaker than `&&`: then the whole is one term.
    let breaks: Vec<usize> = if within().any(|w| w.text == "||") {
        Vec::new()
    } else {
        within().filter(|w| w.text == "&&").map(|w| w.start).collect()
    };
    let starts = std::iter::once(from).chain(breaks.iter().map(|at| at + 2));
    let ends = breaks.iter().copied().chain(std::iter::once(to));
    for (from, to) in starts.zip(ends) {
        let mut inside = words.iter().filter(|w| w.start >= from && w.start < to && w.depth <= depth + 1);
        let first = inside.next();
        let (from, to) = trimmed(text, words, from, to);
        let opens = first.is_some_and(|w| w.text == "(" && w.start == from);
        let closing = words.iter().find(|w| w.text == ")" && w.depth == depth && w.start > from);
        let closes = closing.is_some_and(|w| w.start + 1 == to);
        let inner = |w: &&Word<'_>| w.start > from && w.start < to && w.depth == depth + 1;
        let has = |name: &str| words.iter().filter(inner).any(|w| w.text == name);
        if opens && closes && has("&&") && !has("||") {
            split(text, words, from + 1, to - 1, depth + 1, spans);
        } else if from < to {
            spans.push((from, to));
        }
    }
}

/// Without spaces and comments around it.
fn trimmed(text: &str, words: &[Word<'_>], from: usize, to: usize) -> (usize, usize) {
    let within = || words.iter().filter(|w| w.start >= from && w.start < to);
    let first = within().next().map_or(to, |w| w.start);
    let last = within().next_back().map_or(first, |w| w.start + w.text.len());
    // An operator before the first word belongs to it: `!author.is_staff`, `-1 < x`.
    let before = text[from..first].rfind(char::is_whitespace).map_or(from, |at| from + at + 1);
    let lead = text[before..first].find(['!', '-', '+', '[']).map_or(first, |at| before + at);
    let tail = text[last..to].find(|c: char| c.is_whitespace() || c == '/').map_or(to, |at| last + at);
    (lead, tail)
}

/// The words of a statement up to the one that `ends` it.
fn words(text: &str, start: usize, mut ends: impl FnMut(&Word<'_>) -> bool) -> Vec<Word<'_>> {
    let bytes = text.as_bytes();
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut depth = 0_usize;
    let mut at = start;
    let mut last = 0;
    while at < bytes.len() {
        if words.len() > last {
            last = words.len();
            if ends(&words[last - 1]) {
                break;
            }
        }
        let rest = &text[at..];
        let first = bytes[at];
        let length = match first {
            b'"' | b'\'' | b'`' => quoted(rest, first),
            b'/' if rest.starts_with("//") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            b'(' | b'[' | b'{' => {
                words.push(Word { text: &rest[..1], start: at, depth });
                depth += 1;
                at += 1;
                continue;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                1
            }
            b'&' if rest.starts_with("&&") => 2,
            b'|' if rest.starts_with("||") => 2,
            _ if first.is_ascii_alphanumeric() || first == b'_' || first >= 0x80 => {
                rest.find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ => {
                at += 1;
                continue;
            }
        };
        words.push(Word { text: &rest[..length], start: at, depth });
        at += length;
    }
    words
}

/// Length of a quoted text with its quotes.
fn quoted(rest: &str, quote: u8) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(condition: &str) -> Vec<String> {
        let text = format!("// ü\nrule \"when x then y\" because \"b\"\nwhen {condition}\nthen {{ label(\"x\"); }}\n");
        let lines = Lines::of(&text);
        terms(&text, &lines, lines.offset(&text, 2, 1)).into_iter().map(|term| term.source.to_string()).collect()
    }

    #[test]
    fn conditions_are_cut_at_their_top_level_ands() {
        let table: [(&str, &[&str]); 8] = [
            ("a.b", &["a.b"]),
            ("a.b && !c.d", &["a.b", "!c.d"]),
            ("f(\"&& then\") && x == \"y\" // why\n  && z", &["f(\"&& then\")", "x == \"y\"", "z"]),
            ("a && (b || c)", &["a", "(b || c)"]),
            ("a && (b && c) && d", &["a", "b", "c", "d"]),
            ("a && b || c", &["a && b || c"]),
            ("(a.b - c) > days(2) && \"x\" in y", &["(a.b - c) > days(2)", "\"x\" in y"]),
            ("/* first */ f(a && b) /* last */ && ünder", &["f(a && b)", "ünder"]),
        ];
        for (condition, expected) in table {
            assert_eq!(sources(condition), expected, "{condition}");
        }
    }

    #[test]
    fn terms_know_their_place() {
        let text = "// ü\nrule \"ä\" because \"b\" when ö.x\n  && !(y\n  || z) && \"ß\" in w\nthen { z(); }";
        let lines = Lines::of(text);
        let places: Vec<(u32, u32, u32)> = terms(text, &lines, lines.offset(text, 2, 1))
            .iter()
            .map(|term| (term.line, term.column, term.end_column))
            .collect();
        assert_eq!(places, [(2, 27, 30), (3, 6, 9), (4, 12, 20)]);
    }

    #[test]
    fn a_place_outside_of_the_text_is_its_end() {
        let text = "a\nü";
        let lines = Lines::of(text);
        assert_eq!([lines.offset(text, 2, 1), lines.offset(text, 2, 9), lines.offset(text, 7, 1)], [2, 4, 4]);
    }
}
