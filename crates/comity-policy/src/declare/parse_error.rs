//! What the parser could not read, in words for somebody who did not write a parser.

use crate::{Diagnostic, source::Lines};
use rhai::{LexError, ParseError, ParseErrorType};

pub(crate) fn diagnose(file: &str, text: &str, error: &ParseError) -> Diagnostic {
    let position = error.position();
    let last_line = text.lines().count().max(1);
    let line = position.line().unwrap_or(last_line);
    let lines = Lines::of(text);
    let length = lines.text(text, line as u32).chars().count();
    let column = position.position().unwrap_or(length + 1).min(length + 1);
    let ends = text[lines.offset(text, line, column)..].trim().is_empty();
    let (code, message, help) = match error.err_type() {
        ParseErrorType::MissingToken(token, _) if ends && token == ";" => explain(&ParseErrorType::UnexpectedEOF),
        kind => explain(kind),
    };
    Diagnostic::error(file, line as u32, column as u32, code, message).maybe_help(help)
}

const ONLY_LOOKS: &str = "A policy only looks at facts and says what should be done.";

type Explained = (&'static str, String, Option<String>);

fn explain(kind: &ParseErrorType) -> Explained {
    let plain = |message: &str, help: &str| ("syntax", message.to_owned(), Some(help.to_owned()));
    match kind {
        ParseErrorType::BadInput(LexError::ImproperSymbol(_, ours)) if ours.contains('\n') => {
            let (message, help) = ours.split_once('\n').unwrap_or((ours, ""));
            plain(message, help)
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            plain("A quotation mark is not closed.", "Put a second \" at the end of the text.")
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(symbol, _)) if symbol == "=" => {
            plain("A single = would change something; a condition compares with ==.", "Write == instead of =.")
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(word, why)) if why.contains("disabled") => {
            ("not-in-policies", format!("{word} has no place in a policy."), Some(ONLY_LOOKS.to_owned()))
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(word, _)) if word == "this" => plain(
            "There is no this in a policy.",
            "Write what is meant: event, case, author, charter, surge, or what a function is given.",
        ),
        ParseErrorType::BadInput(error) => ("syntax", format!("This cannot be read: {error}."), None),
        ParseErrorType::PropertyExpected => {
            plain("After a dot comes a name.", "Write it in plain letters, as in event.text, without quotation marks.")
        }
        ParseErrorType::UnexpectedEOF => plain(
            "The file ends in the middle of a statement.",
            "Look for a missing } or ; after the last complete statement.",
        ),
        ParseErrorType::MissingToken(token, _) if token == ";" => {
            plain("A semicolon is missing before this.", "Put ; at the end of the statement before.")
        }
        ParseErrorType::MissingToken(token, context) => {
            ("syntax", format!("{token} is missing here {}.", context.trim()), None)
        }
        ParseErrorType::ExprExpected(what) => {
            ("syntax", format!("Something is missing here: {what} is expected."), None)
        }
        ParseErrorType::Reserved(word) => {
            ("not-in-policies", format!("{word} has no place in a policy."), Some(ONLY_LOOKS.to_owned()))
        }
        ParseErrorType::ExprTooDeep => {
            plain("This is nested too deeply to read.", "Split it into several rules, or into terms joined with &&.")
        }
        ParseErrorType::LiteralTooLarge(what, most) => {
            let (what, of) = if what.contains("string") { ("text", "bytes") } else { ("list", "entries") };
            plain(&format!("This {what} is too large to read."), &format!("It may have at most {most} {of}."))
        }
        ParseErrorType::MismatchedType(wanted, found) => {
            let found = if found.is_empty() { String::new() } else { format!(", and this is {found}") };
            ("type", format!("Here belongs {wanted}{found}."), None)
        }
        ParseErrorType::FnDuplicatedDefinition(name, _) => {
            ("duplicate", format!("The function {name} is written twice."), Some("Give one another name.".to_owned()))
        }
        other => ("syntax", format!("This cannot be read: {other}."), None),
    }
}
