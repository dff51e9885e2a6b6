//! Why something was decided, in sentences for those who work on it and for the person concerned.

use comity_app::Clock as _;
use comity_domain::Role;
use comity_testkit::{TestApp, post};
use serde_json::{Value, json};

const SETTINGS: &str = r#"
teams = { care = "Answers", legal = "Looks at claims" }
words = { legal = ["lawyer*"] }
calendar = { time_zone = "UTC", open = [{ day = "monday", from = "09:00", to = "17:00" }] }
"#;
const RULES: &str = r#"charter "Us and our customers";
article "answer" company owes "We answer within four hours." due hours(4) from consumer_post until company_reply;

rule "claims" because "Legal claims need counsel" under "answer" public
when event.is_consumer_post && event.text.mentions(words("legal"))
then { label("legal"); hold_replies("legal"); assign_team("legal"); }

rule "customers" because "Customers are called back" under "answer"
when author.is_customer then { assign_team("care"); }

rule "insistent" because "They have asked before" under "answer"
when event.is_consumer_post && case.is_open && case.consumer_posts > 3 then { priority("high"); }
"#;
const GERMAN: &str = r#"[articles]
answer = "Wir antworten innerhalb von vier Stunden."
[rules]
claims = "Rechtliche Forderungen sieht sich eine Anwältin an"
"#;

async fn decide_by(test: &TestApp, more: &str) {
    let files = [
        ("settings.toml", SETTINGS.to_owned()),
        ("rules.rhai", format!("{RULES}{more}")),
        ("languages/de.toml", GERMAN.to_owned()),
    ];
    test.decide_by(files).await;
}

fn sentence<'a>(explanation: &'a Value, kind: &str) -> &'a Value {
    let sentences = explanation["sentences"].as_array().unwrap();
    sentences.iter().find(|sentence| sentence["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {explanation}"))
}

#[tokio::test]
async fn a_decision_is_told_to_those_who_may_know_it() {
    let test = TestApp::start().await;
    decide_by(&test, "").await;
    let (connection, now) = (test.silent_connection().await, test.clock.now());
    test.receive(connection, vec![post("p1", "robin", now, "My lawyer will be in touch about my bag.")]).await;
    let agent = test.signed_in(Role::Agent).await;
    let decisions = agent.get("cases/NA-1/decisions").await.expect(200).json();
    let path = format!("decisions/{}/explanation", decisions["items"][0]["id"].as_str().unwrap());

    let told = agent.get(&path).await.expect(200).json();
    assert_eq!(told["language"], "en");
    let fired = sentence(&told, "fired");
    assert_eq!((&fired["rule"], &fired["article"]), (&json!("claims"), &json!("answer")));
    let text = fired["text"].as_str().unwrap();
    assert!(text.contains("We answer within four hours.") && text.contains("labelled “legal”"), "{text}");
    assert!(sentence(&told, "unknown")["text"].as_str().unwrap().contains("a customer of ours"), "{told}");
    assert!(sentence(&told, "close")["text"].as_str().unwrap().contains("more than 3 (it is 1)"), "{told}");

    let german = agent.get(&format!("{path}?language=de-CH&for=staff")).await.expect(200).json();
    assert_eq!(german["language"], "de");
    let text = sentence(&german, "fired")["text"].as_str().unwrap();
    assert!(text.starts_with("Rechtliche Forderungen") && text.contains("vier Stunden"), "{text}");
    let none = agent.get(&format!("{path}?language=tlh")).await.expect(200).json();
    assert_eq!(none["language"], "en", "the organization's language where there is no other");

    let person = agent.get(&format!("{path}?for=person")).await.expect(200).json();
    assert_eq!(person["sentences"].as_array().unwrap().len(), 1);
    let fired = sentence(&person, "fired");
    assert_eq!(fired["rule"], Value::Null);
    let text = fired["text"].as_str().unwrap();
    assert!(text.contains("Legal claims need counsel") && !text.contains("“legal”"), "{text}");

    assert_eq!(agent.get(&format!("{path}?for=nobody")).await.expect(400).problem(), "invalid-query");
    assert_eq!(agent.get(&format!("{path}?langauge=de")).await.expect(400).problem(), "invalid-query");
    let nobodys = "decisions/018f0000-0000-7000-8000-000000000000/explanation";
    assert_eq!(agent.get(nobodys).await.expect(404).problem(), "not-found");

    // Another version decides by now; the recorded decision is still told.
    let later = "rule \"later\" because \"Later\" under \"answer\" when case.is_held then { label(\"x\"); }";
    decide_by(&test, later).await;
    let later = agent.get(&path).await.expect(200).json();
    assert_eq!(sentence(&later, "fired"), sentence(&told, "fired"));
    test.finish().await;
}

#[tokio::test]
async fn what_was_not_done_says_why() {
    let test = TestApp::start().await;
    decide_by(&test, "").await;
    let (connection, now) = (test.silent_connection().await, test.clock.now());
    let mut second = post("p2", "robin", now, "My lawyer again.");
    second.in_reply_to = Some("p1".into());
    test.receive(connection, vec![post("p1", "robin", now, "My lawyer will be in touch."), second]).await;
    let agent = test.signed_in(Role::Agent).await;
    let decisions = agent.get("cases/NA-1/decisions").await.expect(200).json();
    let items = decisions["items"].as_array().unwrap();
    let repeated = items.iter().find(|decision| !decision["dropped"].as_array().unwrap().is_empty()).unwrap();
    assert_eq!(repeated["dropped"][0]["reason"], "the case already has this label");
    let path = format!("decisions/{}/explanation?language=de", repeated["id"].as_str().unwrap());
    let told = agent.get(&path).await.expect(200).json();
    let text = sentence(&told, "dropped")["text"].as_str().unwrap();
    assert!(text.contains("der Fall trägt dieses Etikett schon"), "{text}");
    test.finish().await;
}
