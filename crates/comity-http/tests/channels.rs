//! Channels that flows tell, through the API: where they are, what they get and what happens when they get nothing.

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post as posts};
use comity_domain::Role;
use comity_testkit::{TestApp, Thread, post};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

const RISK: &str = r#"
flow "risk" because "Somebody is in danger" steps {
    notify(channel("duty-room"));
    unless_acknowledged(minutes(15));
    notify(team("legal"));
}
rule "risk" because "A danger is looked at now" when event.is_consumer_post then { escalate("risk"); }
"#;

/// The platform that messages go to.
#[derive(Clone, Default)]
struct Platform {
    taken: Arc<Mutex<Vec<Value>>>,
    /// How many requests it still fails.
    fails: Arc<Mutex<usize>>,
    /// Whether it refuses what it gets.
    refuses: Arc<Mutex<bool>>,
}

async fn take(State(platform): State<Platform>, body: Bytes) -> StatusCode {
    if *platform.refuses.lock().unwrap() {
        return StatusCode::FORBIDDEN;
    }
    let mut fails = platform.fails.lock().unwrap();
    if *fails > 0 {
        *fails -= 1;
        return StatusCode::TOO_MANY_REQUESTS;
    }
    platform.taken.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    StatusCode::OK
}

struct Room {
    thread: Thread,
    platform: Platform,
    connection: String,
}

impl Deref for Room {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.thread.test
    }
}

impl Room {
    /// Decides by the starter with a flow that tells a channel, which is bound to a connection to a platform.
    async fn open() -> Self {
        let thread = Thread::that_sends(TestApp::builder(), "vera").await;
        let platform = Platform::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/messages", posts(take)).with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let owner = thread.owner().await;
        let draft = owner.get("policy/draft").await.expect(200).json();
        let files = draft["files"].as_object().unwrap().iter().filter(|(path, _)| !path.starts_with("tests/"));
        let files = files.map(|(path, text)| {
            let text = text.as_str().unwrap().to_owned();
            let channels = "\n[channels]\nduty-room = \"Whoever is on duty reads it\"\n";
            (path.as_str(), if path == "settings.toml" { text + channels } else { text })
        });
        thread.test.decide_by(files.chain([("risk.rhai", RISK.to_owned())])).await;
        let config = json!({ "allow_unsigned": true, "reply_url": format!("http://{address}/messages") });
        let new =
            json!({ "connector": "webhook", "name": "Chat", "config": config, "private_networks": ["127.0.0.0/8"] });
        let made = owner.post("connections", &new).await.expect(201).json();
        let connection = made["id"].as_str().unwrap().to_owned();
        Self { thread, platform, connection }
    }

    async fn bind(&self) {
        let to = json!({ "connection": self.connection, "address": "#duty" });
        self.thread.owner().await.put("channels/duty-room", &to).await.expect(204);
    }

    async fn tell(&self) -> usize {
        self.app.tell_channels().await.unwrap()
    }

    async fn later(&self, seconds: i64) -> usize {
        self.clock.advance(SignedDuration::from_secs(seconds));
        self.tell().await
    }

    fn texts(&self) -> Vec<String> {
        let taken = self.platform.taken.lock().unwrap();
        taken.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    async fn told(&self) -> Vec<(String, Value)> {
        let list = self.thread.owner().await.get("escalations").await.expect(200).json();
        let run = list["items"].as_array().unwrap().iter().find(|run| run["flow"] == "risk").unwrap().clone();
        let one = |told: &Value| (told["target"]["kind"].as_str().unwrap().to_owned(), told["missed"].clone());
        run["told"].as_array().unwrap().iter().map(one).collect()
    }

    async fn actions(&self, action: &str) -> Vec<Value> {
        let log = self.thread.owner().await.get("audit").await.expect(200).json();
        let entries = log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == action);
        entries.map(|entry| entry["detail"].clone()).collect()
    }

    async fn finish(mut self) {
        self.thread.test.leave_work();
        self.thread.test.finish().await;
    }
}

