//! Backtests: begun, followed, cancelled, taken up after a restart, and looked through.

use comity_app::{Clock as _, changes::Change};
use comity_domain::Role;
use comity_testkit::{Client, TestApp, post};
use serde_json::{Value, json};

/// A server on which a dozen people have written, every third of them about a bag.
async fn decided() -> (TestApp, Client) {
    let builder = TestApp::builder().config(|config| {
        config.backtest.part = 2;
        config.backtest.checkpoint_milliseconds = 0;
        config.backtest.most_listed = 3;
    });
    let mut test = builder.start().await;
    test.leave_work();
    let owner = test.signed_in(Role::PolicyOwner).await;
    let connection = test.silent_connection().await;
    let now = test.clock.now();
    for number in 0..12 {
        let name = format!("person{number}");
        let text = if number % 3 == 0 { "Where is my bag?" } else { "Thank you so much" };
        test.receive(connection, vec![post(&name, &name, now, text)]).await;
    }
    (test, owner)
}

/// The live version's files with a rule about bags.
async fn draft(owner: &Client) -> Value {
    let mut files = owner.get("policy/draft").await.expect(200).json()["files"].clone();
    let more = "rule \"bags\" because \"Bags go to care\" when event.text.mentions(\"bag\") then { label(\"bags\"); }";
    files["engagement.rhai"] = format!("{}\n{more}\n", files["engagement.rhai"].as_str().unwrap()).into();
    files
}

async fn begin(owner: &Client, body: &Value) -> String {
    let begun = owner.post("policy/backtests", body).await.expect(202).json();
    assert_eq!((&begun["state"], &begun["done"]), (&json!("running"), &json!(0)), "{begun}");
    format!("policy/backtests/{}", begun["id"].as_str().unwrap())
}

async fn cases(owner: &Client, path: &str, query: &str) -> Value {
    owner.get(&format!("{path}/cases{query}")).await.expect(200).json()
}

#[tokio::test]
async fn a_backtest_counts_everything_and_lists_what_differs() {
    let (test, owner) = decided().await;
    let path = begin(&owner, &json!({ "files": draft(&owner).await })).await;
    assert!(test.app.work_on_backtest().await.unwrap());
    assert!(!test.app.work_on_backtest().await.unwrap(), "there is nothing left to do");

    let done = owner.get(&path).await.expect(200).json();
    assert_eq!((&done["state"], &done["done"], &done["total"]), (&json!("done"), &json!(12), &json!(12)));
    let summary = &done["summary"];
    assert_eq!((&summary["events"], &summary["decided_differently"]), (&json!(12), &json!(4)));
    assert_eq!((&summary["cases_differently"], &summary["failed"]), (&json!(4), &json!(0)));
    assert_eq!(summary["by_effect"], json!([{ "effect": "label", "more": 4, "fewer": 0 }]));
    assert_eq!(summary["by_rule"][0]["fired_after"], 4);
    let ended: u64 = summary["by_outcome"].as_array().unwrap().iter().map(|one| one["cases"].as_u64().unwrap()).sum();
    assert_eq!(ended, 12);
    assert_eq!((&done["version"], &done["against"]["number"]), (&Value::Null, &json!(1)));
    assert_eq!(done["listed"], 3, "the list was cut, and says so");

    let all = cases(&owner, &path, "?limit=2").await;
    assert_eq!((all["items"].as_array().unwrap().len(), &all["next_cursor"]), (2, &json!("2")));
    assert_eq!(all["items"][0]["rules"], json!(["bags"]));
    let rest = cases(&owner, &path, "?limit=2&after=2").await;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    for (query, expected) in [
        ("?rule=bags", 3),
        ("?rule=ordinary-post", 0),
        ("?effect=label&outcome=open", 3),
        ("?effect=close", 0),
        ("?outcome=abandoned", 0),
    ] {
        assert_eq!(cases(&owner, &path, query).await["items"].as_array().unwrap().len(), expected, "{query}");
    }
    let listed = owner.get("policy/backtests").await.expect(200).json();
    assert_eq!(listed["items"][0]["id"], done["id"]);
    test.finish().await;
}

#[tokio::test]
async fn a_version_can_be_tried_and_changes_nothing_against_itself() {
    let (test, owner) = decided().await;
    let live = owner.get("policy/versions").await.expect(200).json()["items"][0].clone();
    let path = begin(&owner, &json!({ "version_id": live["id"] })).await;
    test.app.work_on_backtest().await.unwrap();
    let done = owner.get(&path).await.expect(200).json();
    assert_eq!((&done["version"]["number"], &done["hash"]), (&live["number"], &live["hash"]));
    assert_eq!(done["summary"]["decided_differently"], 0, "{done}");
    assert_eq!((&done["summary"]["by_rule"], &done["listed"]), (&json!([]), &json!(0)));
    let (hash, against) = (live["hash"].as_str().unwrap(), live["id"].as_str().unwrap().parse().unwrap());
    let newest = test.app.store.finished_backtest(test.app.organization, hash, against).await.unwrap().unwrap();
    assert_eq!(newest.id.to_string(), done["id"].as_str().unwrap());
    test.finish().await;
}

