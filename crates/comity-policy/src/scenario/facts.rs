//! Facts to decide about at once: an ordinary public post, with what is said otherwise.

use super::file::Author;
use crate::Policy;
use comity_domain::facts::{Facts, PromiseFacts, TopicFacts};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// When facts are of unless they say so: a Monday morning.
const GIVEN_NOW: &str = "2026-03-02T09:00:00Z";

/// Facts as decisions store them; what is left out is as in the facts of a test. A whole decision, as it is stored or as the
/// API gives it, stands for its facts.
pub fn read_facts(policy: &Policy, text: &str) -> Result<Facts, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("this is not JSON: {error}"))?;
    let given = match value {
        Value::Object(mut decision) if decision.get("facts").is_some_and(Value::is_object) => decision.remove("facts"),
        Value::Object(facts) => Some(Value::Object(facts)),
        _ => None,
    };
    let given = given.ok_or("facts are an object such as {\"event\": {\"text\": \"Where is it?\"}}")?;
    let counted = Counted::of(policy).and_of(&given);
    given_facts(&counted, given, &Author::default(), "")
}

/// What is counted by name, and so can be spoken of.
#[derive(Default)]
pub(super) struct Counted {
    topics: BTreeSet<String>,
    articles: BTreeSet<String>,
}

impl Counted {
    pub(super) fn of(policy: &Policy) -> Self {
        let articles = policy.charter().articles.iter().filter(|article| article.due.is_some());
        Self {
            topics: policy.settings().topics.keys().cloned().collect(),
            articles: articles.map(|article| article.id.clone()).collect(),
        }
    }

    /// Facts of another version may speak of what this one does not have.
    fn and_of(mut self, facts: &Value) -> Self {
        let names = |of: &Value| of.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        self.topics.extend(names(&facts["surge"]["topics"]));
        self.articles.extend(names(&facts["charter"]["promises"]));
        self
    }
}

/// `root` is what messages call the whole.
pub(super) fn given_facts(counted: &Counted, given: Value, author: &Author, root: &str) -> Result<Facts, String> {
    fn unknown<T: Default>(names: &BTreeSet<String>) -> BTreeMap<&String, T> {
        names.iter().map(|name| (name, T::default())).collect()
    }
    let (topics, promises) = (unknown::<TopicFacts>(&counted.topics), unknown::<PromiseFacts>(&counted.articles));
    let facts = json!({
        "now": GIVEN_NOW,
        "event": {
            "kind": "post", "at": GIVEN_NOW, "party": "consumer", "text": "", "lang": null, "is_public": true,
            "names_us": null, "breach_of": null,
        },
        "case": {
            "is_open": true, "is_held": false, "priority": "normal", "labels": [], "briefs": [], "skills": [], "team": null, "company": null,
            "company_replies": 0, "consumer_posts": 1, "unanswered_replies": 0, "has_draft": false, "escalations": [],
            "they_say_solved": null, "we_say_solved": null, "open_appeals": 0,
            "closed_reason": null, "opened_at": GIVEN_NOW, "last_consumer_post_at": null, "last_company_reply_at": null,
        },
        "author": {
            "handle": author.handle, "display_name": author.display_name, "is_staff": author.is_staff,
            "is_customer": author.is_customer, "customer_since": author.customer_since, "followers": author.followers,
            "earlier_cases": author.earlier_cases, "open_cases": author.open_cases,
            "broken_promises": author.broken_promises, "last_case_at": author.last_case_at,
        },
        "charter": { "running": [], "breached": [], "met": [], "promises": promises },
        "surge": {
            "posts_last_hour": null, "usual_posts_per_hour": null, "similar_posts": null, "topics": topics,
        },
    });
    let merged = merge(facts, given, root)?;
    serde_json::from_value(merged).map_err(|error| format!("the facts cannot be read: {error}"))
}

fn merge(mut facts: Value, given: Value, path: &str) -> Result<Value, String> {
    match (&mut facts, given) {
        (Value::Object(facts), Value::Object(given)) => {
            for (key, value) in given {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let Some(before) = facts.get_mut(&key) else { return Err(format!("There is no fact {path}.")) };
                *before = merge(before.take(), value, &path)?;
            }
        }
        (before, value) => *before = value,
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bundle;

    fn read(text: &str) -> Result<Facts, String> {
        let settings = "teams = { care = \"Answers\" }\n\
                        calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";
        let bundle = Bundle::new([("settings.toml", settings), ("rules.rhai", "charter \"c\";")]);
        read_facts(&Policy::compile(&bundle).unwrap(), text)
    }

    #[test]
    fn facts_are_filled_up_and_a_decision_stands_for_its_own() {
        let given = read(r#"{"event": {"text": "Why?"}, "author": {"followers": 12}}"#).unwrap();
        assert_eq!((given.event.text.as_str(), given.event.kind.as_str()), ("Why?", "post"));
        assert_eq!((given.author.followers, given.author.handle.as_str()), (Some(12), "someone"));
        let mut given = serde_json::to_value(given).unwrap();
        given["surge"]["topics"]["refunds"] =
            serde_json::json!({ "posts_last_hour": 12, "usual_posts_per_hour": null });
        given["charter"]["promises"]["refund"] = serde_json::json!({ "kept": 12, "broken": 3 });
        let given: Facts = serde_json::from_value(given).unwrap();
        let decision = serde_json::json!({ "id": "x", "rules": [], "facts": given });
        assert_eq!(read(&decision.to_string()).unwrap(), given);
    }

    #[test]
    fn what_is_no_fact_is_refused() {
        let table = [
            ("", "this is not JSON"),
            ("[]", "facts are an object"),
            (r#"{"event": {"txet": ""}}"#, "There is no fact event.txet."),
            (r#"{"evnt": {}}"#, "There is no fact evnt."),
            (r#"{"case": {"priority": "loud"}}"#, "the facts cannot be read"),
        ];
        for (text, expected) in table {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }
}
