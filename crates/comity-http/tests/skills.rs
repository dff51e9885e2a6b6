//! Skills decide who gets a case, a public reply by somebody else waits for approval, and a brief is there while it is valid.

use comity_app::Clock as _;
use comity_domain::Role;
use comity_testkit::{Client, TestApp, post};
use jiff::SignedDuration;
use serde_json::{Value, json};

const LAW: &str = "data-protection";

/// Northwind answers by the starter policy, and a case asks for somebody who knows the law on personal data.
async fn with_a_case(able: &[&str]) -> (TestApp, Client) {
    let test = TestApp::builder().with_webhook().start().await;
    let specialist = test.signed_in_with(Role::Agent, able).await;
    let now = test.clock.now();
    let asked = post("p1", "robin", now, "Under the GDPR: which data about me do you hold?");
    test.receive(test.webhook_connection().await, vec![asked]).await;
    (test, specialist)
}

async fn me(client: &Client) -> Value {
    client.get("session").await.expect(200).json()["user"]["id"].clone()
}

/// The case as somebody has it before them.
async fn looked_at(client: &Client) -> Value {
    json!({ "version": client.get("cases/NA-1").await.expect(200).json()["version"] })
}

async fn answer(client: &Client, text: &str) -> Value {
    let reply = json!({ "text": text, "visibility": "public", "idempotency_key": text });
    client.post("cases/NA-1/replies", &reply).await.expect(202).json()
}

