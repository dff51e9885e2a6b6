//! Set-up, sign-in, sessions, people and tokens through the real server.

use comity_domain::Role;
use comity_testkit::{PASSWORD, TestApp};
use jiff::SignedDuration;
use serde_json::{Value, json};

fn set_up(token: &str) -> Value {
    json!({
        "token": token,
        "organization": "Northwind Air",
        "name": "Olivia Owner",
        "email": "Olivia@Example.org",
        "password": PASSWORD,
    })
}

fn credentials(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

#[tokio::test]
async fn the_first_owner_is_made_once() {
    let test = TestApp::builder().without_owner().start().await;
    let nobody = test.anonymous();
    assert_eq!(nobody.get("setup").await.expect(200).json(), json!({ "needed": true }));
    assert_eq!(nobody.post("setup", &set_up("guessed")).await.expect(403).problem(), "not-allowed");

    let token = test.setup_token.clone().unwrap();
    let made = nobody.post("setup", &set_up(&token)).await.expect(201);
    assert_eq!(made.json()["user"]["roles"], json!(["owner"]));
    assert_eq!(made.json()["organization"]["key_prefix"], "NA");
    let owner = test.anonymous().with_session(&made);
    let session = owner.get("session").await.expect(200);
    assert_eq!(session.json()["user"]["email"], "olivia@example.org");

    assert_eq!(nobody.get("setup").await.json(), json!({ "needed": false }));
    assert_eq!(nobody.post("setup", &set_up(&token)).await.expect(409).problem(), "already-set-up");
    assert!(test.app.setup_token().await.unwrap().is_none());
    test.finish().await;
}

#[tokio::test]
async fn only_the_newest_set_up_link_works() {
    let test = TestApp::builder().without_owner().start().await;
    let newer = test.app.setup_token().await.unwrap().unwrap();
    let older = test.setup_token.clone().unwrap();
    assert_eq!(test.anonymous().post("setup", &set_up(&older)).await.expect(403).problem(), "not-allowed");
    test.anonymous().post("setup", &set_up(&newer)).await.expect(201);
    test.finish().await;
}

#[tokio::test]
async fn a_weak_password_is_refused_at_its_field_and_the_link_still_works() {
    let test = TestApp::builder().without_owner().start().await;
    let token = test.setup_token.clone().unwrap();
    for (password, hint) in [("short", "at least 12"), ("olivia@example.org", "e-mail")] {
        let mut body = set_up(&token);
        body["password"] = password.into();
        let refused = test.anonymous().post("setup", &body).await.expect(422);
        assert_eq!(refused.problem(), "invalid");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/password");
        assert!(refused.json()["errors"][0]["message"].as_str().unwrap().contains(hint), "{}", refused.text);
    }
    test.anonymous().post("setup", &set_up(&token)).await.expect(201);
    test.finish().await;
}

#[tokio::test]
async fn wrong_password_and_unknown_account_get_the_same_answer() {
    let test = TestApp::start().await;
    let wrong =
        test.anonymous().post("session", &credentials("olivia@example.org", "not the password")).await.expect(401);
    let unknown =
        test.anonymous().post("session", &credentials("nobody@example.org", "not the password")).await.expect(401);
    assert_eq!(wrong.text, unknown.text);
    assert_eq!(wrong.problem(), "wrong-password");
    assert!(wrong.headers.get("set-cookie").is_none());
    test.finish().await;
}

#[tokio::test]
async fn an_address_longer_than_any_leaves_no_trace() {
    let test = TestApp::start().await;
    let nobody = test.anonymous();
    let long = |letters: usize| credentials(&format!("{}@example.org", "x".repeat(letters)), "a wrong guess");
    // As long as an address may be, and one letter longer.
    for letters in [242, 243] {
        assert_eq!(nobody.post("session", &long(letters)).await.expect(401).problem(), "wrong-password");
    }
    let log = test.owner().get("audit").await.expect(200).json();
    let refused = log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "session.refused");
    let lengths: Vec<usize> = refused.map(|entry| entry["detail"]["email"].as_str().unwrap().len()).collect();
    assert_eq!(lengths, [254]);
    test.finish().await;
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_secure_where_the_site_is() {
    let test = TestApp::start().await;
    let answer = test.anonymous().post("session", &credentials("olivia@example.org", PASSWORD)).await.expect(200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for part in ["comity_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} is missing: {cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    test.finish().await;

    let test = TestApp::builder().config(|config| config.public_url = "https://care.example.org".into()).start().await;
    let answer = test.anonymous().post("session", &credentials("olivia@example.org", PASSWORD)).await.expect(200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-comity_session=") && cookie.contains("Secure"), "{cookie}");
    test.finish().await;
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let test = TestApp::start().await;
    let before = test.owner();
    let again = before.post("session", &credentials("olivia@example.org", PASSWORD)).await.expect(200);
    let after = test.anonymous().with_session(&again);
    assert_ne!(before.cookie(), after.cookie());
    assert_eq!(before.get("session").await.expect(401).problem(), "not-signed-in");
    after.get("session").await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let gone = owner.delete("session").await.expect(204);
    assert!(gone.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    owner.get("session").await.expect(401);
    test.finish().await;
}

#[tokio::test]
async fn a_session_ends_when_unused_and_in_any_case_after_some_days() {
    let test = TestApp::start().await;
    let (idle, longest) = (test.app.config.accounts.session_idle_hours, test.app.config.accounts.session_longest_days);
    let nearly = SignedDuration::from_hours(i64::from(idle) - 1);

    let used = test.owner();
    let unused = test.sign_in("olivia@example.org").await;
    test.clock.advance(nearly);
    used.get("session").await.expect(200);
    test.clock.advance(SignedDuration::from_hours(2));
    unused.get("session").await.expect(401);
    used.get("session").await.expect(200);

    let mut hours = i64::from(idle) + 1;
    while hours < 24 * i64::from(longest) {
        used.get("session").await.expect(200);
        test.clock.advance(nearly);
        hours += i64::from(idle) - 1;
    }
    assert_eq!(used.get("session").await.expect(401).problem(), "not-signed-in");
    test.finish().await;
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down_per_account() {
    let test = TestApp::start().await;
    let limit = test.app.config.accounts.attempts_per_account;
    for _ in 0..limit.at_once {
        test.anonymous().post("session", &credentials("olivia@example.org", "a wrong guess")).await.expect(401);
    }
    // Even the right password waits now; another account does not.
    let refused = test.anonymous().post("session", &credentials(" OLIVIA@example.org", PASSWORD)).await.expect(429);
    assert_eq!(refused.problem(), "too-many-attempts");
    assert_eq!(refused.headers["retry-after"], limit.one_more_after_seconds.to_string());
    test.anonymous().post("session", &credentials("other@example.org", "a wrong guess")).await.expect(401);

    test.clock.advance(SignedDuration::from_secs(limit.one_more_after_seconds.into()));
    test.anonymous().post("session", &credentials("olivia@example.org", PASSWORD)).await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn guessing_is_slowed_down_per_address() {
    let test = TestApp::start().await;
    let at_once = test.app.config.accounts.attempts_per_address.at_once;
    let attacker = test.anonymous().with_header("x-forwarded-for", "203.0.113.9");
    let mut refused = 0;
    for number in 0..at_once + 5 {
        let email = format!("guess-{number}@example.org");
        refused += u32::from(attacker.post("session", &credentials(&email, "a wrong guess")).await.status == 429);
    }
    assert_eq!(refused, 5);
    let neighbour = test.anonymous().with_header("x-forwarded-for", "203.0.113.10");
    neighbour.post("session", &credentials("olivia@example.org", PASSWORD)).await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn refused_sign_ins_are_in_the_audit_log() {
    let test = TestApp::start().await;
    test.anonymous().post("session", &credentials("olivia@example.org", "a wrong guess")).await.expect(401);
    let log = test.owner().get("audit").await.expect(200).json();
    let refused = log["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "session.refused");
    assert_eq!(refused.unwrap()["detail"]["email"], "olivia@example.org");
    let begun = log["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "session.begin");
    assert_eq!(begun.count(), 1, "{log}");
    assert!(!log.to_string().contains("a wrong guess"), "no password belongs into the log");
    test.finish().await;
}

#[tokio::test]
async fn people_are_added_changed_and_sent_away() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let new = json!({ "name": "Ada Agent", "email": "ada@example.org", "roles": ["agent"], "password": PASSWORD });
    let ada = owner.post("users", &new).await.expect(201).json();
    let taken = owner.post("users", &new).await.expect(409);
    assert_eq!((taken.problem().as_str(), &taken.json()["errors"][0]["pointer"]), ("taken", &json!("/email")));
    let hers = test.sign_in("ada@example.org").await;
    hers.get("templates").await.expect(200);

    let path = format!("users/{}", ada["id"].as_str().unwrap());
    let changed = owner.patch(&path, &json!({ "roles": ["auditor"] })).await.expect(200).json();
    assert_eq!((&changed["roles"], &changed["name"]), (&json!(["auditor"]), &json!("Ada Agent")));
    hers.get("templates").await.expect(403);
    hers.get("audit").await.expect(200);

    owner.patch(&path, &json!({ "is_active": false })).await.expect(200);
    hers.get("session").await.expect(401);
    test.anonymous().post("session", &credentials("ada@example.org", PASSWORD)).await.expect(401);
    let listed = owner.get("users").await.expect(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    test.finish().await;
}

#[tokio::test]
async fn the_last_owner_stays() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let id = owner.get("session").await.json()["user"]["id"].as_str().unwrap().to_owned();
    for change in [json!({ "is_active": false }), json!({ "roles": ["agent"] })] {
        let refused = owner.patch(&format!("users/{id}"), &change).await.expect(409);
        assert_eq!(refused.problem(), "conflict");
    }
    test.finish().await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let test = TestApp::start().await;
    let (here, elsewhere) = (test.owner(), test.sign_in("olivia@example.org").await);
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong = here.put("users/me/password", &change("not my password", "a brand new password")).await.expect(422);
    assert_eq!(wrong.json()["errors"][0]["pointer"], "/current");
    here.put("users/me/password", &change(PASSWORD, "a brand new password")).await.expect(204);
    here.get("session").await.expect(200);
    elsewhere.get("session").await.expect(401);
    test.anonymous().post("session", &credentials("olivia@example.org", PASSWORD)).await.expect(401);
    test.anonymous().post("session", &credentials("olivia@example.org", "a brand new password")).await.expect(200);
    test.finish().await;
}

#[tokio::test]
async fn a_token_works_without_csrf_until_it_is_taken_back() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let made = owner.post("tokens", &json!({ "name": "Import", "roles": ["integrator"] })).await.expect(201).json();
    let script = test.anonymous().with_token(made["token"].as_str().unwrap());
    script.get("connections").await.expect(200);
    assert_eq!(script.get("users").await.expect(403).problem(), "not-allowed");
    let second = json!({ "name": "Second", "roles": ["integrator"] });
    assert_eq!(script.post("tokens", &second).await.expect(403).problem(), "not-allowed", "a lost one makes no other");
    script.delete(&format!("tokens/{}", made["id"].as_str().unwrap())).await.expect(403);

    let listed = owner.get("tokens").await.expect(200);
    assert!(!listed.text.contains(made["token"].as_str().unwrap()), "a token is shown once");
    assert!(listed.json()["items"][0]["last_used_at"].is_string(), "{}", listed.text);
    owner.delete(&format!("tokens/{}", made["id"].as_str().unwrap())).await.expect(204);
    script.get("connections").await.expect(401);
    test.finish().await;
}

#[tokio::test]
async fn a_token_can_do_no_more_than_its_maker() {
    let test = TestApp::start().await;
    let integrator = test.signed_in(Role::Integrator).await;
    let refused = integrator.post("tokens", &json!({ "name": "Climb", "roles": ["owner"] })).await.expect(422);
    assert_eq!(refused.json()["errors"][0]["pointer"], "/roles");
    let made = integrator.post("tokens", &json!({ "name": "Mine", "roles": ["integrator"] })).await.expect(201).json();
    let script = test.anonymous().with_token(made["token"].as_str().unwrap());
    script.get("connections").await.expect(200);

    // Everybody has tokens of their own and sees no others; an integrator sees all.
    let agent = test.signed_in(Role::Agent).await;
    assert_eq!(agent.get("tokens").await.expect(200).json()["items"], json!([]));
    let mine = format!("tokens/{}", made["id"].as_str().unwrap());
    assert_eq!(agent.delete(&mine).await.expect(404).problem(), "not-found");
    agent.post("tokens", &json!({ "name": "Agent's", "roles": ["agent"] })).await.expect(201);
    assert_eq!(integrator.get("tokens").await.expect(200).json()["items"].as_array().unwrap().len(), 2);

    let id = integrator.get("session").await.json()["user"]["id"].as_str().unwrap().to_owned();
    test.owner().patch(&format!("users/{id}"), &json!({ "roles": ["auditor"] })).await.expect(200);
    assert_eq!(script.get("connections").await.expect(403).problem(), "not-allowed");
    test.owner().patch(&format!("users/{id}"), &json!({ "is_active": false })).await.expect(200);
    script.get("connections").await.expect(401);
    test.finish().await;
}
