//! Each step and each way it says no.

use crate::{LOUD, People, of};
use comity_testkit::TestApp;
use serde_json::{Value, json};

#[tokio::test]
async fn a_step_that_makes_no_sense_is_refused_with_a_sentence() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let live = people.author.get("policy").await.expect(200).json()["live"].clone();
    let reason = json!({ "reason": "Because" });
    let of_the_live: [(&str, &Value, &str); 6] = [
        ("/publish", &json!({}), "It is live already."),
        ("/break-glass", &reason, "It is live already."),
        ("/shadow", &json!({}), "It is live already."),
        ("/canary", &json!({ "percent": 5 }), "It is live already."),
        ("/set-aside", &reason, "It is live already."),
        ("/restore", &reason, "It is live."),
    ];
    for (step, body, why) in of_the_live {
        let refused = people.author.post(&of(&live["id"], step), body).await.expect(409);
        assert_eq!(
            (refused.problem().as_str(), refused.json()["detail"].as_str().unwrap()),
            ("wrong-state", why),
            "{step}"
        );
    }
    let candidate = people.propose("engagement.rhai", LOUD).await;
    let never = people.author.post(&of(&candidate["id"], "/restore"), &reason).await.expect(409);
    assert_eq!(never.json()["detail"], "It was never live; publish it instead.");
    for percent in [0, 51, 255] {
        let refused =
            people.author.post(&of(&candidate["id"], "/canary"), &json!({ "percent": percent })).await.expect(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/percent", "{percent}");
    }
    let early = people.author.post(&of(&candidate["id"], "/canary"), &json!({ "percent": 5 })).await.expect(409);
    assert_eq!(early.problem(), "approval-needed");
    let long = json!({ "reason": "x".repeat(2_001) });
    let refused = people.author.post(&of(&candidate["id"], "/set-aside"), &long).await.expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/reason");
    test.finish().await;
}

#[tokio::test]
async fn one_version_runs_beside_the_live_one_and_what_is_set_aside_is_over() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let (one, other) =
        (people.propose("engagement.rhai", LOUD).await, people.propose("charter.rhai", "// Looked at.").await);
    let shadow = people.author.post(&of(&one["id"], "/shadow"), &json!({})).await.expect(200).json();
    assert_eq!(
        (&shadow["state"], &shadow["may"]["publish"]),
        (&json!("shadow"), &json!("Somebody who did not write it has to approve it first."))
    );
    let taken = people.author.post(&of(&other["id"], "/shadow"), &json!({})).await.expect(409);
    assert_eq!(taken.json()["detail"], "Version 2 runs beside the live one. Publish it or set it aside first.");

    let set_aside = of(&one["id"], "/set-aside");
    let silent = people.approver.post(&set_aside, &json!({ "reason": "" })).await.expect(422);
    assert_eq!(silent.json()["errors"][0]["pointer"], "/reason");
    let retired = people.approver.post(&set_aside, &json!({ "reason": "Not what we owe" })).await.expect(200).json();
    assert_eq!(retired["state"], "retired");
    let gone = people.author.post(&of(&one["id"], "/publish"), &json!({})).await.expect(409);
    assert_eq!(gone.json()["detail"], "It was retired; propose it again.");
    people.author.post(&of(&other["id"], "/shadow"), &json!({})).await.expect(200);
    let history = people.author.get(&of(&one["id"], "/history")).await.expect(200).json();
    let actions: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["policy.propose", "policy.shadow", "policy.set_aside"]);
    test.finish().await;
}
