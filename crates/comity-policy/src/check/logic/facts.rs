//! What is known of a fact without any case: which values it can have, and whether it can be unknown.

use super::values::{Order, Values};
use crate::objects::{FIELDS, VARIABLES};
use comity_domain::{case::Priority, event::EventKind};

pub(super) struct Fact {
    pub values: Values,
    pub is_always_known: bool,
}

/// Facts that no getter can lack. One that is missing here is taken for one that may be unknown.
pub(super) const ALWAYS_KNOWN: [&str; 27] = [
    "event.kind",
    "event.at",
    "event.text",
    "event.is_consumer_post",
    "event.is_company_reply",
    "case.is_open",
    "case.is_held",
    "case.priority",
    "case.labels",
    "case.briefs",
    "case.skills",
    "case.company_replies",
    "case.consumer_posts",
    "case.unanswered_replies",
    "case.has_draft",
    "case.open_appeals",
    "case.escalations",
    "case.opened_at",
    "author.handle",
    "author.is_staff",
    "author.earlier_cases",
    "charter.running",
    "charter.breached",
    "charter.met",
    "reply.text",
    "reply.writer_skills",
    "now",
];

/// Facts and properties that count something.
const COUNTS: [&str; 13] = [
    "company_replies",
    "consumer_posts",
    "unanswered_replies",
    "open_appeals",
    "followers",
    "earlier_cases",
    "open_cases",
    "broken_promises",
    "kept",
    "broken",
    "posts_last_hour",
    "count",
    "word_count",
];

/// Functions and properties that are known whenever what they are asked of is.
pub(super) const ALWAYS_ANSWERED: [&str; 16] = [
    "asks",
    "contains",
    "count",
    "days",
    "ends_with",
    "has_link",
    "has_private_data",
    "hours",
    "is_breach_of",
    "is_empty",
    "is_shouting",
    "mentions",
    "minutes",
    "starts_with",
    "word_count",
    "words",
];

/// Questions that an empty text or set answers with no.
const FOR_SOMETHING: [&str; 4] = ["asks", "has_link", "is_shouting", "has_private_data"];
const FOR_SOMETHING_GIVEN: [&str; 3] = ["contains(\"", "starts_with(\"", "ends_with(\""];

pub(super) fn known(text: &str) -> Fact {
    let values = match text {
        "event.kind" => Values::words(EventKind::NAMES),
        "event.party" => Values::words(["company", "consumer"]),
        "case.priority" => Values::words(Priority::ALL.map(Priority::as_str)),
        "surge.usual_posts_per_hour" => Values::compared(Order::AtLeast, 0.0),
        // Something compared with itself.
        _ if text.split_once(" ~ ").is_some_and(|(one, other)| one == other) => Values::compared(Order::Equal, 0.0),
        // One word with dots: nothing is calculated with it.
        _ if text.starts_with(char::is_alphabetic)
            && !text.contains(' ')
            && text.rsplit_once('.').is_some_and(|(_, last)| COUNTS.contains(&last)) =>
        {
            Values::counts()
        }
        _ => Values::Any,
    };
    Fact { values, is_always_known: ALWAYS_KNOWN.contains(&text) }
}

/// Whether a name is one of the objects and moments that a rule sees.
pub(super) fn is_object(name: &str) -> bool {
    VARIABLES.iter().any(|(known, _)| *known == name)
}

/// Whether a text names a fact, such as `case.team`.
pub(super) fn is_fact(text: &str) -> bool {
    match text.split_once('.') {
        Some((variable, field)) => {
            let object = VARIABLES.iter().find(|(name, _)| *name == variable).map(|(_, object)| *object);
            object.is_some_and(|object| FIELDS.iter().any(|known| known.object == object && known.name == field))
        }
        None => text == "now",
    }
}

/// The text or set that a question looks for something in.
pub(super) fn asks_for_something_in(text: &str) -> Option<&str> {
    let asks = |(of, question): (&'_ str, &str)| {
        let plain = FOR_SOMETHING.contains(&question);
        // What shows nothing, such as spaces, is found in texts that count as empty.
        let shows = |given: &str| given.starts_with(|c: char| c.is_ascii_graphic() && c != '"');
        let given = FOR_SOMETHING_GIVEN.iter().any(|name| question.strip_prefix(name).is_some_and(shows));
        (plain || given || question.starts_with("mentions(")).then_some(of.len())
    };
    // What is asked for may hold dots itself: the question begins at the first dot after which one stands.
    let mut dots = text.match_indices('.').map(|(at, _)| (&text[..at], &text[at + 1..]));
    dots.find_map(asks).map(|length| &text[..length])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bundle, Policy};

    #[test]
    fn what_is_said_to_be_known_is_known_when_nothing_is() {
        let settings = "teams = { care = \"Answers\" }\n\
                        calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";
        let at = "2026-03-02T09:00:00Z";
        let facts = serde_json::from_value(serde_json::json!({
            "now": at,
            "event": { "kind": "joined", "at": at, "text": "" },
            "case": {
                "is_open": true, "is_held": false, "priority": "normal", "labels": [], "company_replies": 0,
                "consumer_posts": 0, "unanswered_replies": 0, "has_draft": false, "escalations": [], "opened_at": at,
            },
            "author": { "handle": "a", "is_staff": false, "earlier_cases": 0 },
            "charter": { "running": [], "breached": [], "met": [] },
            "surge": {},
        }))
        .unwrap();
        for fact in ALWAYS_KNOWN.into_iter().filter(|fact| !fact.starts_with("reply.")) {
            let rule = format!("charter \"c\"; rule \"r\" because \"b\" when known({fact}) then {{ label(\"x\"); }}");
            let policy = Policy::compile(&Bundle::new([("settings.toml", settings), ("rules.rhai", &rule)])).unwrap();
            assert_eq!(policy.evaluate(&facts).effects.len(), 1, "{fact}");
        }
    }

    #[test]
    fn questions_are_asked_of_texts_and_sets() {
        let table = [
            ("event.text.asks", Some("event.text")),
            ("event.text.mentions(words(\"a.b\"))", Some("event.text")),
            ("case.labels.contains(\"x\")", Some("case.labels")),
            ("event.text.contains(\"\")", None),
            ("event.text.contains(\" \")", None),
            ("event.text.word_count", None),
            ("author.is_staff", None),
        ];
        for (text, expected) in table {
            assert_eq!(asks_for_something_in(text), expected, "{text}");
        }
    }
}
