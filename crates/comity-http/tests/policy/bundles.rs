//! Draft, check, test, propose.

use comity_domain::Role;
use comity_testkit::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn a_draft_is_saved_on_the_newest_only() {
    let test = TestApp::start().await;
    let owner = test.signed_in(Role::PolicyOwner).await;
    let state = owner.get("policy").await.expect(200).json();
    assert_eq!((&state["live"]["number"], &state["draft"]["revision"]), (&json!(1), &json!(0)));
    let files = state["draft"]["files"].clone();
    assert!(files["charter.rhai"].is_string(), "{files}");

    let save = json!({ "files": files, "base_revision": 0 });
    let saved = owner.put("policy/draft", &save).await.expect(200).json();
    assert_eq!(saved["revision"], 1);
    let late = owner.put("policy/draft", &save).await.expect(409);
    assert_eq!(late.problem(), "draft-changed");
    assert_eq!((&late.json()["draft"]["revision"], &late.json()["draft"]["files"]), (&json!(1), &files));
    test.finish().await;
}

#[tokio::test]
async fn only_a_bundle_without_errors_and_failing_tests_is_proposed() {
    let test = TestApp::start().await;
    let owner = test.signed_in(Role::PolicyOwner).await;
    let files = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    let check = owner.post("policy/check", &json!({ "files": files })).await.expect(200).json();
    assert!(
        !check["charter"]["articles"].as_array().unwrap().is_empty() && !check["rules"].as_array().unwrap().is_empty()
    );
    let tests = owner.post("policy/test", &json!({ "files": files })).await.expect(200).json();
    assert_eq!((&tests["failed"], tests["passed"].as_u64() > Some(0)), (&json!(0), true), "{tests}");

    let mut broken = files.clone();
    broken["engagement.rhai"] = "rule \"r\" because \"b\" when event.txet.has_question then { label(\"x\"); }".into();
    let check = owner.post("policy/check", &json!({ "files": broken })).await.expect(200).json();
    assert_eq!((&check["charter"], &check["diagnostics"][0]["file"]), (&Value::Null, &json!("engagement.rhai")));
    let refused = owner.post("policy/versions", &json!({ "files": broken, "note": "No" })).await.expect(422);
    assert_eq!(refused.problem(), "policy-rejected");
    assert_eq!(refused.json()["diagnostics"][0]["severity"], "error");

    let mut untested = files.clone();
    untested["engagement.rhai"] = "".into();
    let refused = owner.post("policy/versions", &json!({ "files": untested, "note": "No" })).await.expect(422);
    assert!(["policy-tests-failed", "policy-rejected"].contains(&refused.problem().as_str()), "{}", refused.text);
    test.finish().await;
}

#[tokio::test]
async fn what_is_no_part_of_a_policy_is_not_proposed() {
    let test = TestApp::start().await;
    let owner = test.signed_in(Role::PolicyOwner).await;
    let mut files = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    files["../outside.rhai"] = "// Not here.".into();
    let refused = owner.post("policy/versions", &json!({ "files": files, "note": "No" })).await.expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/files/..~1outside.rhai");
    test.finish().await;
}
