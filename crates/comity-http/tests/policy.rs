//! The policy pages' side of the API: draft, check, test, publish, go back.

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
async fn only_a_bundle_without_errors_and_failing_tests_is_published() {
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
    assert_eq!(check["charter"], Value::Null);
    let mut errors = check["diagnostics"].as_array().unwrap().iter().filter(|found| found["severity"] == "error");
    assert!(errors.any(|error| error["file"] == "engagement.rhai" && error["code"] == "unknown-field"), "{check}");
    let refused = owner.post("policy/versions", &json!({ "files": broken, "note": "No" })).await.expect(422);
    assert_eq!(refused.problem(), "policy-invalid");
    let diagnostics = refused.json()["diagnostics"].clone();
    assert!(diagnostics.as_array().unwrap().iter().any(|found| found["severity"] == "error"), "{diagnostics}");

    let mut untested = files.clone();
    untested["engagement.rhai"] = "".into();
    let refused = owner.post("policy/versions", &json!({ "files": untested, "note": "No" })).await.expect(422);
    assert!(["policy-tests-failed", "policy-invalid"].contains(&refused.problem().as_str()), "{}", refused.text);
    test.finish().await;
}

#[tokio::test]
async fn a_version_is_published_and_an_older_one_comes_back() {
    let test = TestApp::start().await;
    let owner = test.signed_in(Role::PolicyOwner).await;
    let mut files = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    let charter = format!("{}\n// Reviewed.\n", files["charter.rhai"].as_str().unwrap());
    files["charter.rhai"] = charter.into();
    let published =
        owner.post("policy/versions", &json!({ "files": files, "note": "Reviewed" })).await.expect(201).json();
    assert_eq!((&published["number"], &published["is_live"]), (&json!(2), &json!(true)));
    let versions = owner.get("policy/versions").await.expect(200).json();
    let numbers: Vec<_> = versions["items"].as_array().unwrap().iter().map(|one| one["number"].clone()).collect();
    assert_eq!(numbers, [2, 1]);

    // Nobody publishes over what they have not seen.
    let note = json!({ "files": files, "note": "Again", "base": versions["items"][1]["id"] });
    assert_eq!(owner.post("policy/versions", &note).await.expect(409).problem(), "policy-changed");

    let first = format!("policy/versions/{}", versions["items"][1]["id"].as_str().unwrap());
    assert!(owner.get(&first).await.expect(200).json()["files"]["charter.rhai"].is_string());
    let restore = format!("{first}/restore");
    let silent = owner.post(&restore, &json!({ "reason": "" })).await.expect(422);
    assert_eq!(silent.json()["errors"][0]["pointer"], "/reason");
    owner.post(&restore, &json!({ "reason": "Too strict" })).await.expect(200);
    assert_eq!(owner.get("policy").await.json()["live"]["number"], 1);
    test.finish().await;
}

#[tokio::test]
async fn what_was_taken_back_does_not_stay_in_the_draft() {
    let test = TestApp::start().await;
    let owner = test.signed_in(Role::PolicyOwner).await;
    let first = owner.get("policy/versions").await.expect(200).json()["items"][0]["id"].clone();
    let restore = format!("policy/versions/{}/restore", first.as_str().unwrap());
    let before = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    let mut files = before.clone();
    files["charter.rhai"] = format!("{}\n// Reviewed.\n", files["charter.rhai"].as_str().unwrap()).into();
    owner.put("policy/draft", &json!({ "files": files, "base_revision": 0 })).await.expect(200);
    owner.post("policy/versions", &json!({ "files": files, "note": "Reviewed", "base": first })).await.expect(201);
    owner.post(&restore, &json!({ "reason": "Too strict" })).await.expect(200);
    let draft = owner.get("policy/draft").await.expect(200).json();
    assert_eq!((&draft["files"], &draft["revision"]), (&before, &json!(2)));
    test.finish().await;
}
