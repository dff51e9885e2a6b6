//! Web push, against a push service that opens what it is handed: only the browser's own keys read it, and only this installation's
//! key signs it.

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use comity_domain::Role;
use comity_testkit::{Client, TestApp, Thread};
use jiff::SignedDuration;
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier as _},
    elliptic_curve::sec1::ToEncodedPoint as _,
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// A browser and the service that it is reached through.
struct Browser {
    key: SecretKey,
    auth: [u8; 16],
    origin: String,
    service: Arc<Service>,
}

#[derive(Default)]
struct Service {
    taken: Mutex<Vec<(HeaderMap, Bytes)>>,
    /// What it answers, in order; 201 after that.
    answers: Mutex<VecDeque<u16>>,
}

impl Browser {
    async fn open() -> Self {
        let service = Arc::new(Service::default());
        let take = async |State(service): State<Arc<Service>>, headers: HeaderMap, body: Bytes| {
            service.taken.lock().unwrap().push((headers, body));
            let answer = service.answers.lock().unwrap().pop_front().unwrap_or(201);
            StatusCode::from_u16(answer).unwrap()
        };
        let router = Router::new().route("/push/{id}", post(take)).with_state(Arc::clone(&service));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let key = SecretKey::from_slice(&[7; 32]).unwrap();
        Self { key, auth: [9; 16], origin, service }
    }

    fn introduction(&self) -> Value {
        let public_key = BASE64.encode(self.key.public_key().to_encoded_point(false).as_bytes());
        let endpoint = format!("{}/push/1", self.origin);
        json!({ "endpoint": endpoint, "public_key": public_key, "auth": BASE64.encode(self.auth), "name": "Firefox" })
    }

    fn answers(&self, answers: &[u16]) {
        self.service.answers.lock().unwrap().extend(answers);
    }

    /// What came since the last look, opened; each is signed for this service by that key, which is looked at too.
    fn shown(&self, signed_by: &str) -> Vec<Value> {
        let taken = std::mem::take(&mut *self.service.taken.lock().unwrap());
        taken.into_iter().map(|(headers, body)| self.open_one(signed_by, &headers, &body)).collect()
    }

