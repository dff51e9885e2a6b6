//! The situations that the starter policy is made for, as they go through the whole server: posts come in, time passes, and what
//! people see through the API is what was promised. S16 is in `charter.rs`, S17 in `skills.rs`, S2 in `escalations.rs`.

use comity_domain::{Role, inbound::InboundEvent};
use comity_testkit::{TestApp, Thread};
use serde_json::{Value, json};

/// A Monday, ten o'clock in Berlin.
const MONDAY: &str = "2026-03-02T09:00:00Z";

async fn monday(who: &'static str) -> Thread {
    let thread = Thread::with(who).await;
    thread.until(MONDAY).await;
    thread
}

async fn monday_and_can_send(who: &'static str) -> Thread {
    let thread = Thread::that_sends(TestApp::builder(), who).await;
    thread.until(MONDAY).await;
    thread
}

fn words(case: &Value, list: &str) -> Vec<String> {
    case[list].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn has_label(case: &Value, label: &str) -> bool {
    words(case, "labels").iter().any(|one| one == label)
}

fn stopped_by(verdicts: &[(String, String)]) -> Vec<&str> {
    verdicts.iter().filter(|(_, action)| action == "stop").map(|(guard, _)| guard.as_str()).collect()
}

fn flows(case: &Value) -> Vec<&str> {
    case["escalations"].as_array().into_iter().flatten().filter_map(|one| one["flow"].as_str()).collect()
}

#[tokio::test]
async fn s1_rant_and_run_rests_with_a_last_word_and_opens_again() {
    let thread = monday("mara").await;
    thread.they("p1", "@us You people are the worst. Three weeks and nothing works!").await;
    thread.after_minutes(60).await;
    thread.we("a1", "I am sorry to hear that. What exactly does not work?").await;
    assert_eq!(thread.owed("answer").await["state"], "met");
    thread.after_days(3).await;
    thread.we("a2", "Did you see my question? I would like to help.").await;
    // Asking again does not give them longer.
    assert_eq!(thread.owed("stay-engaged").await["due_at"], "2026-03-09T10:00:00Z");
    thread.until("2026-03-09T09:59:59Z").await;
    assert_eq!(thread.case().await["status"], "open");
    thread.until("2026-03-09T10:00:00Z").await;
    let case = thread.case().await;
    assert_eq!((&case["status"], &case["closed_reason"]), (&json!("closed"), &json!("abandoned")), "{case}");
    assert_eq!(case["draft"]["template"], "last-word");
    assert!(case["draft"]["text"].as_str().unwrap().contains("care@example.org"), "a contact is left open: {case}");
    assert_eq!(thread.owed("stay-engaged").await["state"], "breached");
    thread.after_days(20).await;
    thread.they("p2", "Sorry, I was ill. It is the login that does not work.").await;
    let case = thread.case().await;
    assert_eq!(
        (&case["status"], thread.owed("answer").await["state"].clone()),
        (&json!("open"), json!("running")),
        "{case}"
    );
    thread.test.finish().await;
}

#[tokio::test]
async fn s2_a_grave_accusation_leaves_nothing_until_counsel_releases_it() {
    let thread = monday_and_can_send("vera").await;
    thread.they("p1", "@us you stole this from a small inventor. My lawyer will contact you.").await;
    let case = thread.case().await;
    assert_eq!((&case["held_for"], flows(&case)), (&json!("legal"), vec!["counsel"]), "{case}");
    // The post is kept as it came.
    assert_eq!(case["posts"][0]["text"], "@us you stole this from a small inventor. My lawyer will contact you.");
    let agent = thread.test.signed_in(Role::Agent).await;
    let reply = json!({ "text": "We look into it.", "visibility": "public", "idempotency_key": "k" });
    agent.post("cases/NA-1/replies", &reply).await.expect(409);
    agent.post("cases/NA-1/release", &json!({})).await.expect(403);
    let counsel = thread.test.signed_in(Role::Approver).await;
    counsel.post("cases/NA-1/release", &json!({})).await.expect(200);
    agent.post("cases/NA-1/replies", &reply).await.expect(202);
    assert_eq!(thread.case().await["deliveries"][0]["state"], "pending");
    // Nothing sends in here.
    let mut test = thread.test;
    test.leave_work();
    test.finish().await;
}

#[tokio::test]
async fn s3_our_mistake_is_put_right_and_they_are_asked_once() {
    let thread = monday("aylin").await;
    thread.they("p1", "@us wrong item again and I was charged twice #fail").await;
    let case = thread.case().await;
    assert_eq!((&case["priority"], &case["draft"]["template"]), (&json!("high"), &json!("apology")), "{case}");
    assert_eq!(thread.owed("put-right").await["due_at"], "2026-03-09T16:00:00Z");
    thread.after_minutes(60).await;
    thread.we("a1", "I am sorry, this should not have happened. The right one is on its way.").await;
    thread.after_days(2).await;
    thread.they("p2", "It came today, so that is solved.").await;
    let case = thread.case().await;
    assert_eq!(
        (thread.owed("put-right").await["state"].clone(), &case["draft"]["template"]),
        (json!("met"), &json!("ask-for-update")),
        "{case}"
    );
    thread.we("a2", "I am glad. Would you update what you wrote?").await;
    thread.after_days(1).await;
    thread.they("p3", "Yes, solved, as I said.").await;
    let decisions = thread.owner().await.get("cases/NA-1/decisions").await.expect(200).json();
    let asked = decisions["items"].as_array().unwrap().iter().flat_map(|one| one["effects"].as_array().unwrap());
    let asked = asked
        .filter(|effect| effect.to_string().contains("ask-for-update") && effect.to_string().contains("draft_reply"));
    assert_eq!(asked.count(), 1, "they are asked once: {decisions}");
    thread.test.finish().await;
}

#[tokio::test]
async fn s4_doubt_stays_inside() {
    let thread = monday_and_can_send("rival").await;
    thread.they("p1", "@us is a rip-off, everyone should leave").await;
    assert_eq!(thread.owed("answer").await["state"], "running", "they are owed an answer like anyone");
    let verdicts = thread.guards("Are you really a customer of ours?").await;
    assert_eq!(stopped_by(&verdicts), ["no-doubt"], "{verdicts:?}");
    assert!(stopped_by(&thread.guards("I am sorry that you see it that way. What went wrong?").await).is_empty());
    thread.test.finish().await;
}

#[tokio::test]
async fn s5_matters_of_employment_are_not_discussed() {
    let thread = monday_and_can_send("anon").await;
    thread.they("p1", "@us I used to work for them and they fired me for being ill").await;
    let case = thread.case().await;
    assert_eq!(
        (&case["held_for"], &case["team"], flows(&case)),
        (&json!("people"), &json!("people"), vec!["people"]),
        "{case}"
    );
    assert_eq!(stopped_by(&thread.guards("You were dismissed for good reason.").await), ["no-employment-facts"]);
    thread.test.finish().await;
}

#[tokio::test]
async fn s6_account_facts_are_not_sent_in_public() {
    let thread = monday_and_can_send("lea").await;
    thread.they("p1", "@us where is my order?").await;
    for told in ["Your order number 4711-20 was paid with 4111 1111 1111 1111.", "We refunded €120 to lea@example.com."]
    {
        assert_eq!(stopped_by(&thread.guards(told).await), ["no-account-facts"], "{told}");
        let reply = json!({ "text": told, "visibility": "public", "idempotency_key": told });
        let refused = thread.owner().await.post("cases/NA-1/replies", &reply).await.expect(422);
        assert_eq!(refused.problem(), "guard-stopped", "also past the check");
    }
    assert!(stopped_by(&thread.guards("Please write to care@example.org and we will look into it.").await).is_empty());
    thread.test.finish().await;
}

#[tokio::test]
async fn s7_kindness_twice_then_one_last_word_then_silence() {
    let thread = monday("rolf").await;
    thread.they("p1", "@us you idiots").await;
    assert_eq!(thread.case().await["draft"]["template"], "kindness");
    thread.after_minutes(30).await;
    thread.we("a1", "I can see how much this has upset you. What would put it right for you?").await;
    thread.after_minutes(10).await;
    thread.they("p2", "pathetic liars").await;
    thread.after_minutes(30).await;
    thread.we("a2", "I would really like to help.").await;
    thread.after_minutes(10).await;
    thread.they("p3", "incompetent clowns, all of you").await;
    assert_eq!(thread.case().await["draft"]["template"], "final-word");
    thread.after_minutes(30).await;
    thread.we("a3", "We would still like to help. care@example.org reaches us at any time.").await;
    thread.after_days(1).await;
    thread.they("p4", "idiots").await;
    assert_eq!(thread.owed("answer").await["state"], "waived", "silence is kept, and logged as a decision");
    thread.after_days(1).await;
    thread.they("p5", "All right. My login still fails, can you help after all?").await;
    assert_eq!(thread.owed("answer").await["state"], "running");
    thread.test.finish().await;
}

#[tokio::test]
async fn s8_a_threat_goes_to_safety_at_once() {
    let thread = monday("x").await;
    let safety = thread.test.signed_in_as(Role::Approver, &["safety"], &[]).await;
    thread.they("p1", "@us I know where you live. Watch your back.").await;
    let case = thread.case().await;
    assert_eq!(
        (&case["priority"], &case["held_for"], flows(&case)),
        (&json!("urgent"), &json!("safety"), vec!["safety"]),
        "{case}"
    );
    let waiting = safety.get("escalations?mine=true&state=waiting").await.expect(200).json();
    assert_eq!(waiting["waiting_for_me"], 1, "{waiting}");
    thread.test.finish().await;
}

#[tokio::test]
async fn s9_who_has_asked_often_is_answered_in_time_and_offered_nothing_unapproved() {
    let thread = Thread::that_sends(TestApp::builder(), "gus").await;
    for earlier in ["o1", "o2", "o3", "o4"] {
        thread.after_days(7).await;
        let post = comity_testkit::post(earlier, "gus", thread.now(), "The lid was loose, where is my refund?");
        thread.receive(vec![post]).await;
    }
    thread.until(MONDAY).await;
    let post = comity_testkit::post("now", "gus", thread.now(), "@us the lid was loose, so I expect a voucher.");
    thread.receive(vec![post]).await;
    let list = thread.owner().await.get("cases?sort=newest&limit=1").await.expect(200).json();
    let key = list["items"][0]["key"].as_str().unwrap().to_owned();
    let case = thread.owner().await.get(&format!("cases/{key}")).await.expect(200).json();
    assert!(has_label(&case, "compensation-needs-approval"), "{case}");
    let answer = case["obligations"].as_array().unwrap().iter().find(|one| one["article"] == "answer").unwrap();
    assert_eq!((&answer["state"], &answer["due_at"]), (&json!("running"), &json!("2026-03-02T13:00:00Z")));
    assert_eq!(case["questions"].as_array().unwrap().len(), 1);
    let reply = json!({ "text": "I am sorry about the lid. We send you a voucher today.", "visibility": "public" });
    let check = thread.owner().await.post(&format!("cases/{key}/reply/check"), &reply).await.expect(200).json();
    assert_eq!(check["verdicts"][0]["guard"], "compensation-approved", "{check}");
    thread.test.finish().await;
}

#[tokio::test]
async fn s15_they_are_led_to_another_channel_and_what_we_owe_runs_on() {
    let thread = monday("vera").await;
    thread.they("p1", "@us you sent the wrong item, and I want to talk to a person about it").await;
    let case = thread.case().await;
    assert!(has_label(&case, "other-channel") && case["draft"]["template"] == "other-channel", "{case}");
    thread.after_minutes(60).await;
    thread.we("a1", "Gladly. Write to care@example.org how you would like to be reached.").await;
    assert_eq!(thread.owed("put-right").await["state"], "running");
    thread.until("2026-03-09T16:00:00Z").await;
    assert_eq!(thread.owed("put-right").await["state"], "breached");
    thread.test.finish().await;
}

#[tokio::test]
async fn s26_what_is_taken_back_is_gone_everywhere() {
    let thread = monday("sam").await;
    thread.they("p1", "@us this is fraud, says Sam").await;
    thread.after_minutes(60).await;
    thread.happens(InboundEvent::PostDeleted { external_id: "p1".into(), at: thread.now() }).await;
    let case = thread.case().await;
    assert!(has_label(&case, "withdrawn"), "{case}");
    let post = &case["posts"][0];
    assert_eq!((&post["text"], post["deleted_at"].is_string()), (&json!(""), true), "a tombstone: {post}");
    let owner = thread.owner().await;
    for path in ["cases/NA-1", "cases/NA-1/decisions", "cases", "audit", "cases?q=fraud"] {
        let answer = owner.get(path).await.expect(200);
        assert!(!answer.text.contains("says Sam"), "{path}: {}", answer.text);
    }
    thread.test.finish().await;
}

#[tokio::test]
async fn s28_we_were_late_and_somebody_who_was_not_involved_answers() {
    let thread = monday("jana").await;
    thread.they("p1", "@us you forgot my parcel").await;
    thread.until("2026-03-02T13:00:00Z").await;
    assert_eq!(thread.owed("answer").await["state"], "breached");
    thread.after_minutes(10).await;
    thread.they("p2", "You broke your promise to answer. I want someone else to look at this.").await;
    let case = thread.case().await;
    assert_eq!(case["team"], "second-look", "{case}");
    let second = thread.owed("second-look").await;
    assert_eq!((&second["state"], &second["due_at"]), (&json!("running"), &json!("2026-03-09T16:00:00Z")));
    thread.until("2026-03-04T09:00:00Z").await;
    thread.we("a1", "I was not involved so far and have looked at all of it. You are right: we were late.").await;
    assert_eq!(thread.owed("second-look").await["state"], "met");
    // The breach stays in the ledger, and in the figures.
    let answer = thread.owed("answer").await;
    assert_eq!((&answer["state"], answer["settled_at"].is_string()), (&json!("breached"), true), "{answer}");
    thread.test.finish().await;
}

#[tokio::test]
async fn s29_a_disagreement_stays_visible_until_both_say_solved() {
    let thread = monday("hanna").await;
    thread.they("p1", "@us wrong item #fail").await;
    thread.after_days(1).await;
    thread.we("a1", "The right one was handed over today, so this is solved.").await;
    let case = thread.case().await;
    assert!(has_label(&case, "we-say-solved") && !has_label(&case, "solved"), "{case}");
    thread.after_minutes(60).await;
    thread.they("p2", "No, it is not solved, the box was empty.").await;
    let case = thread.case().await;
    assert!(has_label(&case, "disagreement") && case["status"] == "open", "{case}");
    assert_eq!(thread.owed("put-right").await["state"], "running");
    thread.after_days(1).await;
    thread.they("p3", "Now it came, all sorted.").await;
    let case = thread.case().await;
    assert!(has_label(&case, "both-say-solved") && has_label(&case, "disagreement"), "{case}");
    assert_eq!(thread.owed("put-right").await["state"], "met");
    thread.test.finish().await;
}

/// S24: how cases ended, counted by hand.
#[tokio::test]
async fn s24_outcomes_are_counted_by_reason_and_version() {
    let thread = monday("p0").await;
    let owner = thread.owner().await;
    let of = |days: u32| {
        let owner = owner.clone();
        async move { owner.get(&format!("figures/outcomes?days={days}")).await.expect(200).json() }
    };
    assert_eq!(of(28).await["closed"], 0);
    // Ten cases, opened together and closed after one to ten hours; every third as a duplicate; the last two open again.
    for number in 0..10 {
        let post = comity_testkit::post(&format!("q{number}"), &format!("p{number}"), thread.now(), "Where is it?");
        thread.receive(vec![post]).await;
    }
    for number in 1..=10 {
        thread.after_minutes(60).await;
        let reason = if number % 3 == 0 { "duplicate" } else { "resolved" };
        owner.post(&format!("cases/NA-{number}/close"), &json!({ "reason": reason })).await.expect(200);
    }
    for number in [9, 10] {
        owner.post(&format!("cases/NA-{number}/reopen"), &json!({})).await.expect(200);
    }
    let outcomes = of(28).await;
    assert_eq!((&outcomes["closed"], &outcomes["reopened"]), (&json!(10), &json!(2)), "{outcomes}");
    let row = |reason, closed, reopened| json!({ "policy_version": 1, "reason": reason, "closed": closed, "reopened": reopened });
    assert_eq!(outcomes["outcomes"], json!([row("resolved", 7, 1), row("duplicate", 3, 1)]));
    // Of the eight that stayed closed, which took one to eight hours: the fourth, the eighth and the eighth.
    let hours = |hours: i64| json!(hours * 3_600);
    assert_eq!([&outcomes["p50"], &outcomes["p90"], &outcomes["p99"]], [&hours(4), &hours(8), &hours(8)]);
    // Closed again, it counts again.
    thread.after_minutes(60).await;
    owner.post("cases/NA-10/close", &json!({ "reason": "resolved" })).await.expect(200);
    let again = of(28).await;
    assert_eq!((&again["closed"], &again["reopened"]), (&json!(11), &json!(2)), "{again}");
    assert_eq!(again["p99"], hours(11));
    let refused = owner.get("figures/outcomes?days=0").await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/days");
    thread.test.finish().await;
}
