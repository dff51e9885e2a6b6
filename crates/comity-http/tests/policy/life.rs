//! A version from its proposal to its end.

use crate::{LOUD, People, approve, of, propose};
use comity_app::changes::Change;
use comity_domain::Role;
use comity_testkit::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn a_version_is_proposed_approved_published_and_an_older_one_comes_back() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let version = people.propose("engagement.rhai", LOUD).await;
    assert_eq!(
        (&version["number"], &version["state"], &version["is_live"]),
        (&json!(2), &json!("candidate"), &json!(false))
    );
    assert_eq!((&version["base"]["number"], &version["published_at"]), (&json!(1), &Value::Null));
    assert_eq!(people.author.get("policy").await.json()["live"]["number"], 1);

    let publish = of(&version["id"], "/publish");
    let early = people.author.post(&publish, &json!({})).await.expect(409);
    assert_eq!(early.problem(), "approval-needed");
    assert_eq!(version["may"]["publish"], early.json()["detail"], "the page says what the server says");
    let approved = people.approve(&version).await;
    assert_eq!(
        (&approved["approval"]["is_current"], &approved["approval"]["note"]),
        (&json!(true), &json!("Looked at"))
    );
    let live = people.author.post(&publish, &json!({})).await.expect(200).json();
    assert_eq!((&live["state"], &live["approval"]["is_current"]), (&json!("live"), &json!(true)));
    assert_eq!(live["may"]["publish"], "It is live already.");
    assert_eq!(test.app.live_policy().unwrap().number, 2, "it decides");

    // Nobody proposes over what they have not seen.
    let files = people.author.get("policy/draft").await.json()["files"].clone();
    let stale = json!({ "files": files, "note": "Again", "base": version["base"]["id"] });
    assert_eq!(people.author.post("policy/versions", &stale).await.expect(409).problem(), "policy-changed");

    let restore = of(&version["base"]["id"], "/restore");
    let silent = people.author.post(&restore, &json!({ "reason": " " })).await.expect(422);
    assert_eq!(silent.json()["errors"][0]["pointer"], "/reason");
    people.author.post(&restore, &json!({ "reason": "Too strict" })).await.expect(200);
    assert_eq!(people.author.get("policy").await.json()["live"]["number"], 1);
    let twice = people.author.post(&restore, &json!({ "reason": "Too strict" })).await.expect(409);
    assert_eq!(twice.problem(), "wrong-state");

    let history = people.approver.get(&of(&version["id"], "/history")).await.expect(200).json();
    let lines: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|line| line["detail"].as_str().unwrap()).collect();
    let name = "Somebody with the role approver";
    let live = format!("Went live, approved by {name}.");
    assert_eq!(lines, ["Proposed: Why not", "Approved: Looked at", &live, "Version 1 went live in its place."]);
    assert_eq!(history["items"][1]["by"]["name"], name);
    assert_eq!(history["items"][3]["by"], Value::Null);
    test.finish().await;
}

#[tokio::test]
async fn nobody_approves_their_own_work_not_even_through_a_token() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let second = test.signed_in(Role::Owner).await;
    let draft = owner.get("policy/draft").await.expect(200).json();
    second.put("policy/draft", &json!({ "files": draft["files"], "base_revision": 0 })).await.expect(200);
    let version = propose(&owner, "engagement.rhai", LOUD).await;
    let made = owner.post("tokens", &json!({ "name": "CI", "roles": ["approver"] })).await.expect(201).json();
    let token = test.anonymous().with_token(made["token"].as_str().unwrap());
    for (who, why) in [
        (&owner, "You proposed it yourself"),
        (&token, "You proposed it yourself"),
        (&second, "You wrote in its draft"),
    ] {
        let refused = approve(who, &version).await.expect(403);
        assert_eq!(refused.problem(), "own-work");
        assert!(refused.text.contains(why), "{}", refused.text);
        let seen = who.get(&of(&version["id"], "")).await.expect(200).json();
        assert_eq!(seen["may"]["approve"], refused.json()["detail"]);
    }
    // All who could have written it: it still does not go live with two eyes.
    let publish = of(&version["id"], "/publish");
    let stuck = owner.post(&publish, &json!({})).await.expect(409);
    assert_eq!(stuck.problem(), "approval-needed");
    approve(&test.signed_in(Role::Approver).await, &version).await.expect(200);
    owner.post(&publish, &json!({})).await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn alone_one_publishes_without_an_approval_and_the_log_says_so() {
    let test = TestApp::start().await;
    let version = propose(&test.owner(), "engagement.rhai", LOUD).await;
    assert_eq!(version["may"]["publish"], Value::Null);
    test.owner().post(&of(&version["id"], "/publish"), &json!({})).await.expect(200);
    let history = test.owner().get(&of(&version["id"], "/history")).await.expect(200).json();
    assert!(history["items"][1]["detail"].as_str().unwrap().contains("nobody else here could approve"), "{history}");
    test.finish().await;
}

