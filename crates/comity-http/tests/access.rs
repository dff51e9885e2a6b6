//! Who may call what: every documented route, by everybody it is not for. A route that is added to the API and not to
//! this table fails the test.

use comity_domain::Role::{self, Agent, Approver, Auditor, Integrator, PolicyOwner};
use comity_testkit::{Answer, Client, TestApp};
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// An owner may call everything; these may, too.
enum Who {
    Anyone,
    SignedIn,
    Roles(&'static [Role]),
}
use Who::{Anyone, Roles, SignedIn};

const READERS: Who = Roles(&[Agent, Auditor, Approver, PolicyOwner]);
const OWNER_ONLY: Who = Roles(&[]);

const TABLE: &[(&str, &str, Who)] = &[
    ("get", "/setup", Anyone),
    ("post", "/setup", Anyone),
    ("get", "/session", SignedIn),
    ("post", "/session", Anyone),
    ("get", "/users", OWNER_ONLY),
    ("post", "/users", OWNER_ONLY),
    ("patch", "/users/{id}", OWNER_ONLY),
    ("put", "/users/me/password", SignedIn),
    ("get", "/memberships", OWNER_ONLY),
    ("get", "/users/me/notifications", SignedIn),
    ("put", "/users/me/notifications", SignedIn),
    ("post", "/users/me/browsers", SignedIn),
    ("delete", "/users/me/browsers/{id}", SignedIn),
    ("post", "/users/me/browsers/{id}/test", SignedIn),
    ("get", "/tokens", SignedIn),
    ("post", "/tokens", SignedIn),
    ("delete", "/tokens/{id}", SignedIn),
    ("get", "/cases", READERS),
    ("get", "/cases/{id}", READERS),
    ("patch", "/cases/{id}", Roles(&[Agent])),
    ("get", "/cases/{id}/obligations/{obligation}", READERS),
    ("post", "/cases/{id}/notes", Roles(&[Agent])),
    ("post", "/cases/{id}/close", Roles(&[Agent])),
    ("post", "/cases/{id}/reopen", Roles(&[Agent])),
    ("post", "/cases/{id}/release", Roles(&[Approver])),
    ("post", "/cases/{id}/attestations", Roles(&[Agent])),
    ("post", "/cases/{id}/requests/{request}/answer", Roles(&[Agent])),
    ("post", "/cases/{id}/links", Roles(&[Agent])),
    ("delete", "/cases/{id}/links/{link}", Roles(&[Agent])),
    ("post", "/cases/{id}/reply/check", Roles(&[Agent])),
    ("post", "/cases/{id}/replies", Roles(&[Agent])),
    ("get", "/templates", Roles(&[Agent])),
    ("get", "/cases/{id}/decisions", READERS),
    ("get", "/decisions/{id}", READERS),
    ("get", "/decisions/{id}/explanation", READERS),
    ("post", "/decisions/{id}/replay", READERS),
    ("get", "/deliveries", Roles(&[Agent, Approver])),
    ("post", "/deliveries/{id}/approve", Roles(&[Agent, Approver])),
    ("post", "/deliveries/{id}/decline", Roles(&[Agent, Approver])),
    ("post", "/deliveries/{id}/retry", Roles(&[Approver])),
    ("post", "/deliveries/{id}/drop", Roles(&[Approver])),
    ("get", "/escalations", READERS),
    ("get", "/escalations/people", Roles(&[Agent, Approver, PolicyOwner])),
    ("post", "/escalations/{id}/acknowledge", Roles(&[Agent, Approver, PolicyOwner])),
    ("post", "/escalations/{id}/hand-over", Roles(&[Agent, Approver, PolicyOwner])),
    ("post", "/escalations/{id}/resolve", Roles(&[Agent, Approver, PolicyOwner])),
    ("get", "/on-call", READERS),
    ("put", "/on-call/{team}", Roles(&[Agent, Approver, PolicyOwner])),
    ("post", "/on-call/preview", Roles(&[Agent, Approver, PolicyOwner])),
    ("get", "/changes", SignedIn),
    ("get", "/policy", READERS),
    ("get", "/policy/draft", Roles(&[PolicyOwner])),
    ("put", "/policy/draft", Roles(&[PolicyOwner])),
    ("post", "/policy/check", Roles(&[PolicyOwner])),
    ("post", "/policy/test", Roles(&[PolicyOwner])),
    ("post", "/policy/versions", Roles(&[PolicyOwner])),
    ("get", "/policy/versions", READERS),
    ("get", "/policy/versions/{id}", READERS),
    ("get", "/policy/versions/{id}/impact", READERS),
    ("post", "/policy/versions/{id}/approve", Roles(&[Approver])),
    ("post", "/policy/versions/{id}/publish", Roles(&[PolicyOwner])),
    ("post", "/policy/versions/{id}/break-glass", Roles(&[PolicyOwner])),
    ("post", "/policy/versions/{id}/review", Roles(&[Approver])),
    ("post", "/policy/versions/{id}/shadow", Roles(&[PolicyOwner])),
    ("post", "/policy/versions/{id}/canary", Roles(&[PolicyOwner])),
    ("post", "/policy/versions/{id}/set-aside", Roles(&[PolicyOwner, Approver])),
    ("post", "/policy/versions/{id}/restore", Roles(&[PolicyOwner])),
    ("get", "/policy/versions/{id}/history", READERS),
    ("get", "/policy/versions/{id}/beside", READERS),
    ("post", "/policy/calendar", Roles(&[PolicyOwner])),
    ("post", "/policy/calendar/holidays", Roles(&[PolicyOwner])),
    ("post", "/policy/evidence", Roles(&[PolicyOwner])),
    ("post", "/policy/coverage", Roles(&[PolicyOwner])),
    ("get", "/policy/rules/{rule}", READERS),
    ("post", "/policy/cases/{case_id}/test", Roles(&[PolicyOwner])),
    ("get", "/policy/vocabulary", READERS),
    ("post", "/policy/backtests", Roles(&[PolicyOwner, Approver])),
    ("get", "/policy/backtests", READERS),
    ("get", "/policy/backtests/{id}", READERS),
    ("post", "/policy/backtests/{id}/cancel", Roles(&[PolicyOwner, Approver])),
    ("get", "/policy/backtests/{id}/cases", READERS),
    ("get", "/channels", Roles(&[Integrator, Auditor])),
    ("put", "/channels/{name}", Roles(&[Integrator])),
    ("delete", "/channels/{name}", Roles(&[Integrator])),
    ("post", "/channels/{name}/test", Roles(&[Integrator])),
    ("get", "/connectors", Roles(&[Integrator, Auditor])),
    ("get", "/connections", Roles(&[Integrator, Auditor])),
    ("post", "/connections", Roles(&[Integrator])),
    ("get", "/connections/{id}", Roles(&[Integrator, Auditor])),
    ("patch", "/connections/{id}", Roles(&[Integrator])),
    ("delete", "/connections/{id}", Roles(&[Integrator])),
    ("post", "/connections/{id}/verify", Roles(&[Integrator])),
    ("post", "/connections/{id}/pause", Roles(&[Integrator])),
    ("post", "/connections/{id}/resume", Roles(&[Integrator])),
    ("get", "/connections/{id}/log", Roles(&[Integrator, Auditor])),
    ("post", "/import", Roles(&[Integrator])),
    ("get", "/figures/promises", Roles(&[Auditor, PolicyOwner])),
    ("get", "/figures/outcomes", Roles(&[Auditor, PolicyOwner])),
    ("get", "/figures/first-answer", Roles(&[Auditor, PolicyOwner])),
    ("get", "/audit", Roles(&[Auditor])),
    // Last, because it ends the session that the others need.
    ("delete", "/session", SignedIn),
];

/// Method and path of everything that is documented.
fn documented() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(comity_http::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = path.strip_prefix("/api/v1").unwrap().to_owned();
        item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
    });
    operations.collect()
}

