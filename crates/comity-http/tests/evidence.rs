//! What a draft would do, over what was decided, in one case and in its own tests; and what a live rule does.

use comity_app::Clock as _;
use comity_domain::{ConnectionId, Role};
use comity_testkit::{Client, TestApp, post};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A server on which three people have written, and the browser of a policy owner.
async fn decided() -> (TestApp, Client, ConnectionId) {
    let mut test = TestApp::start().await;
    test.leave_work();
    let owner = test.signed_in(Role::PolicyOwner).await;
    let connection = test.silent_connection().await;
    let now = test.clock.now();
    for (name, text) in [
        ("ada", "Where is my bag? I am ada, call 030 1234567"),
        ("ben", "Thank you so much"),
        ("cem", "The bag is gone, and my lawyer knows"),
    ] {
        test.receive(connection, vec![post(name, name, now, text)]).await;
    }
    (test, owner, connection)
}

/// The live version's files with more in their rules.
async fn draft(owner: &Client, more: &str) -> Value {
    let mut files = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    files["engagement.rhai"] = format!("{}\n{more}", files["engagement.rhai"].as_str().unwrap()).into();
    files
}

const BAGS: &str = r#"rule "bags" because "Bags go to care" under "answer"
when event.is_consumer_post && event.text.mentions("bag")
then { label("bags"); }
"#;

async fn case_of(owner: &Client, handle: &str) -> Value {
    let cases = owner.get("cases").await.expect(200).json();
    let found = cases["items"].as_array().unwrap().iter().find(|case| case["contact"]["handle"] == handle);
    found.unwrap_or_else(|| panic!("no case of {handle}: {cases}")).clone()
}

#[tokio::test]
async fn a_draft_is_tried_over_what_was_decided() {
    let (test, owner, connection) = decided().await;
    let files = draft(&owner, BAGS).await;
    let evidence = owner.post("policy/evidence", &json!({ "files": files })).await.expect(200).json();
    assert_eq!((&evidence["events"], &evidence["different"], &evidence["failed"]), (&json!(3), &json!(2), &json!(0)));
    assert_eq!(evidence["by_effect"], json!([{ "effect": "label", "more": 2, "fewer": 0 }]));
    let bags = json!({
        "rule": "bags", "fired_before": 0, "fired_after": 2, "unknown_before": 0, "unknown_after": 0,
    });
    assert_eq!(evidence["by_rule"], json!([bags]));
    let first = &evidence["cases"][0];
    assert_eq!((&first["rules"], &first["rules_gone"]), (&json!(["bags"]), &json!([])), "{first}");
    assert_eq!(first["event"]["kind"], "post");
    assert!(first["after"].as_array().unwrap().len() > first["before"].as_array().unwrap().len());
    assert_eq!((&evidence["pinned"], evidence["took_ms"].as_f64() > Some(0.0)), (&Value::Null, true));

    // What is decided in between counts.
    let now = test.clock.now();
    test.receive(connection, vec![post("dan", "dan", now, "And my bag?")]).await;
    let evidence = owner.post("policy/evidence", &json!({ "files": files })).await.expect(200).json();
    assert_eq!((&evidence["events"], &evidence["different"]), (&json!(4), &json!(3)));
    let unchanged = draft(&owner, "").await;
    let evidence = owner.post("policy/evidence", &json!({ "files": unchanged })).await.expect(200).json();
    assert_eq!((&evidence["different"], &evidence["cases"]), (&json!(0), &json!([])));
    test.finish().await;
}

