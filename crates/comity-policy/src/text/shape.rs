//! What a text looks like, whatever it says: loud, with a link, long.

use unicode_segmentation::UnicodeSegmentation as _;

/// Letters without which capitals say nothing: `OK`, `USA` and `LH 123` are no shouting.
const FEWEST_LETTERS: usize = 10;

/// Mostly capitals over several words, or a row of exclamation marks.
pub(crate) fn is_shouting(text: &str) -> bool {
    if has_row_of_marks(text) {
        return true;
    }
    let words = text.split_whitespace().filter(|word| !is_link(word) && !word.starts_with(['@', '#']));
    let (mut upper, mut cased, mut capital_words) = (0, 0, 0);
    for word in words {
        let above = word.chars().filter(|c| c.is_uppercase()).count();
        let letters = above + word.chars().filter(|c| c.is_lowercase()).count();
        upper += above;
        cased += letters;
        capital_words += usize::from(above > 1 && above == letters);
    }
    cased >= FEWEST_LETTERS && capital_words >= 2 && upper * 10 >= cased * 7
}

/// Three or more, of either width.
fn has_row_of_marks(text: &str) -> bool {
    text.split(|c| !matches!(c, '!' | '！')).any(|marks| marks.chars().count() >= 3)
}

pub(crate) fn has_link(text: &str) -> bool {
    text.split_whitespace().any(is_link)
}

/// With a scheme or with `www.`; a bare name such as `example.org` may just as well be the end of one sentence and the
/// beginning of the next.
pub(crate) fn is_link(word: &str) -> bool {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = word.split_once("://").map(|(scheme, rest)| (scheme.eq_ignore_ascii_case("www"), rest));
    match rest {
        Some((_, rest)) => rest.starts_with(char::is_alphanumeric),
        None => word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www.")) && word.len() > 4,
    }
}

/// In scripts without spaces between words (Chinese, Japanese, Thai) about one for each character.
pub(crate) fn word_count(text: &str) -> i64 {
    text.unicode_words().count() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shouting() {
        for text in
            ["THIS IS A DISGRACE", "DAS IST UNVERSCHÄMT", "ЭТО ПРОСТО УЖАС", "what!!!", "YOU LOST MY BAG @northwind"]
        {
            assert!(is_shouting(text), "{text}");
        }
        for text in
            ["OK", "USA", "Flight LH 123 to JFK was late", "Why is this so slow?", "", "これはひどい", "BAGGAGECLAIM"]
        {
            assert!(!is_shouting(text), "{text}");
        }
    }

    #[test]
    fn links() {
        for text in ["see https://a.example/x", "(http://b.example)", "WWW.example.org"] {
            assert!(has_link(text), "{text}");
        }
        for text in ["://", "no link", "www.", "a://"] {
            assert!(!has_link(text), "{text}");
        }
    }

    #[test]
    fn words_are_counted_in_any_script() {
        assert_eq!(word_count("Well, it's 3 o'clock."), 4);
        assert_eq!(word_count(""), 0);
        assert_eq!(word_count("Straße und Größe"), 3);
    }
}
