//! Clocks through the API: what is paused is not late, goes on when they write, and is late when its time is up.

use comity_domain::{ConnectionId, Party, Timestamp, inbound::InboundPost};
use comity_testkit::{Client, TestApp, post};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A Monday, ten o'clock in Berlin.
const MONDAY: &str = "2026-03-02T09:00:00Z";

struct Told {
    test: TestApp,
    connection: ConnectionId,
}

impl Told {
    async fn begin() -> Self {
        let test = TestApp::start().await;
        let connection = test.silent_connection().await;
        let told = Self { test, connection };
        told.at(MONDAY, vec![post("p1", "aylin", at(MONDAY), "@us wrong item, and charged twice #fail")]).await;
        told
    }

    /// Something comes in at this time.
    async fn at(&self, now: &str, posts: Vec<InboundPost>) {
        self.until(now).await;
        self.test.receive(self.connection, posts).await;
    }

    /// Nothing comes in until then.
    async fn until(&self, now: &str) {
        let clock = &self.test.clock;
        clock.advance(at(now).duration_since(comity_app::Clock::now(&**clock)));
        while self.test.app.fire_due_timers().await.unwrap() > 0 {
            self.test.app.decide_all().await.unwrap();
        }
    }

    /// Time goes on for weeks in here, so everybody has to sign in again.
    async fn owner(&self) -> Client {
        self.test.sign_in("olivia@example.org").await
    }

    async fn case(&self) -> Value {
        self.owner().await.get("cases/NA-1").await.expect(200).json()
    }

    async fn repair(&self) -> Value {
        let case = self.case().await;
        let found = case["obligations"].as_array().unwrap().iter().find(|one| one["article"] == "put-right");
        found.cloned().unwrap_or_else(|| panic!("{case}"))
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn in_reply(id: &str, party: Party, time: &str, text: &str) -> InboundPost {
    let author = if party == Party::Company { "northwind" } else { "aylin" };
    InboundPost { party, in_reply_to: Some("p1".into()), ..post(id, author, at(time), text) }
}

#[tokio::test]
async fn a_promise_stands_still_while_we_wait_for_them() {
    let told = Told::begin().await;
    let repair = told.repair().await;
    assert_eq!((&repair["state"], &repair["due_at"]), (&json!("running"), &json!("2026-03-09T16:00:00Z")), "{repair}");

    let asked = "2026-03-02T10:00:00Z";
    told.at(asked, vec![in_reply("a1", Party::Company, asked, "Sorry. Which address should it go to?")]).await;
    let (case, repair) = (told.case().await, told.repair().await);
    assert_eq!(repair["state"], "paused", "{case}");
    assert_eq!(repair["pauses"][0]["from"], asked);
    assert_eq!(
        repair["pauses"][0]["by"], case["posts"][1]["id"],
        "it says which post of ours it waits for an answer to"
    );
    assert_eq!((&case["turn"], &case["next_due"]["article"]), (&json!("consumer"), &json!("stay-engaged")), "{case}");

    // Far past the first due time nothing is late: they have not answered.
    told.until("2026-03-09T16:00:01Z").await;
    assert_eq!(told.repair().await["state"], "paused");
    let written = "2026-03-09T10:00:00Z";
    told.at("2026-03-09T16:30:00Z", vec![in_reply("p2", Party::Consumer, written, "The old one.")]).await;
    let repair = told.repair().await;
    // One working hour had passed of forty that there are; five working days are lost.
    assert_eq!((&repair["state"], &repair["due_at"]), (&json!("running"), &json!("2026-03-16T16:00:00Z")), "{repair}");
    assert_eq!(repair["pauses"][0]["until"], written);
    let path =
        format!("cases/{}/obligations/{}", told.case().await["id"].as_str().unwrap(), repair["id"].as_str().unwrap());
    let why = told.owner().await.get(&path).await.expect(200).json();
    let counted: Vec<Timestamp> =
        ["from", "until"].map(|end| why["counted"][0][end].as_str().unwrap().parse().unwrap()).into();
    assert_eq!((counted[0], counted[1]), (at(MONDAY), at(asked)), "{why}");
    assert_eq!(why["today"], why["due_at"]);

    told.until("2026-03-16T15:59:59Z").await;
    assert_eq!(told.repair().await["state"], "running");
    told.until("2026-03-16T16:00:00Z").await;
    assert_eq!(told.repair().await["state"], "breached");
    assert!(told.case().await["labels"].as_array().unwrap().contains(&json!("late")));
    told.test.finish().await;
}

#[tokio::test]
async fn a_question_that_comes_late_puts_right_what_counted_as_late_and_what_is_late_then_counts() {
    let told = Told::begin().await;
    told.until("2026-03-09T16:00:00Z").await;
    assert_eq!(told.repair().await["state"], "breached");
    // The platform reports late that we had asked, and that they answered.
    let (asked, written) = ("2026-03-09T15:00:00Z", "2026-03-10T08:00:00Z");
    let asked = in_reply("a1", Party::Company, asked, "Which address should it go to?");
    told.at("2026-03-10T09:00:00Z", vec![asked, in_reply("p2", Party::Consumer, written, "The old one.")]).await;
    let repair = told.repair().await;
    assert_eq!((&repair["state"], &repair["due_at"]), (&json!("running"), &json!("2026-03-10T09:00:00Z")), "{repair}");
    let breaches = |case: &Value| case["decisions"].as_u64().unwrap();
    let before = breaches(&told.case().await);
    told.until("2026-03-10T10:00:00Z").await;
    told.test.app.decide_all().await.unwrap();
    let case = told.case().await;
    assert_eq!(told.repair().await["state"], "breached");
    assert!(breaches(&case) > before, "the second breach is decided about like the first: {case}");
    told.test.clock.advance(SignedDuration::from_hours(1));
    told.test.finish().await;
}
