//! Every word a script can use, for completion and help in an editor.

use crate::{
    functions::{FUNCTIONS, Place, TEXT_FIELDS},
    objects::FIELDS,
};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    pub name: &'static str,
    /// What it is read from or called on: `the event`, `text`; nothing for a plain function.
    pub on: Option<&'static str>,
    /// The kind of value it gives.
    pub gives: &'static str,
    /// `anywhere`, `rule`, `guard` or `flow`.
    pub place: &'static str,
    /// A sentence.
    pub help: &'static str,
    /// How it is called; nothing for a field, which is only read.
    pub example: Option<&'static str>,
}

#[must_use]
pub fn vocabulary() -> Vec<Word> {
    let fields = FIELDS.iter().map(|field| (field.object, field.name, field.gives, field.help));
    let fields = fields.chain(TEXT_FIELDS.iter().copied()).map(|(object, name, gives, help)| Word {
        name,
        on: Some(object.words()),
        gives: gives.words(),
        place: "anywhere",
        help,
        example: None,
    });
    let functions = FUNCTIONS.iter().map(|function| Word {
        name: function.name,
        on: function
            .takes
            .first()
            .filter(|_| function.example.contains(&format!(".{}(", function.name)))
            .map(|on| on.words()),
        gives: function.gives.words(),
        place: match function.place {
            Place::Anywhere => "anywhere",
            Place::Rule => "rule",
            Place::Guard => "guard",
            Place::Flow => "flow",
        },
        help: function.help,
        example: Some(function.example),
    });
    fields.chain(functions).collect()
}
