//! Questions about a text. What they find is noted for the trace.

use crate::{
    run::{self, Failure, analysis, found, unknown},
    text::{Folded, NEGATIVE, POSITIVE, WordList},
};
use rhai::{Array, Engine, ImmutableString};
use std::sync::Arc;

type Text = ImmutableString;

/// A word list as scripts hold it.
#[derive(Clone)]
struct Words(Arc<WordList>);

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Words>("a word list");
    engine.register_fn("words", |name: &str| run::word_list(name).map(Words));
    engine.register_fn("mentions", |text: Text, words: Words| mentions(&text, &words.0));
    engine.register_fn("mentions", |text: Text, word: &str| mentions(&text, &run::single_word(word)?));
    engine.register_fn("contains", |text: Text, part: &str| {
        Ok::<_, Failure>(analysis(&text)?.folded().text.contains(&Folded::of(part).text))
    });
    engine.register_fn("starts_with", |text: Text, part: &str| {
        Ok::<_, Failure>(analysis(&text)?.folded().text.starts_with(&Folded::of(part).text))
    });
    engine.register_fn("ends_with", |text: Text, part: &str| {
        Ok::<_, Failure>(analysis(&text)?.folded().text.ends_with(&Folded::of(part).text))
    });
    engine.register_fn("contains", |list: Array, text: Text| {
        list.iter().any(|entry| entry.read_lock::<Text>().is_some_and(|entry| *entry == text))
    });

    engine.register_get("has_private_data", |text: &mut Text| {
        let analysis = analysis(text)?;
        run::found_private(analysis.private_data())
    });
    engine.register_get("is_shouting", |text: &mut Text| Ok::<_, Failure>(analysis(text)?.is_shouting()));
    engine.register_get("asks", |text: &mut Text| Ok::<_, Failure>(analysis(text)?.asks()));
    engine.register_get("has_link", |text: &mut Text| Ok::<_, Failure>(analysis(text)?.has_link()));
    engine.register_get("word_count", |text: &mut Text| Ok::<_, Failure>(analysis(text)?.word_count()));
    engine.register_get("language", |text: &mut Text| {
        let language = analysis(text)?.language();
        language.map(Text::from).ok_or_else(|| unknown("text.language"))
    });
    engine.register_get("sentiment", |text: &mut Text| sentiment(text));
    engine.register_get("is_positive", |text: &mut Text| Ok::<_, Failure>(sentiment(text)? >= POSITIVE));
    engine.register_get("is_negative", |text: &mut Text| Ok::<_, Failure>(sentiment(text)? <= NEGATIVE));
    engine.register_get("is_empty", |text: &mut Text| text.trim().is_empty());
}

fn sentiment(text: &Text) -> Result<f64, Failure> {
    analysis(text)?.sentiment().ok_or_else(|| unknown("text.sentiment"))
}

fn mentions(text: &Text, words: &Arc<WordList>) -> Result<bool, Failure> {
    let mentioned = run::mentions(text, words)?;
    found(mentioned.iter().cloned())?;
    Ok(!mentioned.is_empty())
}