#[tokio::test]
async fn a_case_goes_to_who_knows_the_matter_and_to_nobody_else() {
    let (test, specialist) = with_a_case(&[LAW]).await;
    let other = test.signed_in(Role::Agent).await;
    let case = test.owner().get("cases/NA-1").await.expect(200).json();
    assert_eq!((&case["skills"], &case["assignee"]["id"]), (&json!([LAW]), &me(&specialist).await), "{case}");
    let log = test.owner().get("audit").await.json();
    let given = log["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "case.assign").unwrap();
    assert_eq!((&given["actor"]["kind"], &given["detail"]["skills"]), (&json!("system"), &json!([LAW])), "{given}");

    let refused = other.patch("cases/NA-1", &json!({ "assignee": me(&other).await })).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/assignee", "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("asks for the skill data-protection"), "{refused}");
    other.patch("cases/NA-1", &json!({ "assignee": null })).await.expect(200);
    other.patch("cases/NA-1", &json!({ "assignee": me(&specialist).await })).await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn among_several_the_one_with_the_fewest_cases_gets_the_next() {
    let (test, one) = with_a_case(&[LAW]).await;
    let another = test.signed_in_with(Role::Agent, &[LAW]).await;
    // An auditor answers nobody, whatever they know.
    test.signed_in_with(Role::Auditor, &[LAW]).await;
    let connection = test.webhook_connection().await;
    for (id, expected) in [("p2", &another), ("p3", &one)] {
        let later = post(id, id, test.clock.now(), "Please delete my data, the GDPR says so.");
        test.receive(connection, vec![later]).await;
        let list = expected.get("cases?assignee=me&sort=newest").await.json();
        assert_eq!(list["items"][0]["contact"]["handle"], id, "{list}");
    }
    test.finish().await;
}

#[tokio::test]
async fn whoever_does_not_have_the_skill_any_more_hands_the_case_on() {
    let (test, specialist) = with_a_case(&[LAW]).await;
    let successor = test.signed_in_with(Role::Agent, &[LAW]).await;
    let path = format!("users/{}", me(&specialist).await.as_str().unwrap());
    test.owner().patch(&path, &json!({ "skills": [] })).await.expect(200);
    let more = post("p2", "robin", test.clock.now(), "And since when?");
    let more = comity_domain::inbound::InboundPost { in_reply_to: Some("p1".into()), ..more };
    let connection = test.app.store.connections(test.app.organization).await.unwrap()[0].id;
    test.receive(connection, vec![more]).await;
    let case = test.owner().get("cases/NA-1").await.expect(200).json();
    assert_eq!(case["assignee"]["id"], me(&successor).await, "{case}");
    test.finish().await;
}

#[tokio::test]
async fn where_nobody_knows_the_matter_the_case_is_nobodys_and_says_what_it_asks_for() {
    let (test, agent) = with_a_case(&[]).await;
    let case = agent.get("cases/NA-1").await.expect(200).json();
    assert_eq!((&case["skills"], &case["assignee"]), (&json!([LAW]), &Value::Null), "{case}");
    let refused = agent.patch("cases/NA-1", &json!({ "assignee": me(&agent).await })).await.expect(422).json();
    assert!(refused["detail"].as_str().unwrap().contains("nobody here has it"), "{refused}");
    test.finish().await;
}

#[tokio::test]
async fn a_public_reply_by_somebody_else_waits_until_one_who_knows_agrees() {
    let (mut test, specialist) = with_a_case(&[LAW]).await;
    let (writer, colleague) = (test.signed_in(Role::Agent).await, test.signed_in(Role::Agent).await);
    let text = "We hold your name and what you bought from us.";
    let check = json!({ "text": text, "visibility": "public" });
    let check = writer.post("cases/NA-1/reply/check", &check).await.expect(200).json();
    assert_eq!((&check["can_send"], &check["verdicts"][0]["action"]), (&json!(true), &json!("approve")), "{check}");
    assert!(check["needs_approval"].is_string(), "{check}");

    let waiting = answer(&writer, text).await;
    assert_eq!(waiting["state"], "awaits_approval", "{waiting}");
    let list = specialist.get("cases?awaits_approval=true").await.expect(200).json();
    assert_eq!((&list["counts"]["awaits_approval"], &list["items"][0]["key"]), (&json!(1), &json!("NA-1")), "{list}");
    assert_eq!(specialist.get("cases?awaits_approval=false").await.json()["items"], json!([]));

    let approve = format!("deliveries/{}/approve", waiting["id"].as_str().unwrap());
    for (who, why) in [(&writer, "You wrote this reply"), (&colleague, "with the skill data-protection")] {
        let refused = who.post(&approve, &looked_at(&specialist).await).await.expect(403).json();
        assert!(refused["detail"].as_str().unwrap().contains(why), "{refused}");
    }
    let approved = specialist.post(&approve, &looked_at(&specialist).await).await.expect(200).json();
    assert_eq!((&approved["state"], &approved["approval"]["by"]["id"]), (&json!("pending"), &me(&specialist).await));
    assert_eq!(specialist.post(&approve, &looked_at(&specialist).await).await.expect(409).problem(), "wrong-state");
    assert_eq!(specialist.get("cases").await.json()["counts"]["awaits_approval"], 0);
    // Who knows the matter needs nobody.
    assert_eq!(answer(&specialist, "You will get the whole list by mail.").await["state"], "pending");
    test.leave_work();
    test.finish().await;
}

#[tokio::test]
async fn a_reply_that_is_declined_does_not_leave_and_says_why() {
    let (test, specialist) = with_a_case(&[LAW]).await;
    let writer = test.signed_in(Role::Agent).await;
    let path = |reply: &Value| format!("deliveries/{}/decline", reply["id"].as_str().unwrap());
    let waiting = answer(&writer, "We hold nothing at all.").await;
    let empty = specialist.post(&path(&waiting), &json!({ "reason": " " })).await.expect(422).json();
    assert_eq!(empty["errors"][0]["pointer"], "/reason");
    let reason = json!({ "reason": "That is not true; we keep orders for ten years." });
    let declined = specialist.post(&path(&waiting), &reason).await.expect(200).json();
    assert_eq!((&declined["state"], &declined["approval"]["declined"]), (&json!("cancelled"), &reason["reason"]));
    // Who wrote it may take it back before anybody has decided.
    let waiting = answer(&writer, "We hold your orders.").await;
    let own = json!({ "reason": "I will write it better." });
    assert_eq!(writer.post(&path(&waiting), &own).await.expect(200).json()["state"], "cancelled");
    let log = test.owner().get("audit").await.json();
    let actions = log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "delivery.decline");
    assert_eq!(actions.count(), 2);
    test.finish().await;
}

#[tokio::test]
async fn what_came_after_somebody_looked_is_looked_at_before_a_reply_leaves() {
    let (mut test, specialist) = with_a_case(&[LAW]).await;
    let writer = test.signed_in(Role::Agent).await;
    let waiting = answer(&writer, "We hold your orders.").await;
    let approve = format!("deliveries/{}/approve", waiting["id"].as_str().unwrap());
    let old = looked_at(&specialist).await;
    let more = post("p2", "robin", test.clock.now(), "I meant my photographs, not my orders.");
    let more = comity_domain::inbound::InboundPost { in_reply_to: Some("p1".into()), ..more };
    let connection = test.app.store.connections(test.app.organization).await.unwrap()[0].id;
    test.receive(connection, vec![more]).await;
    let refused = specialist.post(&approve, &old).await.expect(409).json();
    assert!(refused["detail"].as_str().unwrap().to_lowercase().contains("has changed since you looked"), "{refused}");
    assert_eq!(specialist.get("cases?awaits_approval=true").await.json()["counts"]["awaits_approval"], 1);
    specialist.post(&approve, &looked_at(&specialist).await).await.expect(200);
    test.leave_work();
    test.finish().await;
}