fn kinds(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[tokio::test]
async fn a_channel_is_told_once_its_connection_works_again_and_the_flow_goes_on() {
    let room = Room::open().await;
    room.bind().await;
    *room.platform.fails.lock().unwrap() = 2;
    room.thread.they("p1", "@us my secret is 4711, where is my bag?").await;
    assert_eq!(room.told().await, [("channel".to_owned(), Value::Null)]);
    assert_eq!((room.tell().await, room.later(5).await, room.later(6).await), (1, 0, 1));
    assert_eq!(room.texts(), Vec::<String>::new());
    assert_eq!(room.later(20).await, 1);
    let [text] = room.texts().try_into().unwrap();
    assert!(text.contains("NA-1: Somebody is in danger") && text.contains("/cases/NA-1"), "{text}");
    assert!(!text.contains("4711") && !text.contains("take-up"), "{text}");
    let message = room.platform.taken.lock().unwrap()[0].clone();
    assert_eq!((&message["type"], &message["conversation"]), (&json!("message"), &json!("#duty")), "{message}");
    room.thread.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    room.thread.after_minutes(15).await;
    assert_eq!(kinds(&room.told().await), ["channel", "team"]);
    assert_eq!(room.later(600).await, 0, "it is told once");
    room.finish().await;
}

#[tokio::test]
async fn one_that_is_not_bound_or_refuses_stalls_nothing() {
    let room = Room::open().await;
    room.thread.they("p1", "@us where is my bag?").await;
    let told = room.told().await;
    assert_eq!(told[0], ("channel".to_owned(), json!("unbound")));
    assert_eq!(kinds(&told), ["channel", "team", "owners"]);
    assert!(room.actions("flow.tell").await.iter().any(|detail| detail["missed"] == "unbound"));
    room.finish().await;

    let room = Room::open().await;
    room.bind().await;
    *room.platform.refuses.lock().unwrap() = true;
    room.thread.they("p1", "@us where is my bag?").await;
    assert_eq!(kinds(&room.told().await), ["channel"]);
    for _ in 0..10 {
        room.later(700).await;
    }
    room.thread.after_minutes(0).await;
    assert_eq!(kinds(&room.told().await), ["channel", "team", "owners"]);
    let [failed] = room.actions("flow.channel_failed").await.try_into().unwrap();
    assert_eq!((&failed["channel"], failed["why"].is_string()), (&json!("duty-room"), true), "{failed}");
    room.finish().await;
}

#[tokio::test]
async fn many_cases_are_few_messages_and_what_is_taken_up_is_left_out() {
    let room = Room::open().await;
    room.bind().await;
    room.thread.they("p1", "@us where is my bag?").await;
    assert_eq!(room.tell().await, 1);
    for number in 2..40 {
        let others = vec![post(&format!("q{number}"), &format!("author{number}"), room.thread.now(), "@us hello?")];
        room.thread.receive(others).await;
    }
    let owner = room.thread.owner().await;
    let list = owner.get("escalations?limit=200").await.expect(200).json();
    let run = list["items"].as_array().unwrap().iter().find(|run| run["case_key"] == "NA-2").unwrap();
    owner.post(&format!("escalations/{}/acknowledge", run["id"].as_str().unwrap()), &json!({})).await.expect(200);
    assert_eq!(room.later(30).await, 0);
    assert_eq!((room.later(31).await, room.tell().await), (1, 0));
    let texts = room.texts();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(!texts[1].contains("NA-2:"), "{}", texts[1]);
    assert_eq!(texts[1].matches("Somebody is in danger").count(), 20, "{}", texts[1]);
    assert!(texts[1].contains("And 17 more"), "{}", texts[1]);
    room.finish().await;
}

#[tokio::test]
async fn what_a_channel_is_told_opens_no_case_when_it_comes_back() {
    let room = Room::open().await;
    room.bind().await;
    let owner = room.thread.owner().await;
    let tried = owner.post("channels/duty-room/test", &json!({})).await.expect(200).json();
    assert_eq!(tried, json!({ "ok": true, "error": null }));
    room.thread.they("p1", "@us where is my bag?").await;
    room.tell().await;
    let connection = comity_domain::ConnectionId(room.connection.parse().unwrap());
    let back = room.texts().into_iter().enumerate();
    let mut back: Vec<_> =
        back.map(|(at, text)| post(&format!("m{at}"), "us", room.thread.now(), &text.replace('\n', " \n"))).collect();
    assert_eq!(back.len(), 2);
    room.thread.test.receive(connection, std::mem::take(&mut back)).await;
    let cases = |list: Value| list["items"].as_array().unwrap().len();
    assert_eq!(cases(owner.get("cases").await.expect(200).json()), 1);
    let other = post("m9", "vera", room.thread.now(), "See http://127.0.0.1:8080/cases/NA-1, it is ours.");
    room.thread.test.receive(connection, vec![other]).await;
    assert_eq!(cases(owner.get("cases").await.expect(200).json()), 2, "somebody who names a link is heard");
    room.finish().await;
}

#[tokio::test]
async fn a_worker_that_dies_sends_nothing_twice() {
    let room = Room::open().await;
    room.bind().await;
    room.thread.they("p1", "@us where is my bag?").await;
    let (store, organization) = (&room.app.store, room.app.organization);
    store.compose_channel_messages(organization, room.thread.now(), room.thread.now()).await.unwrap();
    let until = room.thread.now().saturating_add(SignedDuration::from_secs(120)).unwrap();
    let [message] =
        store.take_channel_messages(organization, room.thread.now(), until, 10).await.unwrap().try_into().unwrap();
    assert!(store.sending_to_channel(&message, "It may have left.", vec![1]).await.unwrap());
    assert_eq!(room.later(60).await, 0, "it is held");
    assert_eq!(room.later(61).await, 1);
    assert_eq!(room.texts(), Vec::<String>::new(), "this platform cannot be asked, so nothing is sent again");
    assert!(!store.sending_to_channel(&message, "Late", vec![1]).await.unwrap(), "it was taken over");
    assert_eq!(room.actions("flow.channel_failed").await.len(), 1);
    room.finish().await;
}

#[tokio::test]
async fn an_administrator_says_where_a_channel_is() {
    let room = Room::open().await;
    let owner = room.thread.owner().await;
    let to = |connection: &str, address: &str| json!({ "connection": connection, "address": address });
    let wrong = owner.put("channels/duty-room", &to(&room.connection, " ")).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["pointer"], "/address");
    let unknown = owner.put("channels/duty-room", &to("018f0000-0000-7000-8000-000000000000", "#a")).await;
    assert_eq!(unknown.expect(422).json()["errors"][0]["pointer"], "/connection");
    owner.put("channels/nowhere", &to(&room.connection, "#a")).await.expect(404);
    room.bind().await;
    let list = owner.get("channels").await.expect(200).json();
    let view = &list["items"][0];
    assert_eq!((&view["address"], &view["missed"]), (&json!("#duty"), &Value::Null), "{list}");
    owner.post(&format!("connections/{}/pause", room.connection), &json!({})).await.expect(200);
    assert_eq!(owner.get("channels").await.expect(200).json()["items"][0]["missed"], "paused");
    owner.delete("channels/duty-room").await.expect(204);
    owner.delete("channels/duty-room").await.expect(404);
    assert_eq!((room.actions("channel.bind").await.len(), room.actions("channel.unbind").await.len()), (1, 1));
    room.finish().await;
}