#[tokio::test]
async fn a_pinned_case_shows_what_fires_and_what_comes() {
    let (test, owner, _) = decided().await;
    let case = case_of(&owner, "ada").await;
    let files = draft(&owner, BAGS).await;
    let question = json!({ "files": files, "case_id": case["id"] });
    let pinned = owner.post("policy/evidence", &question).await.expect(200).json()["pinned"].clone();
    assert_eq!((&pinned["case"]["handle"], &pinned["case"]["number"]), (&json!("ada"), &case["number"]));
    let mark = |rule: &str| {
        let marks = pinned["marks"].as_array().unwrap().iter();
        marks.clone().find(|mark| mark["rule"] == rule).unwrap_or_else(|| panic!("no mark for {rule}")).clone()
    };
    assert_eq!((&mark("bags")["outcome"], &mark("bags")["first_false"]), (&json!("fired"), &Value::Null));
    let script = files["engagement.rhai"].as_str().unwrap();
    let line = script.lines().position(|line| line.starts_with("rule \"bags\"")).unwrap() + 1;
    assert_eq!((&mark("bags")["file"], &mark("bags")["line"]), (&json!("engagement.rhai"), &json!(line)));
    let grave = mark("grave-accusation");
    assert_eq!((&grave["outcome"], &grave["first_false"]["value"]), (&json!("not_fired"), &json!("false")));
    let kinds = |pinned: &Value| -> Vec<String> {
        pinned["timeline"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(&pinned)[..2], ["event", "due"], "{}", pinned["timeline"]);
    assert!(pinned["timeline"][0]["text"].as_str().unwrap().contains("(bags)"), "{}", pinned["timeline"]);

    // Before anybody wrote, nothing has happened.
    let before = test.clock.now() - SignedDuration::from_hours(1);
    let question = json!({ "files": files, "case_id": case["id"], "now": before });
    let pinned = owner.post("policy/evidence", &question).await.expect(200).json()["pinned"].clone();
    assert_eq!((&pinned["marks"], &pinned["timeline"]), (&json!([]), &json!([])));
    test.finish().await;
}

#[tokio::test]
async fn a_draft_with_errors_is_refused_with_them() {
    let (test, owner, _) = decided().await;
    let broken = draft(&owner, "rule \"r\" because \"b\" when event.txet.asks then { label(\"x\"); }").await;
    for path in ["policy/evidence", "policy/coverage"] {
        let refused = owner.post(path, &json!({ "files": broken })).await.expect(422).json();
        assert_eq!(refused["diagnostics"][0]["file"], "engagement.rhai", "{path}: {refused}");
    }
    let files = draft(&owner, "").await;
    let nowhere = json!({ "files": files, "case_id": "018f0000-0000-7000-8000-000000000000" });
    assert_eq!(owner.post("policy/evidence", &nowhere).await.expect(404).problem(), "not-found");
    test.finish().await;
}

#[tokio::test]
async fn coverage_says_what_no_test_touches() {
    let (test, owner, _) = decided().await;
    let files = draft(&owner, BAGS).await;
    let coverage = owner.post("policy/coverage", &json!({ "files": files })).await.expect(200).json();
    let rule = |id: &str| {
        let rules = coverage["rules"].as_array().unwrap().iter();
        rules.clone().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no rule {id}")).clone()
    };
    assert_eq!((&rule("bags")["tests"], &rule("bags")["article"]), (&json!(0), &json!("answer")));
    assert!(rule("grave-accusation")["tests"].as_u64() > Some(0));
    let answer = coverage["articles"].as_array().unwrap().iter().find(|article| article["id"] == "answer").unwrap();
    assert_eq!(answer["party"], "company");
    assert!(answer["tests"].as_u64() > Some(10), "{answer}");
    assert!(answer["rules"].as_array().unwrap().contains(&json!("bags")), "{answer}");
    test.finish().await;
}

#[tokio::test]
async fn the_page_of_a_rule_counts_what_it_did() {
    let (test, owner, connection) = decided().await;
    let case = case_of(&owner, "cem").await;
    let agent = test.signed_in(Role::Agent).await;
    let close = format!("cases/{}/close", case["id"].as_str().unwrap());
    agent.post(&close, &json!({ "reason": "solved" })).await.expect(200);
    test.clock.advance(SignedDuration::from_hours(24));
    let now = test.clock.now();
    test.receive(connection, vec![post("eve", "eve", now, "My lawyer, too")]).await;
    // A day later the owner's session is over.
    let reader = test.signed_in(Role::PolicyOwner).await;
    let page = reader.get("policy/rules/grave-accusation").await.expect(200).json();
    assert_eq!(
        (&page["rule"], &page["file"], &page["events"]),
        (&json!("grave-accusation"), &json!("engagement.rhai"), &json!(4))
    );
    let fired: Vec<&Value> = page["days"].as_array().unwrap().iter().map(|day| &day["fired"]).collect();
    assert_eq!(fired, [&json!(1), &json!(1)], "{}", page["days"]);
    assert_eq!(page["outcomes"], json!([{ "outcome": "open", "cases": 1 }, { "outcome": "solved", "cases": 1 }]));
    assert!(!page["tests"].as_array().unwrap().is_empty());
    let today = reader.get("policy/rules/grave-accusation?days=1").await.expect(200).json();
    assert_eq!(today["events"], 4, "what was decided a day ago to the second still counts");

    assert_eq!(reader.get("policy/rules/no-such-rule").await.expect(404).problem(), "not-found");
    let far = reader.get("policy/rules/grave-accusation?days=1000").await.expect(422).json();
    assert_eq!(far["errors"][0]["pointer"], "/days");
    test.finish().await;
}

#[tokio::test]
async fn a_case_becomes_a_test_that_says_nothing_of_who_it_was() {
    let (test, owner, _) = decided().await;
    let case = case_of(&owner, "ada").await;
    let path = format!("policy/cases/{}/test", case["id"].as_str().unwrap());
    let saved = owner.post(&path, &json!({})).await.expect(200).json();
    assert_eq!(saved["path"], format!("tests/case-{}.toml", case["number"]));
    let text = saved["text"].as_str().unwrap();
    assert!(!text.contains("ada") && !text.contains("1234567") && text.contains("Where is my bag?"), "{text}");
    assert!(!text.contains("# At the time"), "it went as the test goes: {text}");

    let mut files = draft(&owner, "").await;
    files[saved["path"].as_str().unwrap()] = text.into();
    let report = owner.post("policy/test", &json!({ "files": files })).await.expect(200).json();
    assert_eq!(report["failed"], 0, "{report}");
    let ran = report["cases"].as_array().unwrap().iter().any(|one| one["file"] == saved["path"]);
    assert!(ran, "the written test was among them");
    let nowhere = owner.post("policy/cases/4711/test", &json!({})).await.expect(404);
    assert_eq!(nowhere.problem(), "not-found");
    test.finish().await;
}

#[tokio::test]
async fn every_word_of_the_language_is_listed() {
    let test = TestApp::start().await;
    let words = test.owner().get("policy/vocabulary").await.expect(200).json();
    let word = |name: &str| words["items"].as_array().unwrap().iter().find(|word| word["name"] == name).cloned();
    let label = word("label").expect("label is a word");
    assert_eq!((&label["on"], &label["place"]), (&Value::Null, &json!("rule")));
    assert!(!word("followers").expect("followers is a word")["on"].is_null());
    test.finish().await;
}
