//! Word lists, each compiled once and looked for in one pass over the text.
//!
//! A list holds words and phrases; they match as whole words whatever their case. A star at the end stands for any ending:
//! `fraud*` finds "fraudulent". Scripts without spaces between words match anywhere.

use super::Folded;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

pub(crate) struct WordList {
    automaton: AhoCorasick,
    open_ended: Vec<bool>,
}

impl WordList {
    /// `None` when there are more or longer words than an automaton can hold.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut patterns = Vec::new();
        let mut open_ended = Vec::new();
        for word in words {
            let word = word.trim();
            let folded = Folded::of(word.strip_suffix('*').unwrap_or(word)).text;
            if !folded.is_empty() {
                patterns.push(folded);
                open_ended.push(word.ends_with('*'));
            }
        }
        // Never the full table: a hundred long phrases would make it hundreds of megabytes.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).match_kind(MatchKind::Standard).build(patterns).ok()?;
        Some(Self { automaton, open_ended })
    }

    /// Whether any listed word is in the text.
    pub(crate) fn occurs(&self, folded: &Folded) -> bool {
        self.spans(folded).next().is_some()
    }

    /// The listed words in the text, as written there, longest first where they overlap, each once.
    pub(crate) fn find(&self, text: &str, folded: &Folded) -> Vec<String> {
        let mut spans: Vec<(usize, usize)> = self.spans(folded).collect();
        spans.sort_by_key(|&(start, end)| (start, std::cmp::Reverse(end)));
        let mut found: Vec<String> = Vec::new();
        let mut covered = 0;
        for (start, end) in spans {
            if start < covered {
                continue;
            }
            if found.len() == MOST_FOUND {
                break;
            }
            covered = end;
            let written = text[folded.origin(start, end, text.len())].trim().to_owned();
            if !found.iter().any(|earlier| earlier.eq_ignore_ascii_case(&written)) {
                found.push(written);
            }
        }
        found
    }

    /// Where listed words stand in the folded text; they may overlap.
    fn spans(&self, folded: &Folded) -> impl Iterator<Item = (usize, usize)> {
        let words = self.automaton.find_overlapping_iter(&folded.text);
        let begin_words = words.filter(|found| starts_word(&folded.text, found.start()));
        begin_words.filter_map(|found| {
            let open = self.open_ended[found.pattern().as_usize()];
            let end = if open { word_end(&folded.text, found.end()) } else { found.end() };
            (open || ends_word(&folded.text, end)).then_some((found.start(), end))
        })
    }
}

/// How many different words are listed.
const MOST_FOUND: usize = 50;

fn starts_word(text: &str, at: usize) -> bool {
    let (before, after) = (text[..at].chars().next_back(), text[at..].chars().next());
    !joined(before, after)
}

fn ends_word(text: &str, at: usize) -> bool {
    starts_word(text, at)
}

fn word_end(text: &str, at: usize) -> usize {
    text[at..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |length| at + length)
}

/// Whether two neighbours are inside one word.
fn joined(before: Option<char>, after: Option<char>) -> bool {
    let within = |c: Option<char>| c.is_some_and(|c| (c.is_alphanumeric() || c == '_') && !is_unspaced(c));
    within(before) && within(after)
}

/// Thai, kana, Han: written without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(words: &[&str], text: &str) -> Vec<String> {
        WordList::new(words.iter().copied()).unwrap().find(text, &Folded::of(text))
    }

    #[test]
    fn whole_words_in_any_case_and_script() {
        let table: [(&[&str], &str, &[&str]); 12] = [
            (&["fraud"], "This is FRAUD, pure fraud!", &["FRAUD"]),
            (&["fraud"], "defraud fraudulent", &[]),
            (&["fraud*"], "This fraudulent firm", &["fraudulent"]),
            (&["patent theft", "theft"], "Patent\n theft and theft", &["Patent\n theft", "theft"]),
            (&["strasse"], "In der Straße", &["Straße"]),
            (&["anwalt"], "Mein Anwalt, nicht Rechtsanwalt", &["Anwalt"]),
            (&["詐欺"], "これは詐欺です", &["詐欺"]),
            (&["мошенники"], "Вы МОШЕННИКИ!", &["МОШЕННИКИ"]),
            (&["don't"], "I don’t care", &["don’t"]),
            (&["law", "law firm x"], "law firm xy", &["law"]),
            (&["lawyer"], "my lawyer's letter #lawyer", &["lawyer"]),
            (&[], "anything", &[]),
        ];
        for (words, text, expected) in table {
            assert_eq!(find(words, text), expected, "{words:?} in {text}");
            let list = WordList::new(words.iter().copied()).unwrap();
            assert_eq!(list.occurs(&Folded::of(text)), !expected.is_empty(), "{words:?} in {text}");
        }
    }
}
