//! A canary decides its share of the cases wholly, and stops by itself.

use crate::{People, of};
use comity_app::{Clock as _, changes::Change};
use comity_domain::{CaseId, PolicyVersionId, life::is_chosen};
use comity_testkit::{Client, TestApp, post};
use serde_json::{Value, json};

/// Answered by what a version adds: a label, and a guard.
const LOUD: &str = "rule \"loud\" because \"Calm is kind\" when event.text.mentions(\"xyzzy\") then { label(\"loud\"); }\n\
                    guard \"quiet\" because \"Calm is kind\" when reply.text.mentions(\"xyzzy\") then { stop(\"Say it calmly.\"); }";
const BROKEN: &str = "rule \"broken\" because \"It divides by nothing\" when event.text.mentions(\"xyzzy\") \
                      && 1 / (case.consumer_posts - case.consumer_posts) > 0 then { label(\"loud\"); }";

async fn canary(people: &People, path: &str, more: &str) -> Value {
    let version = people.propose(path, more).await;
    people.approve(&version).await;
    let body = json!({ "percent": 50 });
    people.author.post(&of(&version["id"], "/canary"), &body).await.expect(200).json()
}

/// Half of these are the canary's, by chance: with so many, a few are for sure.
const MANY: usize = 40;

/// Posts by so many people, each a case of its own; the cases with whether the canary decides them.
async fn receive(test: &TestApp, reader: &Client, version: &Value, from: usize, many: usize) -> Vec<(String, bool)> {
    let connection = test.silent_connection().await;
    let now = test.clock.now();
    let posts =
        (from..from + many).map(|number| post(&number.to_string(), &format!("author {number}"), now, "It is xyzzy."));
    test.receive(connection, posts.collect()).await;
    let page = reader.get("cases?limit=200").await.expect(200).json();
    let id: PolicyVersionId = version["id"].as_str().unwrap().parse().unwrap();
    let cases = page["items"].as_array().unwrap().iter().map(|case| {
        let case = case["id"].as_str().unwrap();
        (case.to_owned(), is_chosen(id, case.parse::<CaseId>().unwrap(), 50))
    });
    cases.collect()
}

#[tokio::test]
async fn a_canary_decides_its_cases_with_everything_it_has() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let agent = test.signed_in(comity_domain::Role::Agent).await;
    let version = canary(&people, "engagement.rhai", LOUD).await;
    assert_eq!((&version["state"], &version["canary_percent"]), (&json!("canary"), &json!(50)));
    let cases = receive(&test, &people.approver, &version, 0, MANY).await;
    assert!(cases.iter().any(|(_, chosen)| *chosen) && cases.iter().any(|(_, chosen)| !*chosen), "{cases:?}");
    for (case, chosen) in &cases {
        let view = agent.get(&format!("cases/{case}")).await.expect(200).json();
        assert_eq!(view["labels"].as_array().unwrap().contains(&json!("loud")), *chosen, "{view}");
        let decided = agent.get(&format!("cases/{case}/decisions")).await.expect(200).json();
        assert_eq!(decided["items"][0]["policy_version"]["number"], if *chosen { 2 } else { 1 });
        let reply = json!({ "text": "It is xyzzy.", "visibility": "public" });
        let check = agent.post(&format!("cases/{case}/reply/check"), &reply).await.expect(200).json();
        let stopped = check["verdicts"].as_array().unwrap().iter().any(|verdict| verdict["guard"] == "quiet");
        assert_eq!(stopped, *chosen, "its guards, too: {check}");
    }
    let chosen = cases.iter().filter(|(_, chosen)| *chosen).count();
    let beside = people.author.get(&of(&version["id"], "/beside")).await.expect(200).json();
    let counts = ["decided", "different", "canary_decided", "canary_failed"].map(|name| beside[name].as_u64().unwrap());
    assert_eq!(counts, [MANY as u64, MANY as u64, chosen as u64, 0], "compared wherever it decides");
    let label = json!([{ "effect": "label", "more": MANY, "fewer": 0 }]);
    assert_eq!(beside["by_effect"], label, "before is the live version, whichever decided");

    // Live for all: the canary is over.
    people.author.post(&of(&version["id"], "/publish"), &json!({})).await.expect(200);
    assert_eq!(test.app.live_policy().unwrap().number, 2);
    test.finish().await;
}

