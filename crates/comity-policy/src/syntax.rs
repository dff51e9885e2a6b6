//! The statements of our own: how `charter`, `article`, `rule`, `flow` and `guard` are read, and the two expressions
//! that can handle what is not known, `known(…)` and `or_else(…)`.
//!
//! The statements are only parsed here. What they declare is taken from the syntax tree (`declare`), so reading a
//! bundle runs nothing. Symbols hold literal texts, which may be spelt like a keyword, so the next symbol is decided by
//! position and never by what a text says.

use crate::run;
use rhai::{Dynamic, Engine, EvalContext, Expression, ImmutableString, LexError, ParseError, Position};

pub(crate) const CHARTER: &str = "charter";
pub(crate) const ARTICLE: &str = "article";
pub(crate) const RULE: &str = "rule";
pub(crate) const GUARD: &str = "guard";
pub(crate) const FLOW: &str = "flow";
/// Stands in a rule whose doing the person concerned may be told of.
pub(crate) const PUBLIC: &str = "public";
/// Begins the part of an article that says when its clock stands still.
const PAUSED: &str = "paused";
pub(crate) const KNOWN: &str = "known";
pub(crate) const OR_ELSE: &str = "or_else";

/// Every statement a script can be made of.
pub(crate) const STATEMENTS: [&str; 5] = [CHARTER, ARTICLE, RULE, FLOW, GUARD];

/// What each statement looks like and is for; a part in brackets may be left out.
pub(crate) const SHAPES: [(&str, &str, &str); 5] = [
    (CHARTER, "charter \"name\";", "Names the charter. A policy has one."),
    (
        ARTICLE,
        "article \"id\" company|consumer owes \"sentence\"\n    [due length from signal until signal\n        [paused from signal until signal]];",
        "What one side owes the other, in a sentence that everyone reads. With `due` it has a clock; without, it always holds. \
         While it is paused no time counts: the other side has something to say first.",
    ),
    (
        RULE,
        "rule \"id\" because \"reason\" [under \"article\"] [public]\nwhen condition\nthen { effects }",
        "What is done when something happens. `public` lets the person concerned be told of it.",
    ),
    (
        GUARD,
        "guard \"id\" because \"reason\" [under \"article\"]\nwhen condition\nthen { warn(\"…\"); or stop(\"…\"); }",
        "What is said of a reply before it leaves the house.",
    ),
    (
        FLOW,
        "flow \"id\" because \"reason\" [under \"article\"] steps { … }",
        "Who is told, and when, until somebody acknowledges.",
    ),
];

/// What handles facts that may not be known.
pub(crate) const HANDLES: [(&str, &str); 2] = [
    ("known(fact)", "Whether a fact is known."),
    ("or_else(fact, value)", "The fact, or this value when it is not known."),
];

const TEXT: &str = "$string$";
const NAME: &str = "$ident$";
const COUNT: &str = "$int$";
const EXPRESSION: &str = "$expr$";
const BLOCK: &str = "$block$";

type Next = Result<Option<ImmutableString>, ParseError>;

