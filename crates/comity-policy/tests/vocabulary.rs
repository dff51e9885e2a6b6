//! The words the checker and the editor know are the words the engine has.

mod support;

use comity_domain::facts::ReplyFacts;
use comity_policy::{Bundle, Policy, vocabulary::vocabulary};
use std::collections::BTreeSet;
use support::facts;

const SETTINGS: &str = r#"
teams = { care = "Answers", legal = "Looks at claims" }
roles = { general-counsel = "Decides" }
channels = { duty-room = "Whoever is on duty" }
templates = { sorry = "Sorry.", received = "We have it." }
words = { legal = ["lawyer"] }
topics = { outage = ["legal"] }
skills = { data-protection = "Knows the law" }
briefs = { summer-sale = { until = "2026-08-31", text = "Cheap." } }
calendar = { time_zone = "UTC", open = [{ day = "monday", from = "09:00", to = "17:00" }] }
"#;

const CHARTER: &str = r#"charter "c";
article "answer" company owes "We answer." due hours(4) from consumer_post until company_reply;
article "put-right" company owes "We put right." due days(5) from rule until rule;
flow "counsel" because "b" steps { notify(team("legal")); }
"#;

fn compiled(script: &str) -> Policy {
    let bundle = Bundle::new([("settings.toml", SETTINGS), ("charter.rhai", CHARTER), ("rules.rhai", script)]);
    match Policy::compile(&bundle) {
        Ok(policy) => policy,
        Err(found) => panic!("{script}\n{}", support::shown(&found)),
    }
}

#[test]
fn every_word_can_be_used_as_described() {
    let mut seen = BTreeSet::new();
    for word in vocabulary() {
        let on = word.on.map(|on| match on {
            "text" => "event.text",
            "a set of names" => "case.labels",
            "a topic" => "surge.topic(\"outage\")",
            "a promise" => "charter.promise(\"answer\")",
            object => object.trim_start_matches("the "),
        });
        let used = word.example.map_or_else(|| format!("{}.{}", on.unwrap(), word.name), str::to_owned);
        let script = match (word.place, used.starts_with("reply.")) {
            ("anywhere", false) => {
                format!("rule \"r\" because \"b\" when known({used}) || !known({used}) then {{ label(\"x\"); }}")
            }
            ("anywhere", true) => {
                format!("guard \"g\" because \"b\" when known({used}) || !known({used}) then {{ warn(\"x\"); }}")
            }
            ("rule", _) => format!("rule \"r\" because \"b\" when true then {{ {used} }}"),
            ("guard", _) => format!("guard \"g\" because \"b\" when true then {{ {used} }}"),
            ("flow", _) => format!("flow \"f\" because \"b\" steps {{ notify(team(\"care\")); {used} }}"),
            (place, _) => panic!("{place}"),
        };
        let policy = compiled(&script);
        if script.starts_with("rule") {
            let evaluation = policy.evaluate(&facts("Hello"));
            assert_eq!(evaluation.failure, None, "{script}");
            assert_eq!(evaluation.effects.len(), 1, "{script}");
        } else if script.starts_with("guard") {
            let reply = ReplyFacts {
                text: "Hello there".into(),
                is_public: true,
                is_automatic: false,
                ..ReplyFacts::default()
            };
            let verdicts = policy.guard(&facts("Hello"), &reply);
            assert_eq!(verdicts.len(), 1, "{script}");
            assert!(!verdicts[0].message.contains("could not be worked out"), "{}", verdicts[0].message);
        }
        seen.insert(word.name);
    }
    assert!(seen.len() > 60, "{seen:?}");
}

#[test]
fn a_policy_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(&compiled(""));
}
