//! Clocks through the API: what is paused is not late, goes on when they write, and is late when its time is up.

use comity_domain::{Party, Timestamp};
use comity_testkit::Thread;
use serde_json::{Value, json};

/// A Monday, ten o'clock in Berlin.
const MONDAY: &str = "2026-03-02T09:00:00Z";

async fn begin() -> Thread {
    let thread = Thread::with("aylin").await;
    thread.until(MONDAY).await;
    thread.they("p1", "@us wrong item, and charged twice #fail").await;
    thread
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[tokio::test]
async fn a_promise_stands_still_while_we_wait_for_them() {
    let thread = begin().await;
    let repair = thread.owed("put-right").await;
    assert_eq!((&repair["state"], &repair["due_at"]), (&json!("running"), &json!("2026-03-09T16:00:00Z")), "{repair}");

    let asked = "2026-03-02T10:00:00Z";
    thread.until(asked).await;
    thread.we("a1", "Sorry. Which address should it go to?").await;
    let (case, repair) = (thread.case().await, thread.owed("put-right").await);
    assert_eq!(repair["state"], "paused", "{case}");
    assert_eq!(repair["pauses"][0]["from"], asked);
    assert_eq!(
        repair["pauses"][0]["by"], case["posts"][1]["id"],
        "it says which post of ours it waits for an answer to"
    );
    assert_eq!((&case["turn"], &case["next_due"]["article"]), (&json!("consumer"), &json!("stay-engaged")), "{case}");

    // Far past the first due time nothing is late: they have not answered.
    thread.until("2026-03-09T16:00:01Z").await;
    assert_eq!(thread.owed("put-right").await["state"], "paused");
    let written = "2026-03-09T10:00:00Z";
    thread.until("2026-03-09T16:30:00Z").await;
    thread.receive(vec![thread.post("p2", Party::Consumer, at(written), "The old one.")]).await;
    let repair = thread.owed("put-right").await;
    // One working hour had passed of forty that there are; five working days are lost.
    assert_eq!((&repair["state"], &repair["due_at"]), (&json!("running"), &json!("2026-03-16T16:00:00Z")), "{repair}");
    assert_eq!(repair["pauses"][0]["until"], written);
    let path =
        format!("cases/{}/obligations/{}", thread.case().await["id"].as_str().unwrap(), repair["id"].as_str().unwrap());
    let why = thread.owner().await.get(&path).await.expect(200).json();
    let counted: Vec<Timestamp> =
        ["from", "until"].map(|end| why["counted"][0][end].as_str().unwrap().parse().unwrap()).into();
    assert_eq!((counted[0], counted[1]), (at(MONDAY), at(asked)), "{why}");
    assert_eq!(why["today"], why["due_at"]);

    thread.until("2026-03-16T15:59:59Z").await;
    assert_eq!(thread.owed("put-right").await["state"], "running");
    thread.until("2026-03-16T16:00:00Z").await;
    assert_eq!(thread.owed("put-right").await["state"], "breached");
    assert!(thread.case().await["labels"].as_array().unwrap().contains(&json!("late")));
    thread.test.finish().await;
}

#[tokio::test]
async fn a_question_that_comes_late_puts_right_what_counted_as_late_and_what_is_late_then_counts() {
    let thread = begin().await;
    thread.until("2026-03-09T16:00:00Z").await;
    assert_eq!(thread.owed("put-right").await["state"], "breached");
    // The platform reports late that we had asked, and that they answered.
    let (asked, written) = ("2026-03-09T15:00:00Z", "2026-03-10T08:00:00Z");
    let asked = thread.post("a1", Party::Company, at(asked), "Which address should it go to?");
    let written = thread.post("p2", Party::Consumer, at(written), "The old one.");
    thread.until("2026-03-10T09:00:00Z").await;
    thread.receive(vec![asked, written]).await;
    let repair = thread.owed("put-right").await;
    assert_eq!((&repair["state"], &repair["due_at"]), (&json!("running"), &json!("2026-03-10T09:00:00Z")), "{repair}");
    let breaches = |case: &Value| case["decisions"].as_u64().unwrap();
    let before = breaches(&thread.case().await);
    thread.until("2026-03-10T10:00:00Z").await;
    let case = thread.case().await;
    assert_eq!(thread.owed("put-right").await["state"], "breached");
    assert!(breaches(&case) > before, "the second breach is decided about like the first: {case}");
    thread.test.finish().await;
}
