//! A version that runs beside the live one is compared and does nothing.

use crate::{LOUD, People, of, propose};
use comity_app::Clock as _;
use comity_testkit::{TestApp, post};
use serde_json::{Value, json};

async fn receive(test: &TestApp, texts: &[&str]) {
    let connection = test.silent_connection().await;
    let now = test.clock.now();
    let posts = texts
        .iter()
        .enumerate()
        .map(|(number, text)| post(&number.to_string(), &format!("author {number}"), now, text));
    test.receive(connection, posts.collect()).await;
}

#[tokio::test]
async fn a_shadow_is_counted_and_listed_and_nothing_of_it_is_done() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let version = people.propose("engagement.rhai", LOUD).await;
    let never = people.author.get(&of(&version["id"], "/beside")).await.expect(200).json();
    assert_eq!((&never["since"], &never["decided"]), (&Value::Null, &json!(0)));
    people.author.post(&of(&version["id"], "/shadow"), &json!({})).await.expect(200);
    receive(&test, &["The word is xyzzy.", "Where is my bag?"]).await;

    let beside = people.approver.get(&of(&version["id"], "/beside")).await.expect(200).json();
    assert!(beside["since"].is_string(), "{beside}");
    let counts =
        ["decided", "different", "failed", "skipped", "canary_decided"].map(|name| beside[name].as_i64().unwrap());
    assert_eq!(counts, [2, 1, 0, 0, 0]);
    assert_eq!(beside["by_effect"], json!([{ "effect": "label", "more": 1, "fewer": 0 }]));
    let loud = beside["by_rule"].as_array().unwrap().iter().find(|rule| rule["rule"] == "loud").unwrap();
    assert_eq!((&loud["fired_before"], &loud["fired_after"]), (&json!(0), &json!(1)));
    let found = &beside["cases"][0];
    assert_eq!(
        (&found["rules"], &found["rules_gone"], &found["event"]["kind"]),
        (&json!(["loud"]), &json!([]), &json!("post"))
    );
    let after = found["after"].as_array().unwrap();
    assert!(after.iter().any(|effect| effect["rule"] == "loud" && effect["text"] == "Labelled “loud”"), "{found}");

    let case =
        people.approver.get(&format!("cases/{}", found["case"]["id"].as_str().unwrap())).await.expect(200).json();
    assert!(!case["labels"].as_array().unwrap().contains(&json!("loud")), "nothing of it is done");
    assert_eq!(case["number"], found["case"]["number"]);
    test.finish().await;
}

#[tokio::test]
async fn a_shadow_that_fails_harms_nothing() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let rule = "rule \"broken\" because \"It divides by nothing\" when event.text.mentions(\"xyzzy\") \
                && 1 / (case.consumer_posts - case.consumer_posts) > 0 then { label(\"loud\"); }";
    let version = people.propose("engagement.rhai", rule).await;
    people.author.post(&of(&version["id"], "/shadow"), &json!({})).await.expect(200);
    receive(&test, &["The word is xyzzy.", "xyzzy again.", "xyzzy once more.", "And xyzzy."]).await;
    let beside = people.author.get(&of(&version["id"], "/beside")).await.expect(200).json();
    assert_eq!((&beside["decided"], &beside["failed"]), (&json!(4), &json!(4)));
    let effects = beside["cases"][0]["after"].as_array().unwrap();
    assert_eq!(effects[0]["rule"], "fallback", "what it would do instead is shown: {beside}");
    let state = people.author.get(&of(&version["id"], "")).await.expect(200).json()["state"].clone();
    assert_eq!(state, "shadow");
    let page = people.approver.get("cases").await.expect(200).json();
    for case in page["items"].as_array().unwrap() {
        let decisions = people.approver.get(&format!("cases/{}/decisions", case["id"].as_str().unwrap())).await.json();
        assert_eq!(decisions["items"][0]["fallback"], Value::Null, "{decisions}");
    }
    test.finish().await;
}

#[tokio::test]
async fn comparing_begins_anew_when_another_version_goes_live() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let version = propose(&owner, "engagement.rhai", LOUD).await;
    owner.post(&of(&version["id"], "/shadow"), &json!({})).await.expect(200);
    receive(&test, &["The word is xyzzy."]).await;
    let other = propose(&owner, "charter.rhai", "// Looked at.").await;
    owner.post(&of(&other["id"], "/publish"), &json!({})).await.expect(200);
    let beside = owner.get(&of(&version["id"], "/beside")).await.expect(200).json();
    assert_eq!((&beside["decided"], &beside["cases"]), (&json!(0), &json!([])));
    assert_eq!(owner.get(&of(&version["id"], "")).await.json()["state"], "shadow", "it goes on");
    test.finish().await;
}