pub(crate) fn register(engine: &mut Engine) {
    type Parse = fn(&[ImmutableString], &str) -> Next;
    let statements: [(&str, Parse); 5] =
        [(CHARTER, charter), (ARTICLE, article), (RULE, rule), (GUARD, rule), (FLOW, flow)];
    for (keyword, parse) in statements {
        // Declarations are read from the tree; running one does nothing. `charter` alone is the variable of that name.
        let run = |context: &mut EvalContext, inputs: &[Expression], _: &Dynamic| {
            let variable = context.scope().get(CHARTER).filter(|_| inputs.is_empty());
            Ok(variable.cloned().unwrap_or_default())
        };
        engine.register_custom_syntax_with_state_raw(keyword, move |read, ahead, _| parse(read, ahead), false, run);
    }
    let call = |arguments: usize| {
        move |read: &[ImmutableString], _: &str, _: &mut Dynamic| -> Next {
            let last = 2 * arguments + 1;
            Ok(match read.len() {
                1 => Some("(".into()),
                at if at == last + 1 => None,
                at if at == last => Some(")".into()),
                at if at % 2 == 0 => Some(EXPRESSION.into()),
                _ => Some(",".into()),
            })
        }
    };
    engine.register_custom_syntax_with_state_raw(KNOWN, call(1), false, |context, inputs, _| {
        match context.eval_expression_tree(&inputs[0]) {
            Ok(_) => Ok(Dynamic::TRUE),
            Err(error) if run::unknown_fact(&error).is_some() => Ok(Dynamic::FALSE),
            Err(error) => Err(error),
        }
    });
    engine.register_custom_syntax_with_state_raw(OR_ELSE, call(2), false, |context, inputs, _| {
        match context.eval_expression_tree(&inputs[0]) {
            Err(error) if run::unknown_fact(&error).is_some() => context.eval_expression_tree(&inputs[1]),
            outcome => outcome,
        }
    });
}

/// `charter "name";`, or the variable in `charter.running`.
fn charter(read: &[ImmutableString], ahead: &str) -> Next {
    match read.len() {
        1 if matches!(ahead, "." | ")" | ",") => Ok(None),
        1 => text(ahead, "The charter needs a name in quotes", "Write: charter \"Us and our customers\";"),
        _ => Ok(None),
    }
}

/// `article "id" company|consumer owes "sentence" [due unit(count) from signal until signal [paused from signal until signal]];`
fn article(read: &[ImmutableString], ahead: &str) -> Next {
    let shape = "Write: article \"answer\" company owes \"We answer within a day.\" due days(1) from consumer_post until \
                 company_reply;";
    match read.len() {
        1 => text(ahead, "An article needs a name in quotes", shape),
        2 if ahead == "company" || ahead == "consumer" => Ok(Some(NAME.into())),
        2 => refuse(ahead, "An article says which party owes it: company or consumer", shape),
        3 => keyword(ahead, "owes", "the sentence that is owed", shape),
        4 => text(ahead, "An article needs the sentence that is owed, in quotes", shape),
        5 if ahead == "due" => Ok(Some("due".into())),
        6 => name(ahead, "After due comes a length of time, such as days(7) or working_hours(4)", shape),
        7 => keyword(ahead, "(", "the count, as in days(7)", shape),
        8 if ahead.starts_with(|c: char| c.is_ascii_digit()) => Ok(Some(COUNT.into())),
        8 => refuse(ahead, "In the parentheses stands a whole number", shape),
        9 => keyword(ahead, ")", "the count", shape),
        10 => keyword(ahead, "from", "what starts the clock", shape),
        11 => name(ahead, "After from comes what starts the clock", shape),
        12 => keyword(ahead, "until", "what ends it", shape),
        13 => name(ahead, "After until comes what ends the clock", shape),
        14 if ahead == PAUSED => Ok(Some(PAUSED.into())),
        15 => keyword(ahead, "from", "what pauses the clock", shape),
        16 => name(ahead, "After from comes what pauses the clock", shape),
        17 => keyword(ahead, "until", "what it waits for", shape),
        18 => name(ahead, "After until comes what it waits for", shape),
        _ => Ok(None),
    }
}

