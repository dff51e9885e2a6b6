//! What policy can ask about a text, in any script: which words it mentions, whether it shouts or asks, which language it is
//! in, what it feels like, and whether it gives away private data.

mod fold;
mod language;
mod likeness;
mod private;
mod sentiment;
mod shape;
mod words;

pub(crate) use fold::Folded;
pub(crate) use language::language;
pub(crate) use likeness::likeness;
pub(crate) use private::{Kind, private_data};
pub(crate) use sentiment::{NEGATIVE, POSITIVE};
pub(crate) use shape::is_link;
pub(crate) use words::WordList;

use std::cell::OnceCell;

/// What has been worked out about one text; each answer is found when it is first asked for.
pub(crate) struct Analysis {
    text: String,
    /// The language that the platform says it is in.
    stated: Option<String>,
    folded: OnceCell<Folded>,
    private: OnceCell<Vec<(Kind, String)>>,
    language: OnceCell<Option<&'static str>>,
    sentiment: OnceCell<Option<f64>>,
    is_shouting: OnceCell<bool>,
    asks: OnceCell<bool>,
    has_link: OnceCell<bool>,
    word_count: OnceCell<i64>,
}

impl Analysis {
    pub(crate) fn of(text: &str, stated: Option<&str>) -> Self {
        Self {
            text: text.to_owned(),
            stated: stated.map(str::to_owned),
            folded: OnceCell::new(),
            private: OnceCell::new(),
            language: OnceCell::new(),
            sentiment: OnceCell::new(),
            is_shouting: OnceCell::new(),
            asks: OnceCell::new(),
            has_link: OnceCell::new(),
            word_count: OnceCell::new(),
        }
    }

    pub(crate) fn folded(&self) -> &Folded {
        self.folded.get_or_init(|| Folded::of(&self.text))
    }

    pub(crate) fn private_data(&self) -> &[(Kind, String)] {
        self.private.get_or_init(|| private_data(&self.text))
    }

    /// The listed words that the text has, as written, each once.
    pub(crate) fn mentions(&self, list: &WordList) -> Vec<String> {
        list.find(&self.text, self.folded())
    }

    /// `None` when it cannot be told.
    pub(crate) fn language(&self) -> Option<&'static str> {
        *self.language.get_or_init(|| language(&self.text, self.stated.as_deref()))
    }

    /// From -1 to 1; `None` for languages in which nobody can tell. What the platform says of a text counts when the text
    /// itself is too short to say.
    pub(crate) fn sentiment(&self) -> Option<f64> {
        *self.sentiment.get_or_init(|| {
            let language = self.language().or(self.stated.as_deref())?;
            sentiment::sentiment(&self.text, language)
        })
    }

    pub(crate) fn is_shouting(&self) -> bool {
        *self.is_shouting.get_or_init(|| shape::is_shouting(&self.text))
    }

    pub(crate) fn asks(&self) -> bool {
        *self.asks.get_or_init(|| comity_domain::post::asks(&self.text))
    }

    pub(crate) fn has_link(&self) -> bool {
        *self.has_link.get_or_init(|| shape::has_link(&self.text))
    }

    pub(crate) fn word_count(&self) -> i64 {
        *self.word_count.get_or_init(|| shape::word_count(&self.text))
    }
}
