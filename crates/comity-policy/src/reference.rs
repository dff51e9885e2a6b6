//! The reference of the language, written from what the engine itself knows, so that it cannot be wrong about it.

use crate::{
    Limits,
    check::types::Type,
    functions::{FUNCTIONS, Function, Place, TEXT_FIELDS},
    objects::{FIELDS, HELP, MAY_BE_UNKNOWN, VARIABLES},
    syntax::{HANDLES, SHAPES},
    template::PLACEHOLDERS,
};
use comity_domain::{Party, case::Priority, charter::Signal, event::EventKind, reduce::PRECEDENCE};
use std::fmt::Write as _;

/// Everything a script can say, as a document in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut document = Document::default();
    document.text(
        "# Policy reference\n\nEvery statement, fact, question and effect there is. This document is written by `comity policy \
         reference` from the engine's own lists; [Writing a policy](policies.md) explains how they are used.",
    );
    statements(&mut document);
    facts(&mut document);
    questions(&mut document);
    effects(&mut document);
    limits(&mut document);
    document.0
}

#[derive(Default)]
struct Document(String);

impl Document {
    fn text(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{}{text}", if self.0.is_empty() { "" } else { "\n" });
    }

    fn table(&mut self, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
        let rule = format!("|{}", "---|".repeat(head.len()));
        let lines: Vec<String> = rows.into_iter().map(line).collect();
        self.text(&[line(head), rule].into_iter().chain(lines).collect::<Vec<_>>().join("\n"));
    }
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn codes<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

fn statements(document: &mut Document) {
    document.text("## Statements");
    for (keyword, shape, help) in SHAPES {
        document.text(&format!("### {keyword}\n\n{help}\n\n```\n{shape}\n```"));
    }
    let lengths = codes(["minutes(15)", "hours(4)", "days(7)", "working_hours(4)", "working_days(2)"]);
    let signals = codes(Signal::ALL.map(Signal::as_str));
    document.text(&format!(
        "A length is one of {lengths}; a signal one of {signals}. `company_question` is a reply that asks something; `rule` \
         means that only a rule starts or ends the clock. `fn name(value) {{ … }}` holds what several rules share; it sees \
         only what it is given."
    ));
}

fn facts(document: &mut Document) {
    document.text(
        "## What a rule sees\n\nA rule that needs a fact which is not known is unknown itself, neither yes nor no. Facts that \
         may be unknown are marked with a question mark.",
    );
    document.table(&["to handle it", ""], HANDLES.map(|(shape, help)| vec![code(shape), help.to_owned()]));
    for (variable, object) in VARIABLES {
        let help = HELP.iter().find(|(known, _)| *known == variable).map_or("", |(_, help)| help);
        document.text(&format!("### {variable}\n\n{help}"));
        let fields = FIELDS.iter().filter(|field| field.object == object);
        let rows: Vec<Vec<String>> = fields.map(|field| row(variable, field.name, field.gives, field.help)).collect();
        if !rows.is_empty() {
            document.table(&["fact", "is", "", ""], rows);
        }
    }
    for (object, title) in
        [(Type::Text, "a text"), (Type::Names, "a set"), (Type::Topic, "a topic"), (Type::Promise, "a promise")]
    {
        document.text(&format!("### {title}"));
        let fields = TEXT_FIELDS.iter().filter(|(known, ..)| *known == object);
        let name = title.trim_start_matches("a ");
        document.table(&["fact", "is", "", ""], fields.map(|(_, field, gives, help)| row(name, field, *gives, help)));
    }
    document.text("### Words that facts can be");
    let words = [
        ("event.kind", codes(EventKind::NAMES)),
        ("event.party", codes([Party::Company, Party::Consumer].map(Party::as_str))),
        ("case.priority", codes(Priority::ALL.map(Priority::as_str))),
    ];
    document.table(&["fact", "words"], words.map(|(fact, words)| vec![code(fact), words]));
}

fn row(object: &str, name: &str, gives: Type, help: &str) -> Vec<String> {
    let fact = format!("{object}.{name}");
    let may_be_unknown = MAY_BE_UNKNOWN.iter().any(|known| *known == fact || *known == object);
    let mark = if may_be_unknown { "?" } else { "" };
    vec![code(&fact), gives.words().to_owned(), mark.to_owned(), help.to_owned()]
}

fn of(place: Place) -> impl Iterator<Item = Vec<String>> {
    FUNCTIONS.iter().filter(move |function| function.place == place).map(|function: &Function| {
        let takes = function.takes.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(", ");
        vec![code(function.name), takes, code(function.example), function.help.to_owned()]
    })
}

const CALL: [&str; 4] = ["call", "takes", "for example", ""];

fn questions(document: &mut Document) {
    document.text("## Questions and values\n\nThey may stand in any condition and between the braces of `then`.");
    document.table(&CALL, of(Place::Anywhere));
    document.text(
        "Numbers are compared with `==`, `!=`, `<`, `<=`, `>` and `>=` and worked out with `+`, `-`, `*`, `/` and `%`; times \
         are subtracted and compared with lengths of time. Terms are joined with `&&` and `||` and turned around with `!`. \
         With `a || b`, one side that is yes is enough, whether or not the other is known.",
    );
}

fn effects(document: &mut Document) {
    document.text("## What a rule can want");
    document.table(&CALL, of(Place::Rule));
    document.text(
        "Rules run in the order of their files' names and then of their lines. Where they want different things:",
    );
    document.text(&PRECEDENCE.map(|line| format!("- {line}")).join("\n"));
    document.text("## What a guard can say");
    document.table(&CALL, of(Place::Guard));
    document.text("## The steps of a flow");
    document.table(&CALL, of(Place::Flow));
    document.text("## What may stand in braces in a template");
    document.table(
        &["placeholder", "becomes"],
        PLACEHOLDERS.map(|(name, help)| vec![code(&format!("{{{name}}}")), help.to_owned()]),
    );
}

fn limits(document: &mut Document) {
    let limits = Limits::default();
    let kib = |bytes: usize| format!("{} KiB", bytes / 1_024);
    let rows = [
        ("operations of one evaluation", limits.operations.to_string()),
        ("time for one evaluation", format!("{} ms", limits.deadline.as_millis())),
        ("functions that call each other", limits.call_depth.to_string()),
        ("nesting of an expression", limits.expression_depth.to_string()),
        ("a text that a script looks at", kib(limits.text_bytes)),
        ("entries of a list", limits.list_length.to_string()),
        ("effects of one decision", limits.effects.to_string()),
        ("variables at a time", limits.variables.to_string()),
        ("functions of a bundle", limits.functions.to_string()),
        ("a file", kib(limits.file_bytes)),
        ("files of a bundle", limits.files.to_string()),
        ("all tests of a bundle together", format!("{} s", limits.test_time.as_secs())),
    ];
    document.text("## Limits\n\nWhat passes one is refused or stopped, with a sentence that says which.");
    document.table(&["of", "at most"], rows.map(|(of, most)| vec![of.to_owned(), most]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bundle, Policy};
    use comity_domain::facts::ReplyFacts;

    const SETTINGS: &str = r#"
        teams = { care = "Answers" }
        words = { outage = ["offline"] }
        topics = { outage = ["outage"] }
        calendar = { time_zone = "UTC", open = [{ day = "monday", from = "09:00", to = "17:00" }] }
    "#;

    const CHARTER: &str = "charter \"c\"; article \"answer\" company owes \"We answer.\" due hours(4) from \
                           consumer_post until company_reply;";

    /// Facts of which nothing is known that need not be.
    fn nothing_known() -> comity_domain::facts::Facts {
        let at = "2026-03-02T09:00:00Z";
        serde_json::from_value(serde_json::json!({
            "now": at,
            "event": { "kind": "post", "at": at, "text": "" },
            "case": {
                "is_open": true, "is_held": false, "priority": "normal", "labels": [], "company_replies": 0,
                "consumer_posts": 1, "unanswered_replies": 0, "has_draft": false, "escalations": [], "opened_at": at,
            },
            "author": { "handle": "a", "is_staff": false, "earlier_cases": 0 },
            "charter": { "running": [], "breached": [], "met": [] },
            "surge": {},
        }))
        .unwrap()
    }

    #[test]
    fn facts_are_marked_as_unknown_that_can_be() {
        let objects = VARIABLES.iter().flat_map(|(variable, object)| {
            FIELDS.iter().filter(|field| field.object == *object).map(move |field| {
                let fact = format!("{variable}.{}", field.name);
                (fact.clone(), fact)
            })
        });
        let values = TEXT_FIELDS.iter().map(|(object, name, ..)| match object {
            Type::Text => (format!("text.{name}"), format!("event.text.{name}")),
            Type::Topic => ("topic".to_owned(), format!("surge.topic(\"outage\").{name}")),
            Type::Promise => ("promise".to_owned(), format!("charter.promise(\"answer\").{name}")),
            _ => (format!("set.{name}"), format!("case.labels.{name}")),
        });
        for (fact, written) in objects.chain(values) {
            let script =
                format!("{CHARTER} guard \"g\" because \"b\" when known({written}) then {{ warn(\"known\"); }}");
            let bundle = Bundle::new([("settings.toml", SETTINGS.to_owned()), ("rules.rhai", script)]);
            let policy = Policy::compile(&bundle).unwrap();
            let reply =
                ReplyFacts { text: String::new(), is_public: true, is_automatic: false, ..ReplyFacts::default() };
            let is_known = !policy.guard(&nothing_known(), &reply).is_empty();
            assert_eq!(is_known, !MAY_BE_UNKNOWN.contains(&fact.as_str()), "{written}");
        }
    }
}