/// `rule "id" because "sentence" [under "article"] [public] when condition then { effects }`, and `guard` alike but for
/// `public`.
fn rule(read: &[ImmutableString], ahead: &str) -> Next {
    let what = read[0].as_str();
    let shape = format!("Write: {what} \"name\" because \"Why\" under \"article\" when … then {{ … }}");
    if let Some(next) = heading(read, ahead, &shape) {
        return next;
    }
    let before = article_symbols(read);
    let is_public = read.get(4 + before).is_some_and(|symbol| symbol == PUBLIC);
    match read.len() - before - usize::from(is_public) {
        4 if ahead == PUBLIC && what == RULE && !is_public => Ok(Some(PUBLIC.into())),
        4 => keyword(ahead, "when", "the condition", &shape),
        5 => Ok(Some(EXPRESSION.into())),
        6 => match ahead {
            "=" => refuse(ahead, "A single = would change something; a condition compares with ==", "Write == for it."),
            "and" => refuse(ahead, "Terms are joined with &&", "Write && instead of and."),
            "or" => refuse(ahead, "Terms are joined with ||", "Write || instead of or."),
            _ => keyword(ahead, "then", "what is done", &shape),
        },
        7 => block(ahead, &shape),
        _ => Ok(None),
    }
}

/// `flow "id" because "sentence" [under "article"] steps { … }`
fn flow(read: &[ImmutableString], ahead: &str) -> Next {
    let shape = "Write: flow \"name\" because \"Why\" steps { notify(team(\"legal\")); }";
    if let Some(next) = heading(read, ahead, shape) {
        return next;
    }
    match read.len() - article_symbols(read) {
        4 => keyword(ahead, "steps", "the steps in braces", shape),
        5 => block(ahead, shape),
        _ => Ok(None),
    }
}

/// The part that rules, guards and flows share: name, reason, article.
fn heading(read: &[ImmutableString], ahead: &str, shape: &str) -> Option<Next> {
    let what = read[0].as_str();
    Some(match read.len() {
        1 => text(ahead, &format!("A {what} needs a name in quotes"), shape),
        2 => keyword(ahead, "because", "the reason in a sentence, which people read with each decision", shape),
        3 => text(ahead, "After because comes the reason, in quotes", shape),
        4 if ahead == "under" => Ok(Some("under".into())),
        5 if read[4] == "under" => text(ahead, "After under comes an article's name, in quotes", shape),
        _ => return None,
    })
}

/// How many symbols `under "article"` took.
fn article_symbols(read: &[ImmutableString]) -> usize {
    if read.get(4).is_some_and(|symbol| symbol == "under") { 2 } else { 0 }
}

fn text(ahead: &str, message: &str, shape: &str) -> Next {
    if ahead.starts_with('"') { Ok(Some(TEXT.into())) } else { refuse(ahead, message, shape) }
}

fn name(ahead: &str, message: &str, shape: &str) -> Next {
    if ahead.starts_with(char::is_alphabetic) { Ok(Some(NAME.into())) } else { refuse(ahead, message, shape) }
}

/// `leads_to` says what the keyword is followed or closed by.
fn keyword(ahead: &str, keyword: &str, leads_to: &str, shape: &str) -> Next {
    let message = match keyword {
        ")" => format!("Here belongs \u{201c})\u{201d} after {leads_to}"),
        _ => format!("Here belongs \u{201c}{keyword}\u{201d} and {leads_to}"),
    };
    if ahead == keyword { Ok(Some(keyword.into())) } else { refuse(ahead, &message, shape) }
}

fn block(ahead: &str, shape: &str) -> Next {
    if ahead == "{" { Ok(Some(BLOCK.into())) } else { refuse(ahead, "Here belongs an opening brace {", shape) }
}

/// The message before the line break, the help after it; `declare` takes them apart.
fn refuse(ahead: &str, message: &str, help: &str) -> Next {
    // What the reader of words says instead of a word.
    if ahead == LexError::UnterminatedString.to_string() {
        return Err(LexError::UnterminatedString.into_err(Position::NONE));
    }
    let quoted = format!("\u{201c}{}\u{201d}", ahead.trim_matches('"'));
    let found = if ahead.is_empty() || ahead == "{EOF}" { "the end of the file" } else { &quoted };
    let text = format!("{message}; here stands {found}.\n{help}");
    Err(LexError::ImproperSymbol(found.to_owned(), text).into_err(Position::NONE))
}
