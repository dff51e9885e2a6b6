//! What a text feels like: VADER (Hutto and Gilbert 2014), which was made for what people write to each other in public and
//! knows English only. Other languages are not guessed at.
//!
//! Two things are held off from the library: its time grows with the square of a text's length, and where two of its few
//! idioms meet, which of them counts depends on the run of the program. A decision must not.

use crate::languages::primary;
use std::sync::LazyLock;
use vader_sentimental::SentimentIntensityAnalyzer;

/// The thresholds that the authors of VADER give: from here on a text is positive, and from the other on negative.
pub(crate) const POSITIVE: f64 = 0.05;
pub(crate) const NEGATIVE: f64 = -0.05;

/// What is longer is judged by its beginning.
const LONGEST: usize = 2_000;
const IDIOMS: [&str; 7] = ["the shit", "the bomb", "bad ass", "badass", "yeah right", "kiss of death", "to die for"];

static ENGLISH: LazyLock<SentimentIntensityAnalyzer<'static>> = LazyLock::new(SentimentIntensityAnalyzer::new);

/// From -1 (as bad as can be) to 1, in hundredths; `None` when it cannot be told.
pub(super) fn sentiment(text: &str, language: &str) -> Option<f64> {
    if primary(language) != "en" {
        return None;
    }
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if IDIOMS.iter().filter(|idiom| words.contains(**idiom)).count() > 1 {
        return None;
    }
    let scores = ENGLISH.polarity_scores(text);
    // Without any word that feels like something, question marks alone would count as displeasure.
    let feels = scores.pos > 0.0 || scores.neg > 0.0;
    Some(if feels { (scores.compound * 100.0).round() / 100.0 } else { 0.0 })
}