#[tokio::test]
async fn one_that_was_stopped_in_the_middle_comes_to_the_same() {
    let (test, owner) = decided().await;
    let body = json!({ "files": draft(&owner).await });
    let path = begin(&owner, &body).await;
    let mut changes = test.app.changes.listen();
    let app = std::sync::Arc::clone(&test.app);
    let worker = tokio::spawn(async move { app.work_on_backtest().await });
    while !matches!(changes.recv().await.unwrap(), Change::Backtest { .. }) {}
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    let left = owner.get(&path).await.expect(200).json();
    let done = left["done"].as_u64().unwrap();
    assert!(left["state"] == "running" && 0 < done && done < 12, "it was stopped in the middle: {left}");

    assert!(test.app.work_on_backtest().await.unwrap());
    let resumed = owner.get(&path).await.expect(200).json();
    let resumed_cases = cases(&owner, &path, "").await;
    let again = begin(&owner, &body).await;
    test.app.work_on_backtest().await.unwrap();
    let whole = owner.get(&again).await.expect(200).json();
    assert_eq!((&resumed["state"], &resumed["summary"]), (&json!("done"), &whole["summary"]));
    assert_eq!(resumed_cases["items"], cases(&owner, &again, "").await["items"], "nothing is listed twice");
    test.finish().await;
}

#[tokio::test]
async fn one_at_a_time_and_it_can_be_cancelled() {
    let (test, owner) = decided().await;
    let body = json!({ "files": draft(&owner).await });
    let path = begin(&owner, &body).await;
    let busy = owner.post("policy/backtests", &body).await.expect(409);
    assert_eq!(busy.problem(), "busy");
    assert!(path.ends_with(busy.json()["backtest"].as_str().unwrap()), "{}", busy.text);

    let mut changes = test.app.changes.listen();
    let app = std::sync::Arc::clone(&test.app);
    let worker = tokio::spawn(async move { app.work_on_backtest().await });
    while !matches!(changes.recv().await.unwrap(), Change::Backtest { .. }) {}
    let cancel = format!("{path}/cancel");
    let cancelled = owner.post(&cancel, &json!({})).await.expect(200).json();
    assert_eq!(cancelled["state"], "cancelled");
    assert!(worker.await.unwrap().is_ok(), "whoever works on it finds out and ends");
    let after = owner.get(&path).await.expect(200).json();
    assert_eq!((&after["state"], &after["summary"]), (&json!("cancelled"), &Value::Null));
    assert_eq!(owner.post(&cancel, &json!({})).await.expect(409).problem(), "wrong-state");
    begin(&owner, &body).await;
    test.finish().await;
}

#[tokio::test]
async fn only_what_happened_in_time_is_looked_at() {
    let (test, owner) = decided().await;
    let now = test.clock.now();
    let body = json!({ "files": draft(&owner).await, "from": now + jiff::SignedDuration::from_secs(1) });
    let path = begin(&owner, &body).await;
    test.app.work_on_backtest().await.unwrap();
    let done = owner.get(&path).await.expect(200).json();
    assert_eq!((&done["state"], &done["total"], &done["summary"]["events"]), (&json!("done"), &json!(0), &json!(0)));
    test.finish().await;
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused() {
    let (test, owner) = decided().await;
    let files = draft(&owner).await;
    let live = owner.get("policy/versions").await.expect(200).json()["items"][0]["id"].clone();
    let now = test.clock.now();
    let table = [
        (json!({}), "/files"),
        (json!({ "files": files, "version_id": live }), "/files"),
        (json!({ "files": files, "from": now, "until": now }), "/until"),
    ];
    for (body, pointer) in table {
        let refused = owner.post("policy/backtests", &body).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let mut broken = files.clone();
    broken["engagement.rhai"] = "rule \"r\" because \"b\" when event.txet.asks then { label(\"x\"); }".into();
    let refused = owner.post("policy/backtests", &json!({ "files": broken })).await.expect(422).json();
    assert!(refused["diagnostics"].is_array(), "{refused}");
    let nowhere = "018f0000-0000-7000-8000-000000000000";
    let unknown = owner.post("policy/backtests", &json!({ "version_id": nowhere })).await.expect(404);
    assert_eq!(unknown.problem(), "not-found");
    let path = format!("policy/backtests/{nowhere}");
    assert_eq!(owner.get(&path).await.expect(404).problem(), "not-found");
    assert_eq!(owner.get(&format!("{path}/cases")).await.expect(404).problem(), "not-found");
    assert_eq!(owner.post(&format!("{path}/cancel"), &json!({})).await.expect(404).problem(), "not-found");
    assert_eq!(owner.get("policy/backtests").await.expect(200).json()["items"], json!([]), "nothing was begun");
    test.finish().await;
}