#[tokio::test]
async fn a_canary_that_fails_goes_back_by_itself_and_says_why() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let version = canary(&people, "engagement.rhai", BROKEN).await;
    let mut changes = test.app.changes.listen();
    let cases = receive(&test, &people.approver, &version, 0, MANY).await;
    let failed = cases.iter().filter(|(_, chosen)| *chosen).count();
    let stopped = people.author.get(&of(&version["id"], "")).await.expect(200).json();
    assert_eq!((&stopped["state"], &stopped["canary_percent"]), (&json!("shadow"), &Value::Null));
    let reason = format!("{failed} of its {failed} decisions failed, more than 5 in a hundred.");
    assert_eq!(stopped["canary_stopped"]["reason"], reason);
    let mut alerts = 0;
    while let Ok(change) = changes.try_recv() {
        alerts += usize::from(matches!(change, Change::PolicyAlert { alert: "canary_stopped", number: 2, .. }));
    }
    assert_eq!(alerts, 1);
    let history = people.author.get(&of(&version["id"], "/history")).await.expect(200).json();
    let last = history["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["by"]), (&json!("policy.canary_stop"), &Value::Null));

    let later = receive(&test, &people.approver, &version, 100, 8).await;
    assert_eq!(later.len(), MANY + 8);
    for (case, _) in later {
        let decided = people.approver.get(&format!("cases/{case}/decisions")).await.expect(200).json();
        let newest = &decided["items"][0];
        let is_new = newest["policy_version"]["number"] == 1;
        assert!(is_new || newest["fallback"].is_string(), "a failure asks a person: {newest}");
    }
    test.finish().await;
}

#[tokio::test]
async fn a_canary_over_its_quota_goes_back() {
    let test = TestApp::start().await;
    let people = People::of(&test).await;
    let version = people.author.get("policy").await.expect(200).json()["live"].clone();
    let mut files = people.author.get(&of(&version["id"], "")).await.expect(200).json()["files"].clone();
    files["engagement.rhai"] = format!("{}\n{LOUD}\n", files["engagement.rhai"].as_str().unwrap()).into();
    let quota = "[quotas]\n\"rule:loud\" = { most = 1, per = \"hour\" }\n";
    files["settings.toml"] = files["settings.toml"].as_str().unwrap().replace("[quotas]\n", quota).into();
    let version = people
        .author
        .post("policy/versions", &json!({ "files": files, "note": "At most one" }))
        .await
        .expect(201)
        .json();
    people.approve(&version).await;
    people.author.post(&of(&version["id"], "/canary"), &json!({ "percent": 50 })).await.expect(200);
    let cases = receive(&test, &people.approver, &version, 0, MANY).await;
    let mut labelled = 0;
    for (case, _) in &cases {
        let decided = people.approver.get(&format!("cases/{case}/decisions")).await.expect(200).json();
        let newest = &decided["items"][0];
        let dropped = newest["dropped"].as_array().unwrap().iter().find(|effect| effect["rule"] == "loud");
        let done = newest["effects"].as_array().unwrap().iter().any(|effect| effect["rule"] == "loud");
        labelled += usize::from(done);
        if let Some(dropped) = dropped {
            let why = "the quota of the rule loud is used up (1 an hour)";
            assert_eq!(dropped["reason"], why);
            let id = newest["id"].as_str().unwrap();
            let replay = people.approver.post(&format!("decisions/{id}/replay"), &json!({})).await.expect(200).json();
            assert_eq!(replay["same"], true, "decided again, it comes out the same");
        }
    }
    assert_eq!(labelled, 1, "many cases in one commit, and still no more than the quota");
    let stopped = people.author.get(&of(&version["id"], "")).await.expect(200).json();
    let reason = "It passed a quota: at most 1 effect of the rule “loud” an hour.";
    assert_eq!((&stopped["state"], stopped["canary_stopped"]["reason"].as_str().unwrap()), (&json!("shadow"), reason));
    test.finish().await;
}