#[tokio::test]
async fn an_owner_who_knows_the_matter_keeps_the_case_they_took() {
    let (test, _specialist) = with_a_case(&[LAW]).await;
    let owner = test.owner();
    let id = me(&owner).await;
    owner.patch(&format!("users/{}", id.as_str().unwrap()), &json!({ "skills": [LAW] })).await.expect(200);
    owner.patch("cases/NA-1", &json!({ "assignee": id })).await.expect(200);
    let more = post("p2", "robin", test.clock.now(), "And since when?");
    let more = comity_domain::inbound::InboundPost { in_reply_to: Some("p1".into()), ..more };
    let connection = test.app.store.connections(test.app.organization).await.unwrap()[0].id;
    test.receive(connection, vec![more]).await;
    assert_eq!(owner.get("cases/NA-1").await.expect(200).json()["assignee"]["id"], id);
    test.finish().await;
}

#[tokio::test]
async fn a_reply_that_waits_in_a_closed_case_is_not_counted_as_waiting() {
    let (test, specialist) = with_a_case(&[LAW]).await;
    let writer = test.signed_in(Role::Agent).await;
    answer(&writer, "We hold your orders.").await;
    writer.post("cases/NA-1/close", &json!({ "reason": "withdrawn" })).await.expect(200);
    let list = specialist.get("cases?awaits_approval=true").await.expect(200).json();
    assert_eq!((&list["counts"]["awaits_approval"], &list["items"]), (&json!(0), &json!([])), "{list}");
    test.finish().await;
}

#[tokio::test]
async fn a_held_case_and_a_guard_that_stops_are_not_overruled_by_an_approval() {
    let (test, specialist) = with_a_case(&[LAW]).await;
    let writer = test.signed_in(Role::Agent).await;
    let waiting = answer(&writer, "We hold your orders.").await;
    let threat = post("p2", "robin", test.clock.now(), "Answer me or I know where you live.");
    let threat = comity_domain::inbound::InboundPost { in_reply_to: Some("p1".into()), ..threat };
    let connection = test.app.store.connections(test.app.organization).await.unwrap()[0].id;
    test.receive(connection, vec![threat]).await;
    let approve = format!("deliveries/{}/approve", waiting["id"].as_str().unwrap());
    let refused = specialist.post(&approve, &looked_at(&specialist).await).await.expect(409);
    assert_eq!(refused.problem(), "replies-held");
    test.finish().await;
}

#[tokio::test]
async fn people_are_given_the_skills_that_the_policy_names() {
    let test = TestApp::start().await;
    let new = json!({
        "name": "Sol", "email": "sol@example.org", "roles": ["agent"], "skills": [LAW], "password": "correct horse battery",
    });
    let sol = test.owner().post("users", &new).await.expect(201).json();
    assert_eq!(sol["skills"], json!([LAW]));
    let path = format!("users/{}", sol["id"].as_str().unwrap());
    let refused = test.owner().patch(&path, &json!({ "skills": ["data-protecton"] })).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/skills");
    assert!(refused["detail"].as_str().unwrap().contains("it names data-protection"), "{refused}");
    assert_eq!(
        test.owner().patch(&path, &json!({ "name": "Sol B." })).await.expect(200).json()["skills"],
        json!([LAW])
    );
    assert_eq!(test.owner().patch(&path, &json!({ "skills": [] })).await.expect(200).json()["skills"], json!([]));
    test.finish().await;
}

#[tokio::test]
async fn a_brief_is_in_the_case_while_it_is_valid() {
    let test = TestApp::start().await;
    let agent = test.signed_in(Role::Agent).await;
    let july = "2026-07-06T10:00:00Z".parse::<comity_domain::Timestamp>().unwrap();
    test.clock.advance(july.duration_since(test.clock.now()));
    let asked = post("p1", "lou", july, "Does the summer sale hold for the blue one too?");
    test.receive(test.silent_connection().await, vec![asked]).await;
    // Whoever was signed in in November is not any more.
    drop(agent);
    let agent = test.signed_in(Role::Agent).await;
    let brief = agent.get("cases/NA-1").await.expect(200).json()["briefs"][0].clone();
    assert_eq!((&brief["name"], &brief["until"]), (&json!("summer-sale"), &json!("2026-08-31")));
    assert!(brief["text"].as_str().unwrap().contains("a quarter off"), "{brief}");
    test.clock.advance(SignedDuration::from_hours(24 * 60));
    let agent = test.signed_in(Role::Agent).await;
    assert_eq!(agent.get("cases/NA-1").await.expect(200).json()["briefs"], json!([]));
    test.finish().await;
}
