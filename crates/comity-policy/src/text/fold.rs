//! One spelling for what reads the same: case, width, ligatures, accents composed or not, kinds of apostrophe and space.
//!
//! Each byte of the folded text knows where in the original it came from, so that what is found can be shown as it was
//! written.

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

pub(crate) struct Folded {
    pub text: String,
    /// For each byte of `text`, the byte of the original it came from; empty when they are the same.
    origins: Vec<u32>,
}

impl Folded {
    pub(crate) fn of(text: &str) -> Self {
        // Plain ASCII with single spaces keeps its places: most posts in English need no map.
        if text.is_ascii() && !has_odd_spaces(text) {
            return Self { text: text.to_ascii_lowercase(), origins: Vec::new() };
        }
        let mut folded = Self { text: String::with_capacity(text.len()), origins: Vec::with_capacity(text.len()) };
        for (at, cluster) in text.grapheme_indices(true) {
            folded.push(at, cluster);
        }
        folded
    }

    /// The stretch of the original that this stretch of the folded text came from.
    pub(crate) fn origin(&self, start: usize, end: usize, length: usize) -> std::ops::Range<usize> {
        if self.origins.is_empty() {
            return start..end;
        }
        let at = |byte: usize| self.origins.get(byte).map_or(length, |&origin| origin as usize);
        at(start)..at(end)
    }

    fn push(&mut self, at: usize, cluster: &str) {
        if cluster.chars().all(char::is_whitespace) {
            if !self.text.ends_with(' ') {
                self.text.push(' ');
            }
        } else {
            // Lower, upper and lower again folds what lower alone leaves: ß and ẞ, final sigma.
            let visible = cluster.nfkc().filter(|c| !is_invisible(*c));
            let lower = visible.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
            self.text.extend(lower.nfkc().map(|c| if matches!(c, '’' | '‘' | 'ʼ' | '´' | '`') { '\'' } else { c }));
        }
        self.origins.resize(self.text.len(), at as u32);
    }
}

fn has_odd_spaces(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().any(|byte| matches!(byte, b'\n' | b'\t' | b'\r' | b'`')) || text.contains("  ")
}

/// Characters that do not show and are used to break words apart for filters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_is_the_same() {
        let table = [
            ("FRAUD", "fraud"),
            ("Straße STRASSE Straẞe", "strasse strasse strasse"),
            ("ｆｒａｕｄ", "fraud"),
            ("ﬁne", "fine"),
            ("cafe\u{301} caf\u{e9}", "caf\u{e9} caf\u{e9}"),
            ("don’t", "don't"),
            ("two\n  words", "two words"),
            ("fra\u{ad}ud", "fraud"),
            ("ΟΔΟΣ οδος", "οδοσ οδοσ"),
        ];
        for (text, expected) in table {
            assert_eq!(Folded::of(text).text, expected, "{text}");
        }
    }

    #[test]
    fn places_lead_back_to_the_original() {
        let text = "Ärger — FRAUD!";
        let folded = Folded::of(text);
        let start = folded.text.find("fraud").unwrap();
        assert_eq!(&text[folded.origin(start, start + 5, text.len())], "FRAUD");
        let start = folded.text.find('!').unwrap();
        assert_eq!(&text[folded.origin(start, start + 1, text.len())], "!");
    }
}
