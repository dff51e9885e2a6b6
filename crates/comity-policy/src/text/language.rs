//! Which language a text is in, as far as that can be told.
//!
//! Two libraries are asked. `whatlang` knows 69 languages and how sure it is, which it seldom is of a sentence; `whichlang`
//! knows sixteen, always says one, and is forty times as quick. What the first is sure of counts, and what both say, and what
//! the second and the platform say. A wrong guess would be worse than none: a rule that needs the language is then unknown.

use super::shape::is_link;
use crate::languages::primary;
use whatlang::{Script, detect};

/// Nobody needs more than this of a text to tell; what is longer is judged by its beginning.
const LONGEST: usize = 1_000;
/// Fewer letters than this are in several languages at once (`Taxi`, `Hotel`) where a script has several.
const FEWEST_LETTERS: usize = 12;
/// Where a script has one language, a word will do.
const FEWEST_OF_ITS_OWN: usize = 2;
/// How sure `whatlang` has to be where `whichlang` says the same.
const SURE_TOGETHER: f64 = 0.1;

/// ISO 639-3 as `whatlang` has it, each followed by what everybody else calls it (BCP 47).
const CODES: &str = "afr af aka ak amh am ara ar aze az bel be ben bn bul bg cat ca ces cs cmn zh cym cy dan da deu de ell el \
                     eng en epo eo est et fin fi fra fr guj gu heb he hin hi hrv hr hun hu hye hy ind id ita it jav jv \
                     jpn ja kan kn kat ka khm km kor ko lat la lav lv lit lt mal ml mar mr mkd mk mya my nep ne nld nl \
                     nob nb ori or pan pa pes fa pol pl por pt ron ro rus ru sin si slk sk slv sl sna sn spa es srp sr \
                     swe sv tam ta tel te tgl tl tha th tuk tk tur tr ukr uk urd ur uzb uz vie vi yid yi zul zu";

/// The language's tag, such as `de`; `None` when it cannot be told for certain. `stated` is what the platform says.
pub(crate) fn language(text: &str, stated: Option<&str>) -> Option<&'static str> {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    // Names, tags and links are in no language.
    let words = text.split_whitespace().filter(|word| !word.starts_with(['@', '#']) && !is_link(word));
    let words = words.collect::<Vec<_>>().join(" ");
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    if letters < FEWEST_OF_ITS_OWN {
        return None;
    }
    let guess = tag(whichlang::detect_language(&words).three_letter_code());
    if stated.is_some_and(|stated| guess == Some(primary(stated))) {
        return guess;
    }
    let found = detect(&words)?;
    let fewest = if has_one_language(found.script()) { FEWEST_OF_ITS_OWN } else { FEWEST_LETTERS };
    let language = tag(found.lang().code());
    let is_sure = found.is_reliable() || (language == guess && found.confidence() >= SURE_TOGETHER);
    language.filter(|_| is_sure && letters >= fewest)
}

fn has_one_language(script: Script) -> bool {
    script.langs().len() == 1 || matches!(script, Script::Mandarin)
}

fn tag(code: &str) -> Option<&'static str> {
    let mut codes = CODES.split_ascii_whitespace();
    codes.find(|known| *known == code)?;
    codes.next()
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn every_language_that_can_be_found_has_a_tag() {
        for language in whatlang::Lang::all() {
            assert_eq!(tag(language.code()).map(str::len), Some(2), "{language:?}");
        }
        for language in whichlang::LANGUAGES {
            assert_eq!(tag(language.three_letter_code()).map(str::len), Some(2), "{language:?}");
        }
    }
}
