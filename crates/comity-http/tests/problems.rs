//! What goes wrong is a problem document, whatever goes wrong.

use comity_testkit::{Answer, TestApp};
use http::Method;
use serde_json::json;

#[tokio::test]
async fn unknown_addresses_and_methods() {
    let test = TestApp::start().await;
    let owner = test.owner();
    assert_eq!(owner.get("nothing/here").await.expect(404).problem(), "not-found");
    assert_eq!(owner.get("connections/not-an-id").await.expect(404).problem(), "not-found");
    assert_eq!(owner.get("cases/NA-4821").await.expect(404).problem(), "not-found");
    let wrong = owner.put("cases", &json!({})).await.expect(405);
    assert_eq!(wrong.problem(), "wrong-method");
    assert!(wrong.headers["allow"].to_str().unwrap().contains("GET"), "{:?}", wrong.headers);
    assert_eq!(owner.post("/nothing", &json!({})).await.expect(404).problem(), "not-found");
    test.finish().await;
}

#[tokio::test]
async fn bodies_that_are_not_right() {
    let test = TestApp::start().await;
    let send = async |kind: &str, body: &str| {
        let request = test.owner().request(Method::POST, "users").header("content-type", kind).body(body.to_owned());
        Answer::read(request.send().await.unwrap()).await
    };
    assert_eq!(send("text/plain", "{}").await.expect(415).problem(), "unsupported-media-type");
    assert_eq!(send("application/json", "{\"name\":").await.expect(400).problem(), "not-json");
    assert_eq!(send("application/json", "{} {}").await.expect(422).problem(), "invalid");

    let wrong = send(
        "application/json; charset=utf-8",
        r#"{"name":"A","email":"a@b.cd","roles":["agent","boss"],"password":""}"#,
    );
    let wrong = wrong.await.expect(422);
    assert_eq!(wrong.problem(), "invalid");
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/roles/1");
    assert!(wrong.json()["errors"][0]["message"].as_str().unwrap().contains("boss"), "{}", wrong.text);

    let unknown = send("application/json", r#"{"nmae":"A"}"#).await.expect(422);
    assert!(unknown.json()["errors"][0]["message"].as_str().unwrap().contains("nmae"), "{}", unknown.text);

    let large = format!("{{\"name\":\"{}\"}}", "a".repeat(comity_http::limits::BODY_BYTES));
    assert_eq!(send("application/json", &large).await.expect(413).problem(), "too-large");
    test.finish().await;
}

#[tokio::test]
async fn questions_that_are_not_right() {
    let test = TestApp::start().await;
    let wrong = test.owner().get("cases?status=half-open").await.expect(400);
    assert_eq!(wrong.problem(), "invalid-query");
    assert_eq!(test.owner().get("cases?assignee=somebody").await.expect(400).problem(), "invalid-query");
    test.finish().await;
}

#[tokio::test]
async fn a_webhook_for_nobody() {
    let test = TestApp::start().await;
    let path = "/hooks/018f0000-0000-7000-8000-000000000000/events";
    assert_eq!(test.anonymous().post(path, &json!({})).await.expect(404).problem(), "not-found");
    assert_eq!(test.anonymous().post("/hooks/not-an-id", &json!({})).await.expect(404).problem(), "not-found");
    test.finish().await;
}
