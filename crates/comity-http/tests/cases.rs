//! A post becomes a case that people see, understand and work on.

use comity_app::Clock as _;
use comity_domain::{Party, Role};
use comity_testkit::{TestApp, post};
use serde_json::{Value, json};

/// Two cases: `NA-1` with a complaint, and one that praises.
async fn with_cases() -> TestApp {
    let test = TestApp::start().await;
    let (connection, now) = (test.silent_connection().await, test.clock.now());
    let complaint = post("p1", "robin", now, "My bag is lost and nobody answers. What now?");
    let praise = post("p2", "sam", now, "Thank you, your crew on flight 7 was wonderful!");
    test.receive(connection, vec![complaint, praise]).await;
    test
}

fn keys(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_inbox_shows_who_owes_what() {
    let test = with_cases().await;
    let agent = test.signed_in(Role::Agent).await;
    let list = agent.get("cases").await.expect(200).json();
    assert_eq!(list["counts"]["open"], 2, "{list}");
    assert_eq!(list["next_cursor"], Value::Null);
    let row = list["items"].as_array().unwrap().iter().find(|row| row["contact"]["handle"] == "robin").unwrap();
    assert_eq!((&row["turn"], &row["connector"], &row["posts"]), (&json!("company"), &json!("silent"), &json!(1)));
    assert!(row["excerpt"].as_str().unwrap().starts_with("My bag is lost"), "{row}");
    assert_eq!(row["next_due"]["party"], "company");
    assert!(!row["next_due"]["owes"].as_str().unwrap().is_empty(), "{row}");

    let first = agent.get("cases?limit=1").await.expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = agent.get(&format!("cases?limit=1&cursor={cursor}")).await.expect(200).json();
    assert_ne!(keys(&first), keys(&second));
    let found = agent.get("cases?q=bag").await.expect(200).json();
    assert_eq!(keys(&found), [row["key"].as_str().unwrap()]);
    test.finish().await;
}

#[tokio::test]
async fn a_case_shows_thread_ledger_and_reasons() {
    let test = with_cases().await;
    let agent = test.signed_in(Role::Agent).await;
    let case = agent.get("cases/NA-1").await.expect(200).json();
    assert_eq!(agent.get(&format!("cases/{}", case["id"].as_str().unwrap())).await.json()["key"], "NA-1");
    let post = &case["posts"][0];
    assert_eq!((&post["party"], &post["author"]["handle"]), (&json!("consumer"), &case["contact"]["handle"]));
    let obligation = &case["obligations"][0];
    assert_eq!(obligation["state"], "running", "{case}");
    assert_eq!(obligation["started_by"], post["id"]);
    assert!(obligation["within"].as_str().unwrap().chars().next().unwrap().is_ascii_digit(), "{obligation}");
    let why = format!("cases/NA-1/obligations/{}", obligation["id"].as_str().unwrap());
    let why = agent.get(&why).await.expect(200).json();
    assert_eq!((&why["due_at"], &why["today"]), (&obligation["due_at"], &obligation["due_at"]), "{why}");
    assert_eq!((&why["within"], &why["started_at"]), (&obligation["within"], &obligation["started_at"]));
    assert_eq!(why["counted"].as_array().unwrap().last().unwrap()["until"], obligation["due_at"], "{why}");
    let nothing = format!("cases/NA-1/obligations/{}", case["id"].as_str().unwrap());
    assert_eq!(agent.get(&nothing).await.expect(404).problem(), "not-found");
    assert_eq!(case["reply"]["can_reply"], false);
    assert!(case["reply"]["why_not"].is_string());

    let decisions = agent.get("cases/NA-1/decisions").await.expect(200).json();
    assert_eq!(decisions["items"].as_array().unwrap().len() as u64, case["decisions"].as_u64().unwrap());
    let decision = &decisions["items"][0];
    assert_eq!((&decision["id"], &decision["event"]["kind"]), (&post["decision_id"], &json!("post")));
    assert_eq!((&decision["policy_version"]["number"], &decision["facts"]), (&json!(1), &Value::Null));
    assert!(!decision["reason"].as_str().unwrap().is_empty());
    let path = format!("decisions/{}", decision["id"].as_str().unwrap());
    let one = agent.get(&path).await.expect(200).json();
    assert_eq!(one["facts"]["event"]["kind"], "post");
    let replay = agent.post(&format!("{path}/replay"), &json!({})).await.expect(200).json();
    assert_eq!((&replay["same"], &replay["decision"]["rules"]), (&json!(true), &one["rules"]));
    test.finish().await;
}

#[tokio::test]
async fn an_agent_sorts_notes_closes_and_opens() {
    let test = with_cases().await;
    let agent = test.signed_in(Role::Agent).await;
    let me = agent.get("session").await.json()["user"]["id"].clone();
    let before = agent.get("cases/NA-1").await.json();
    let change = json!({ "assignee": me, "priority": "high", "add_labels": ["baggage"], "version": before["version"] });
    let changed = agent.patch("cases/NA-1", &change).await.expect(200).json();
    assert_eq!((&changed["assignee"]["id"], &changed["priority"]), (&me, &json!("high")));
    assert!(changed["labels"].as_array().unwrap().contains(&json!("baggage")), "{changed}");
    assert_eq!(agent.patch("cases/NA-1", &change).await.expect(409).problem(), "conflict");
    let mine = agent.get("cases?assignee=me").await.json();
    assert_eq!((keys(&mine), &mine["counts"]["mine"]), (vec!["NA-1"], &json!(1)));
    let nobodys = agent.patch("cases/NA-1", &json!({ "assignee": null })).await.expect(200).json();
    assert_eq!((&nobodys["assignee"], &nobodys["priority"]), (&Value::Null, &json!("high")));

    agent.post("cases/NA-1/notes", &json!({ "text": "Called the airport." })).await.expect(201);
    let empty = agent.post("cases/NA-1/notes", &json!({ "text": " " })).await.expect(422);
    assert_eq!(empty.json()["errors"][0]["pointer"], "/text");
    assert_eq!(agent.get("cases/NA-1").await.json()["notes"][0]["text"], "Called the airport.");

    let closed = agent.post("cases/NA-1/close", &json!({ "reason": "solved" })).await.expect(200).json();
    assert_eq!((&closed["status"], &closed["closed_reason"]), (&json!("closed"), &json!("solved")));
    assert_eq!(agent.post("cases/NA-1/close", &json!({ "reason": "again" })).await.expect(409).problem(), "conflict");
    assert!(!keys(&agent.get("cases").await.json()).contains(&"NA-1"));
    assert_eq!(keys(&agent.get("cases?status=closed").await.json()), ["NA-1"]);
    assert_eq!(agent.post("cases/NA-1/reopen", &json!({})).await.expect(200).json()["status"], "open");

    let approver = test.signed_in(Role::Approver).await;
    assert_eq!(approver.post("cases/NA-1/release", &json!({})).await.expect(409).problem(), "conflict");
    let log = test.owner().get("audit").await.json();
    let close = log["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "case.close").unwrap();
    assert_eq!(close["actor"], json!({ "kind": "user", "user": me }));
    test.finish().await;
}

#[tokio::test]
async fn a_reply_that_cannot_leave_says_why() {
    let test = with_cases().await;
    let agent = test.signed_in(Role::Agent).await;
    let text = json!({ "text": "We are looking for it.", "visibility": "public" });
    let check = agent.post("cases/NA-1/reply/check", &text).await.expect(200).json();
    assert_eq!(check["can_send"], false);
    assert!(check["why_not"].is_string(), "{check}");
    let mut reply = text;
    reply["idempotency_key"] = "one".into();
    let refused = agent.post("cases/NA-1/replies", &reply).await.expect(422);
    assert_eq!((refused.problem().as_str(), &refused.json()["errors"][0]["pointer"]), ("invalid", &json!("/text")));
    assert_eq!(agent.get("deliveries").await.expect(200).json(), json!({ "items": [] }));
    let templates = agent.get("templates").await.expect(200).json();
    assert!(!templates["items"].as_array().unwrap().is_empty());
    test.finish().await;
}

#[tokio::test]
async fn figures_count_first_answers() {
    let test = with_cases().await;
    let (connection, now) = (test.silent_connection().await, test.clock.now());
    let asked = post("q1", "kim", now, "Is the lounge open?");
    let mut answer = post("q2", "northwind", now + jiff::SignedDuration::from_hours(1), "It is, until ten.");
    answer.party = Party::Company;
    answer.in_reply_to = Some("q1".into());
    test.clock.advance(jiff::SignedDuration::from_hours(2));
    test.receive(connection, vec![asked, answer]).await;
    let figures = test.owner().get("figures/first-answer?hours=4").await.expect(200).json();
    assert_eq!(figures["hours"], 4);
    let row = &figures["companies"][0];
    assert_eq!(
        (&row["cases"], &row["answered"], &row["answered_within"]),
        (&json!(3), &json!(1), &json!(1)),
        "{figures}"
    );
    let strict = test.owner().get("figures/first-answer?hours=0").await.expect(200).json();
    assert_eq!(strict["companies"][0]["answered_within"], 0);
    test.finish().await;
}
