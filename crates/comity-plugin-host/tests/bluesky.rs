//! The bundled connector for Bluesky against a server that answers as the real ones do (PDS and AppView of `@atproto/dev-env`)
//! where people block, leave and come back.

#[path = "support/server.rs"]
mod server;
mod support;

use comity_domain::inbound::InboundEvent;
use comity_plugin_host::{CallContext, Grants};
use serde_json::{Value, json};
use server::Server;
use std::{fs, path::Path};
use support::{TestHost, context, now, with_secret};

fn post(author: &str) -> String {
    format!("at://did:plc:{author}/app.bsky.feed.post/1")
}

/// What the author's name says happened; `us` is the account of the connection.
fn answer(request: &str) -> String {
    let session =
        json!({ "did": "did:plc:us", "handle": "us.test", "accessJwt": "access-1", "refreshJwt": "refresh-1" });
    let view = json!({
        "uri": post("there"), "cid": "c", "record": {}, "indexedAt": "2026-03-01T10:00:00Z",
        "author": { "did": "did:plc:there", "handle": "there.test" },
    });
    let error = |name: &str| ("400 Bad Request", json!({ "error": name, "message": "not today" }));
    let is =
        |method: &str, author: &str| request.contains(method) && request.contains(&format!("did%3Aplc%3A{author}"));
    let (status, body) = if request.contains("createSession") {
        ("200 OK", session)
    } else if request.contains("getPosts") {
        ("200 OK", json!({ "posts": [view] }))
    } else if is("getRecord", "deleted") || is("getRecord", "us&") {
        error("RecordNotFound")
    } else if is("getRecord", "left") || is("getRecord", "away") || is("getProfile", "left") {
        error("InvalidRequest")
    } else if is("getProfile", "away") {
        error("AccountDeactivated")
    } else {
        ("200 OK", json!({ "uri": "at://", "value": {} }))
    };
    format!("{status}\r\ncontent-type: application/json\r\n\r\n{body}")
}

fn connection(server: &Server) -> CallContext {
    let origin = server.url("localhost");
    let mut context = with_secret(context(), "app_password", "abcd-efgh-ijkl-mnop");
    context.config = json!({ "identifier": "us.test", "service": origin });
    context.grants = Grants { origins: vec![origin.parse().unwrap()], cidrs: vec!["127.0.0.0/8".parse().unwrap()] };
    context
}

#[tokio::test]
async fn only_what_is_gone_counts_as_deleted() {
    let server = Server::answering(answer).await;
    let host = TestHost::new(|_| {});
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist/bluesky.wasm");
    let bytes = fs::read(file).expect("the connectors are built: run `cargo xtask plugins`");
    let plugin = host.host.load(bytes, now()).await.unwrap();
    let ids = ["there", "blocked", "deleted", "away", "left", "us"].map(post);
    let output = plugin.recheck(connection(&server), ids.to_vec()).await.unwrap();
    let gone: Vec<String> = output
        .result
        .unwrap()
        .into_iter()
        .map(|event| match event {
            InboundEvent::PostDeleted { external_id, .. } => external_id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(gone, ["us", "deleted", "left"].map(post));
    // The tokens are bound to the server that gave them.
    let from: Vec<Value> = output
        .secrets
        .values()
        .map(|secret| json!(secret.as_ref().and_then(|secret| secret.captured_from()).map(ToString::to_string)))
        .collect();
    assert_eq!(from, [json!(server.url("localhost")), json!(server.url("localhost"))]);
}