#[tokio::test]
async fn an_approval_is_for_one_report() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let (one, other) =
        (people.propose("engagement.rhai", LOUD).await, people.propose("charter.rhai", "// Looked at.").await);
    let report = people.approver.get(&of(&one["id"], "/impact")).await.expect(200).json();
    assert_eq!((&report["version"]["number"], &report["against"]["number"]), (&json!(2), &json!(1)));
    assert_eq!(report["rules"], json!({ "added": ["loud"], "removed": [], "changed": [] }));
    let file = json!({ "path": "engagement.rhai", "status": "changed", "added_lines": 2, "removed_lines": 0 });
    assert_eq!((&report["files"], &report["tests"]["failed"]), (&json!([file]), &json!(0)));
    assert_eq!(people.author.get(&of(&one["id"], "/impact")).await.json(), report, "the same for everybody");

    let other_report = people.approver.get(&of(&other["id"], "/impact")).await.expect(200).json();
    let wrong = json!({ "impact_hash": other_report["hash"], "note": "" });
    let refused = people.approver.post(&of(&one["id"], "/approve"), &wrong).await.expect(409);
    assert_eq!(refused.problem(), "impact-changed");

    people.approve(&one).await;
    people.approve(&other).await;
    people.author.post(&of(&other["id"], "/publish"), &json!({})).await.expect(200);
    let stale = people.author.get(&of(&one["id"], "")).await.expect(200).json();
    assert_eq!(stale["approval"]["is_current"], false, "another version is live");
    let refused = people.author.post(&of(&one["id"], "/publish"), &json!({})).await.expect(409);
    assert_eq!(refused.problem(), "policy-changed");
    assert!(refused.text.contains("made from version 1, and version 3 is live"), "{}", refused.text);
    test.finish().await;
}

#[tokio::test]
async fn the_same_proposed_again_is_the_one_that_is_there() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let version = people.propose("engagement.rhai", LOUD).await;
    people.approve(&version).await;
    let again = people.propose("engagement.rhai", LOUD).await;
    assert_eq!((&again["id"], &again["approval"]["is_current"]), (&version["id"], &json!(true)));
    let edited = people.propose("engagement.rhai", &format!("{LOUD}\n// Edited.")).await;
    assert_eq!((&edited["number"], &edited["approval"]), (&json!(3), &Value::Null), "an edit needs its own");
    test.finish().await;
}

#[tokio::test]
async fn an_emergency_is_loud_and_asks_for_a_review() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let version = people.propose("engagement.rhai", LOUD).await;
    let break_glass = of(&version["id"], "/break-glass");
    let silent = people.author.post(&break_glass, &json!({ "reason": "" })).await.expect(422);
    assert_eq!(silent.json()["errors"][0]["pointer"], "/reason");
    let mut changes = test.app.changes.listen();
    let live = people.author.post(&break_glass, &json!({ "reason": "Wrong numbers go out" })).await.expect(200).json();
    assert_eq!((&live["state"], &live["break_glass"]["reviewed"]), (&json!("live"), &Value::Null));
    let mut told = Vec::new();
    while let Ok(change) = changes.try_recv() {
        told.push(change);
    }
    let alert = |change: &Change| matches!(change, Change::PolicyAlert { alert: "break_glass", number: 2, .. });
    assert!(told.iter().any(alert), "{told:?}");

    let review = of(&version["id"], "/review");
    let empty = people.approver.post(&review, &json!({ "note": "" })).await.expect(422);
    assert_eq!(empty.json()["errors"][0]["pointer"], "/note");
    let reviewed = people.approver.post(&review, &json!({ "note": "It was right" })).await.expect(200).json();
    assert_eq!(reviewed["break_glass"]["reviewed"]["note"], "It was right");
    let twice = people.approver.post(&review, &json!({ "note": "It was right" })).await.expect(409);
    assert_eq!(twice.problem(), "wrong-state");

    let own = propose(&test.owner(), "charter.rhai", "// Urgent.").await;
    test.owner().post(&of(&own["id"], "/break-glass"), &json!({ "reason": "Now" })).await.expect(200);
    let refused = test.owner().post(&of(&own["id"], "/review"), &json!({ "note": "Fine" })).await.expect(403);
    assert_eq!(refused.problem(), "own-work");
    test.finish().await;
}

#[tokio::test]
async fn what_was_taken_back_does_not_stay_in_the_draft() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let before = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    let version = propose(&owner, "charter.rhai", "// Reviewed.").await;
    let files = owner.get(&of(&version["id"], "")).await.json()["files"].clone();
    owner.put("policy/draft", &json!({ "files": files, "base_revision": 0 })).await.expect(200);
    owner.post(&of(&version["id"], "/publish"), &json!({})).await.expect(200);
    owner.post(&of(&version["base"]["id"], "/restore"), &json!({ "reason": "Too strict" })).await.expect(200);
    let draft = owner.get("policy/draft").await.expect(200).json();
    assert_eq!((&draft["files"], &draft["revision"]), (&before, &json!(2)));
    test.finish().await;
}