    fn open_one(&self, signed_by: &str, headers: &HeaderMap, body: &[u8]) -> Value {
        let header = |name: &str| headers[name].to_str().unwrap();
        assert_eq!([header("content-encoding"), header("urgency"), header("ttl")], ["aes128gcm", "high", "43200"]);
        let (token, key) = header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, signed_by);
        let key = PublicKey::from_sec1_bytes(&BASE64.decode(key).unwrap()).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
        VerifyingKey::from(key).verify(text.as_bytes(), &signature).unwrap();
        let claims: Value = serde_json::from_slice(&BASE64.decode(text.split('.').nth(1).unwrap()).unwrap()).unwrap();
        assert_eq!((&claims["aud"], &claims["sub"]), (&json!(self.origin), &json!("http://127.0.0.1:8080")));
        let text = web_push_native::decrypt(body.to_vec(), &self.key, &self.auth.into()).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

/// A case with an escalation to `legal`, and a lawyer in it with a browser.
async fn begin(browser: &Browser) -> (Thread, Client, String) {
    let here = |config: &mut comity_app::Config| config.notify.push_networks = vec!["127.0.0.0/8".parse().unwrap()];
    let thread = Thread::that_sends(TestApp::builder().config(here), "vera").await;
    let lawyer = thread.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    lawyer.post("users/me/browsers", &browser.introduction()).await.expect(201);
    let key = lawyer.get("users/me/notifications").await.expect(200).json()["push_key"].as_str().unwrap().to_owned();
    (thread, lawyer, key)
}

async fn accuse(thread: &Thread) {
    thread.they("p1", "@us you stole this from a small inventor. My lawyer will contact you.").await;
    thread.after_minutes(0).await;
}

async fn tell(thread: &Thread) {
    while thread.test.app.tell_due().await.unwrap() > 0 {}
}

#[tokio::test]
async fn a_browser_shows_why_and_its_button_takes_it_up() {
    let browser = Browser::open().await;
    let (thread, lawyer, key) = begin(&browser).await;
    accuse(&thread).await;
    tell(&thread).await;
    let shown = browser.shown(&key);
    let [message] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!(message["title"], "NA-1: A lawyer looks before anyone answers");
    assert_eq!((&message["open"], &message["act"]["title"]), (&json!("/cases/NA-1"), &json!("I take it up")));
    assert!(!message.to_string().contains("inventor"), "what somebody wrote is not pushed: {message}");
    let path = message["act"]["open"].as_str().unwrap();
    let answer = thread.test.anonymous().request(http::Method::POST, path).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let run = lawyer.get("escalations").await.expect(200).json()["items"][0].clone();
    assert_eq!(run["state"], "acknowledged", "{run}");
    thread.test.finish().await;
}

#[tokio::test]
async fn one_way_can_come_after_the_other_and_not_at_all_once_it_is_taken_up() {
    let browser = Browser::open().await;
    let (thread, lawyer, key) = begin(&browser).await;
    let rules = json!({ "mail": true, "mail_after_minutes": 10, "push": true, "quiet": null, "language": "de" });
    lawyer.put("users/me/notifications", &rules).await.expect(204);
    let soon = json!({ "mail": true, "mail_after_minutes": 1441, "quiet": null });
    let refused = lawyer.put("users/me/notifications", &soon).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/mail_after_minutes", "{refused}");
    accuse(&thread).await;
    tell(&thread).await;
    assert_eq!((browser.shown(&key).len(), thread.test.mailer.taken().len()), (1, 0));
    thread.test.clock.advance(SignedDuration::from_mins(10));
    tell(&thread).await;
    let mails = thread.test.mailer.taken();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(
        mail.subject, "NA-1: Bevor jemand antwortet, sieht die Rechtsabteilung hin",
        "in the language that they chose"
    );
    assert!(mail.text.contains("Ich übernehme: ") && !mail.text.contains("take it up"), "{}", mail.text);
    assert_eq!(browser.shown(&key).len(), 0);

    // The next one is taken up before the mail is due.
    thread.test.clock.advance(SignedDuration::from_mins(5));
    let other = comity_testkit::post("x", "uwe", thread.now(), "You stole this, says my lawyer.");
    thread.test.receive(thread.connection, vec![other]).await;
    thread.after_minutes(0).await;
    tell(&thread).await;
    assert_eq!(browser.shown(&key).len(), 1);
    for run in lawyer.get("escalations").await.expect(200).json()["items"].as_array().unwrap() {
        let path = format!("escalations/{}/acknowledge", run["id"].as_str().unwrap());
        lawyer.post(&path, &json!({})).await.expect(200);
    }
    thread.test.clock.advance(SignedDuration::from_mins(10));
    tell(&thread).await;
    assert_eq!(thread.test.mailer.taken().len(), 0, "nobody has to be told any more");
    thread.test.finish().await;
}

#[tokio::test]
async fn a_service_that_is_busy_is_asked_again_and_a_browser_that_is_gone_is_forgotten() {
    let browser = Browser::open().await;
    let (thread, lawyer, key) = begin(&browser).await;
    lawyer.put("users/me/notifications", &json!({ "mail": false, "push": true, "quiet": null })).await.expect(204);
    browser.answers(&[429, 500, 201]);
    accuse(&thread).await;
    for wait in [0, 10, 20] {
        thread.test.clock.advance(SignedDuration::from_secs(wait));
        tell(&thread).await;
        assert_eq!(browser.shown(&key).len(), 1, "after {wait} s more");
    }
    thread.test.clock.advance(SignedDuration::from_hours(1));
    tell(&thread).await;
    assert_eq!(browser.shown(&key).len(), 0, "it has arrived");

    let state = lawyer.get("users/me/notifications").await.expect(200).json();
    let id = state["browsers"][0]["id"].as_str().unwrap().to_owned();
    lawyer.post(&format!("users/me/browsers/{id}/test"), &json!({})).await.expect(204);
    assert_eq!(browser.shown(&key)[0]["title"], "This browser is reached");
    let other = thread.test.signed_in(Role::Agent).await;
    other.post(&format!("users/me/browsers/{id}/test"), &json!({})).await.expect(404);
    other.delete(&format!("users/me/browsers/{id}")).await.expect(404);
    browser.answers(&[410]);
    lawyer.post(&format!("users/me/browsers/{id}/test"), &json!({})).await.expect(409);
    let state = lawyer.get("users/me/notifications").await.expect(200).json();
    assert_eq!(state["browsers"], json!([]));
    thread.test.finish().await;
}

#[tokio::test]
async fn a_browser_cannot_be_an_address_within() {
    let test = TestApp::start().await;
    let browser = Browser::open().await;
    let owner = test.owner();
    let keys = browser.introduction();
    let with = |field: &str, value: &str| {
        let mut one = keys.clone();
        one["endpoint"] = json!("https://push.example/1");
        one[field] = json!(value);
        one
    };
    let table = [
        ("endpoint", browser.origin.as_str()),
        ("endpoint", "https://127.0.0.1/push"),
        ("endpoint", "https://169.254.169.254/latest/meta-data"),
        ("endpoint", "http://push.example/1"),
        ("endpoint", "file:///etc/passwd"),
        ("endpoint", "nonsense"),
        ("public_key", "AAAA"),
        ("public_key", "!"),
        ("auth", "AAAA"),
    ];
    for (field, value) in table {
        let refused = owner.post("users/me/browsers", &with(field, value)).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{value}: {refused}");
    }
    owner.post("users/me/browsers", &with("name", "Chromium")).await.expect(201);
    let state = owner.get("users/me/notifications").await.expect(200).json();
    assert_eq!((&state["browsers"][0]["name"], state["browsers"].as_array().unwrap().len()), (&json!("Chromium"), 1));
    test.finish().await;
}
