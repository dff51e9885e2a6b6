//! Headers, health, the document, live changes.

use comity_app::changes::Change;
use comity_domain::{CaseId, Role};
use comity_testkit::TestApp;
use futures::StreamExt as _;
use http::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn every_answer_protects_the_browser() {
    let test = TestApp::start().await;
    for (path, policy) in [
        ("/api/v1/setup", "default-src 'none'"),
        ("/api/v1/nothing", "default-src 'none'"),
        ("/inbox", "frame-ancestors 'none'"),
    ] {
        let answer = test.anonymous().get(path).await;
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
        let found = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(found.contains(policy) && found.contains("frame-ancestors 'none'"), "{path}: {found}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
    let session = test.owner().get("session").await.expect(200);
    assert_eq!(session.headers["cache-control"], "no-store");
    test.finish().await;
}

#[tokio::test]
async fn it_says_that_it_lives_and_is_ready() {
    let test = TestApp::start().await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(test.anonymous().get(path).await.expect(200).json(), json!({ "status": "ok" }));
    }
    let document = test.anonymous().get("openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    test.finish().await;
}

#[tokio::test]
async fn changes_arrive_as_they_happen() {
    let test = TestApp::builder().limits(|limits| limits.heartbeat = Duration::from_millis(20)).start().await;
    let agent = test.signed_in(Role::Agent).await;
    let response = agent.request(Method::GET, "changes").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.bytes_stream();
    let mut seen = String::new();
    let mut until = async |what: &str| {
        while !seen.contains(what) {
            let part = stream.next().await.expect("the stream goes on").unwrap();
            seen.push_str(std::str::from_utf8(&part).unwrap());
        }
        seen.clone()
    };
    until("event: hello\n").await;
    let case = CaseId::generate();
    test.app.changes.tell(Change::Case { id: case, number: 7, version: 3, status: "open" });
    let text = until("event: case\n").await;
    let text = if text.contains("\"number\":7") { text } else { until("\"number\":7").await };
    assert!(text.contains(&case.to_string()), "{text}");
    // A comment, so that proxies do not take a quiet stream for a dead one.
    until("\n:").await;
    test.finish().await;
}

#[tokio::test]
async fn a_listener_that_was_too_slow_is_told_to_load_again() {
    let test = TestApp::start().await;
    let response = test.owner().request(Method::GET, "changes").send().await.unwrap();
    let mut stream = response.bytes_stream();
    stream.next().await.unwrap().unwrap();
    // Without a pause in between, so that the stream cannot keep up.
    for _ in 0..5_000 {
        test.app.changes.tell(Change::Policy);
    }
    let mut seen = String::new();
    while !seen.contains("event: resync\n") {
        seen.push_str(std::str::from_utf8(&stream.next().await.expect("the stream goes on").unwrap()).unwrap());
    }
    test.finish().await;
}

#[tokio::test]
async fn a_stream_ends_after_its_time_so_that_the_session_is_looked_at_again() {
    let test = TestApp::builder().limits(|limits| limits.stream = Duration::from_millis(50)).start().await;
    let response = test.owner().request(Method::GET, "changes").send().await.unwrap();
    let text = response.text().await.unwrap();
    assert!(text.starts_with("event: hello\n"), "{text}");
    test.finish().await;
}

#[tokio::test]
async fn invented_methods_are_one_figure() {
    let test = TestApp::start().await;
    for method in ["INVENTED", "MADE-UP"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        assert_eq!(test.anonymous().send(method, "session", None::<&()>).await.expect(405).problem(), "wrong-method");
    }
    let figures = test.owner().get("/metrics").await.expect(200).text;
    assert!(figures.contains("method=\"other\"") && !figures.contains("INVENTED"), "{figures}");
    test.finish().await;
}
