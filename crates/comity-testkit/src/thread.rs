//! One thread on a platform, told post by post, with time that passes in between.

use crate::{Client, TestApp, TestAppBuilder, post};
use comity_app::Clock as _;
use comity_domain::{ConnectionId, Party, Timestamp, inbound::InboundEvent, inbound::InboundPost};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The first post's id; the others answer it.
const FIRST: &str = "p1";

/// A conversation with one person, which is the case `NA-1`.
pub struct Thread {
    pub test: TestApp,
    pub connection: ConnectionId,
    who: &'static str,
}

impl Thread {
    /// With `who`, on a connection that cannot send.
    pub async fn with(who: &'static str) -> Self {
        let test = TestApp::start().await;
        let connection = test.silent_connection().await;
        Self { test, connection, who }
    }

    /// With `who`, on a connection that could send.
    pub async fn that_sends(builder: TestAppBuilder, who: &'static str) -> Self {
        let test = builder.with_webhook().start().await;
        let connection = test.webhook_connection().await;
        Self { test, connection, who }
    }

    /// They write, now.
    pub async fn they(&self, id: &str, text: &str) {
        self.receive(vec![self.post(id, Party::Consumer, self.now(), text)]).await;
    }

    /// We write, now.
    pub async fn we(&self, id: &str, text: &str) {
        self.receive(vec![self.post(id, Party::Company, self.now(), text)]).await;
    }

    /// A post of this thread, written at any time.
    pub fn post(&self, id: &str, party: Party, at: Timestamp, text: &str) -> InboundPost {
        let author = if party == Party::Company { "northwind" } else { self.who };
        let in_reply_to = (id != FIRST).then(|| FIRST.to_owned());
        InboundPost { party, in_reply_to, ..post(id, author, at, text) }
    }

    pub async fn receive(&self, posts: Vec<InboundPost>) {
        self.test.receive(self.connection, posts).await;
        self.settle().await;
    }

    pub async fn happens(&self, event: InboundEvent) {
        self.test.receive_events(self.connection, vec![event]).await;
        self.settle().await;
    }

    /// Nothing comes in until then.
    pub async fn until(&self, time: &str) {
        let at: Timestamp = time.parse().expect("a time");
        self.test.clock.advance(at.duration_since(self.now()));
        self.settle().await;
    }

    pub async fn after_minutes(&self, minutes: i64) {
        self.test.clock.advance(SignedDuration::from_mins(minutes));
        self.settle().await;
    }

    pub async fn after_days(&self, days: i64) {
        self.after_minutes(days * 24 * 60).await;
    }

    /// Takes what is due, and decides about it.
    async fn settle(&self) {
        while self.test.app.take_what_is_due().await.expect("timers fire") > 0 {
            self.test.app.decide_all().await.expect("breaches are decided about");
        }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.test.clock.now()
    }

    /// Sessions end while time passes, so the owner signs in anew.
    pub async fn owner(&self) -> Client {
        self.test.sign_in("olivia@example.org").await
    }

    pub async fn case(&self) -> Value {
        self.owner().await.get("cases/NA-1").await.expect(200).json()
    }

    /// The newest obligation of an article.
    pub async fn owed(&self, article: &str) -> Value {
        let case = self.case().await;
        let of = case["obligations"].as_array().into_iter().flatten().filter(|one| one["article"] == article);
        let newest = of.max_by_key(|one| one["started_at"].as_str().map(str::to_owned)).cloned();
        newest.unwrap_or_else(|| panic!("no {article} in {case}"))
    }

    /// What the guards say of a public reply: guard to `warn`, `approve` or `stop`.
    pub async fn guards(&self, text: &str) -> Vec<(String, String)> {
        let reply = json!({ "text": text, "visibility": "public" });
        let check = self.owner().await.post("cases/NA-1/reply/check", &reply).await.expect(200).json();
        let verdict = |one: &Value| {
            (
                one["guard"].as_str().unwrap_or_default().to_owned(),
                one["action"].as_str().unwrap_or_default().to_owned(),
            )
        };
        check["verdicts"].as_array().into_iter().flatten().map(verdict).collect()
    }
}