async fn call(client: &Client, method: &str, path: &str) -> reqwest::Response {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let path = format!("/api/v1{}", path.replace("{id}", "018f0000-0000-7000-8000-000000000000"));
    let request = client.request(method.clone(), &path);
    let request = if method.is_safe() { request } else { request.json(&json!({})) };
    request.send().await.unwrap()
}

async fn assert_problem(response: reqwest::Response, status: u16, slug: &str, what: &str) {
    let answer = Answer::read(response).await;
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text);
    assert_eq!(answer.problem(), slug, "{what}");
}

#[test]
fn every_route_is_in_the_table() {
    let mut documented = documented();
    for (method, path, _) in TABLE {
        let known = documented.remove(&((*method).to_owned(), (*path).to_owned()));
        assert!(known, "{method} {path} is in the table and not in the API");
    }
    assert!(documented.is_empty(), "say in the table who may call these: {documented:?}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let test = TestApp::start().await;
    let strangers = [
        test.anonymous(),
        test.anonymous().with_token("comity_made-up"),
        test.anonymous().with_header("cookie", "comity_session=made-up"),
        // A token that is no good is not made up for by a cookie that is.
        test.owner().with_token("comity_made-up"),
    ];
    for (method, path, who) in TABLE {
        for stranger in &strangers {
            let response = call(stranger, method, path).await;
            if matches!(who, Anyone) {
                assert_ne!(response.status(), 401, "{method} {path}");
            } else {
                assert_problem(response, 401, "not-signed-in", &format!("{method} {path}")).await;
            }
        }
    }
    test.finish().await;
}

#[tokio::test]
async fn each_role_gets_what_is_its_own_and_no_more() {
    let test = TestApp::start().await;
    for role in Role::ALL {
        let client = test.signed_in(role).await;
        for (method, path, who) in TABLE {
            let allowed = match who {
                Anyone | SignedIn => true,
                Roles(roles) => role == Role::Owner || roles.contains(&role),
            };
            let response = call(&client, method, path).await;
            let what = format!("{method} {path} as {role}");
            if allowed {
                // Only the status: a stream of changes has no end.
                let refused = response.status() == 401 && !matches!(who, Anyone);
                assert!(!refused && response.status() != 403 && response.status() != 500, "{what}: {response:?}");
            } else {
                assert_problem(response, 403, "not-allowed", &what).await;
            }
        }
    }
    test.finish().await;
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let agent = test.signed_in(Agent).await;
    let agents_token = agent.get("session").await.json()["csrf_token"].as_str().unwrap().to_owned();
    for wrong in [None, Some("wrong"), Some(agents_token.as_str())] {
        let forged = owner.clone().with_csrf(wrong);
        for (method, path, who) in TABLE {
            let response = call(&forged, method, path).await;
            let is_safe = *method == "get";
            if is_safe || matches!(who, Anyone) {
                assert_ne!(response.status(), 403, "{method} {path}");
            } else {
                assert_problem(response, 403, "csrf", &format!("{method} {path}")).await;
            }
        }
    }
    owner.get("session").await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let test = TestApp::start().await;
    let note = json!({ "email": "olivia@example.org", "password": "wrong password" });
    let from = |name, value| test.anonymous().with_header(name, value);
    let evil = from("origin", "https://evil.example").post("session", &note).await;
    assert_eq!(evil.expect(403).problem(), "csrf");
    let evil = from("sec-fetch-site", "cross-site").post("session", &note).await;
    assert_eq!(evil.expect(403).problem(), "csrf");
    let own = from("sec-fetch-site", "same-origin").post("session", &note).await;
    assert_eq!(own.expect(401).problem(), "wrong-password");
    test.finish().await;
}

#[tokio::test]
async fn figures_of_the_server_are_for_this_machine_and_tokens() {
    let test = TestApp::start().await;
    let here = test.anonymous().get("/metrics").await.expect(200);
    assert!(here.text.contains("comity_http_seconds"), "{}", here.text);
    let outside = test.anonymous().with_header("x-forwarded-for", "192.0.2.1");
    assert_eq!(outside.get("/metrics").await.expect(403).problem(), "not-allowed");
    let made = test.owner().post("tokens", &json!({ "name": "Prometheus", "roles": ["integrator"] })).await.expect(201);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    outside.with_token(&token).get("/metrics").await.expect(200);
    test.finish().await;
}
