//! The functions a script can call. There are no others: no package of the engine's own is loaded.
//!
//! [`FUNCTIONS`] tells the checker and the editor what [`register`] gives the engine; a test holds the two together.

mod effects;
mod facts;
mod operators;
mod texts;

use crate::check::types::Type;
use rhai::Engine;

/// Where a function may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Anywhere: it only looks.
    Anywhere,
    /// In the `then` of a rule.
    Rule,
    /// In the `then` of a guard.
    Guard,
    /// In the steps of a flow.
    Flow,
}

pub(crate) struct Function {
    pub name: &'static str,
    /// What it is called on is the first of these.
    pub takes: &'static [Type],
    pub gives: Type,
    pub place: Place,
    pub example: &'static str,
}

const fn looks(name: &'static str, takes: &'static [Type], gives: Type, example: &'static str) -> Function {
    Function { name, takes, gives, place: Place::Anywhere, example }
}

const fn acts(place: Place, name: &'static str, takes: &'static [Type], example: &'static str) -> Function {
    Function { name, takes, gives: Type::Nothing, place, example }
}

use Place::{Flow as InFlow, Guard as InGuard, Rule as InRule};

pub(crate) const FUNCTIONS: &[Function] = &[
    looks("mentions", &[Type::Text, Type::Words], Type::Bool, "event.text.mentions(words(\"legal\"))"),
    looks("mentions", &[Type::Text, Type::Text], Type::Bool, "event.text.mentions(\"lawyer\")"),
    looks("words", &[Type::WordList], Type::Words, "words(\"legal\")"),
    looks("contains", &[Type::Text, Type::Text], Type::Bool, "event.text.contains(\"#fail\")"),
    looks("starts_with", &[Type::Text, Type::Text], Type::Bool, "event.text.starts_with(\"@us\")"),
    looks("ends_with", &[Type::Text, Type::Text], Type::Bool, "event.text.ends_with(\"?\")"),
    looks("contains", &[Type::Names, Type::Text], Type::Bool, "case.labels.contains(\"legal\")"),
    looks("contains", &[Type::Articles, Type::Article], Type::Bool, "charter.breached.contains(\"answer\")"),
    looks("contains", &[Type::Flows, Type::Flow], Type::Bool, "case.escalations.contains(\"counsel\")"),
    looks("contains", &[Type::List, Type::Text], Type::Bool, "event.kind in [\"post\", \"post_edited\"]"),
    looks("is_breach_of", &[Type::Event, Type::Article], Type::Bool, "event.is_breach_of(\"answer\")"),
    looks("minutes", &[Type::Number], Type::Span, "minutes(15)"),
    looks("hours", &[Type::Number], Type::Span, "hours(4)"),
    looks("days", &[Type::Number], Type::Span, "now - case.opened_at > days(2)"),
    acts(InRule, "label", &[Type::Text], "label(\"legal\");"),
    acts(InRule, "priority", &[Type::Priority], "priority(\"high\");"),
    acts(InRule, "assign_team", &[Type::Team], "assign_team(\"care\");"),
    acts(InRule, "start_obligation", &[Type::Article], "start_obligation(\"put-right\");"),
    acts(InRule, "meet_obligation", &[Type::Article], "meet_obligation(\"put-right\");"),
    acts(InRule, "waive_obligation", &[Type::Article], "waive_obligation(\"answer\");"),
    acts(InRule, "draft_reply", &[Type::Template], "draft_reply(\"sorry\");"),
    acts(InRule, "send_reply", &[Type::Template], "send_reply(\"received\");"),
    acts(InRule, "hold_replies", &[Type::Team], "hold_replies(\"legal\");"),
    acts(InRule, "escalate", &[Type::Flow], "escalate(\"counsel\");"),
    acts(InRule, "ask", &[Type::Text], "ask(\"Is this about us?\");"),
    acts(InRule, "kudos", &[Type::Team], "kudos(\"care\");"),
    acts(InRule, "close", &[Type::Text], "close(\"solved\");"),
    acts(InGuard, "warn", &[Type::Text], "warn(\"Say it without blame.\");"),
    acts(InGuard, "stop", &[Type::Text], "stop(\"Move this to a private channel.\");"),
    Function {
        name: "team",
        takes: &[Type::Team],
        gives: Type::Target,
        place: InFlow,
        example: "notify(team(\"legal\"));",
    },
    Function {
        name: "role",
        takes: &[Type::Role],
        gives: Type::Target,
        place: InFlow,
        example: "notify(role(\"general-counsel\"));",
    },
    acts(InFlow, "notify", &[Type::Target], "notify(team(\"legal\"));"),
    acts(InFlow, "unless_acknowledged", &[Type::Span], "unless_acknowledged(minutes(15));"),
    acts(InFlow, "repeat", &[Type::Number], "repeat(2);"),
];

/// Fields of texts and sets: read without parentheses, like those of objects.
pub(crate) const TEXT_FIELDS: &[(Type, &str, Type, &str)] = &[
    (Type::Text, "has_private_data", Type::Bool, "Mail, phone, card, bank account, order number or amount."),
    (Type::Text, "is_shouting", Type::Bool, "Mostly capitals, or a row of exclamation marks."),
    (Type::Text, "asks", Type::Bool, "Whether it asks something."),
    (Type::Text, "has_link", Type::Bool, "Whether it holds a link."),
    (Type::Text, "word_count", Type::Number, "How many words it has."),
    (
        Type::Text,
        "language",
        Type::Text,
        "The language it seems to be in, such as de; unknown when it is too short to tell.",
    ),
    (Type::Text, "sentiment", Type::Number, "How it feels, from -1 to 1; unknown in other languages than English."),
    (Type::Text, "is_positive", Type::Bool, "Whether its sentiment is 0.05 or more."),
    (Type::Text, "is_negative", Type::Bool, "Whether its sentiment is -0.05 or less."),
    (Type::Text, "is_empty", Type::Bool, "Whether there is nothing in it."),
    (Type::Names, "count", Type::Number, "How many there are."),
    (Type::Names, "is_empty", Type::Bool, "Whether there are none."),
];

pub(crate) fn register(engine: &mut Engine) {
    operators::register(engine);
    texts::register(engine);
    facts::register(engine);
    effects::register(engine);
}
