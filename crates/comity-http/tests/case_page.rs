//! The private page of a case, as the person concerned uses it: with a link and nothing else. Here are S28 and S29.

use comity_domain::{Party, Role};
use comity_testkit::{Client, TestApp, Thread, post};
use http::Method;
use serde_json::{Value, json};

const MONDAY: &str = "2026-03-02T09:00:00Z";

struct Page {
    status: u16,
    html: String,
    headers: reqwest::header::HeaderMap,
}

impl Page {
    fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

/// The path of a new link, made by an agent.
async fn link(agent: &Client) -> String {
    let made = agent.post("cases/NA-1/links", &json!({})).await.expect(201).json();
    let address = made["address"].as_str().unwrap();
    address.split_once("/c/").map(|(_, token)| format!("/c/{token}")).unwrap()
}

/// How many cases the inbox shows as contested; its count says the same.
async fn contested(agent: &Client) -> usize {
    let list = agent.get("cases?contested=true").await.expect(200).json();
    let shown = list["items"].as_array().unwrap().len();
    assert_eq!(list["counts"]["contested"], shown, "{list}");
    let others = agent.get("cases?contested=false").await.expect(200).json()["items"].as_array().unwrap().len();
    let open = list["items"].as_array().unwrap().iter().filter(|row| row["status"] == "open").count();
    assert_eq!(list["counts"]["open"], open + others);
    shown
}

async fn look(test: &TestApp, path: &str) -> Page {
    let request = test.anonymous().request(Method::GET, path).header("accept-language", "en");
    read(request).await
}

async fn read(request: reqwest::RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, html: response.text().await.unwrap() }
}

/// Sends a form as it stands on the page, and gives the page that follows.
async fn send(test: &TestApp, path: &str, form: &str, fields: &[(&str, &str)]) -> Page {
    let page = look(test, path).await;
    let once = page.html.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    send_as(test, path, form, fields, once).await
}

async fn send_as(test: &TestApp, path: &str, form: &str, fields: &[(&str, &str)], once: &str) -> Page {
    let mut all = vec![("once", once)];
    all.extend_from_slice(fields);
    let body = serde_urlencoded::to_string(&all).unwrap();
    let request = test.anonymous().request(Method::POST, &format!("{path}/{form}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").header("accept-language", "en");
    let page = read(request.body(body)).await;
    test.app.decide_all().await.unwrap();
    if page.status != 303 {
        return page;
    }
    look(test, page.headers["location"].to_str().unwrap()).await
}

async fn monday(who: &'static str) -> Thread {
    let thread = Thread::with(who).await;
    thread.until(MONDAY).await;
    thread
}

#[tokio::test]
async fn the_page_shows_both_sides_and_no_more_than_is_theirs() {
    let thread = monday("mira").await;
    thread.they("p1", "@us wrong item again and I was charged twice #fail").await;
    let agent = thread.test.signed_in(Role::Agent).await;
    agent.post("cases/NA-1/notes", &json!({ "text": "An internal remark." })).await.expect(201);
    let path = link(&agent).await;
    let page = look(&thread.test, &path).await;
    assert_eq!(page.status, 200);
    assert!(
        page.has("We answer you within four working hours.") && page.has("until 2 March 2026, 14:00"),
        "{}",
        page.html
    );
    assert!(page.has("charged twice") && page.has("Case NA-1"), "{}", page.html);
    // The reason of a rule that is marked public, in the words of the charter.
    assert!(page.has("Something went wrong through us"), "{}", page.html);
    assert!(!page.has("internal remark") && !page.has("<script"), "{}", page.html);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert!(!page.headers.contains_key("set-cookie"));
    let german = thread.test.anonymous().request(Method::GET, &path).header("accept-language", "de");
    let german = read(german).await;
    assert!(
        german.has("Wir antworten Ihnen innerhalb von vier Arbeitsstunden.") && german.has("bis 2. März 2026, 14:00")
    );
    thread.test.finish().await;
}

#[tokio::test]
async fn a_link_is_unguessable_kept_as_a_hash_and_ends() {
    let thread = monday("mira").await;
    thread.they("p1", "@us where is my bag?").await;
    let agent = thread.test.signed_in(Role::Agent).await;
    let path = link(&agent).await;
    let token = path.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 43, "256 bits");
    let case = agent.get("cases/NA-1").await.expect(200).json();
    assert!(!case.to_string().contains(token), "the address is told once: {case}");
    assert_eq!(look(&thread.test, "/c/nonsense").await.status, 404);
    assert_eq!(look(&thread.test, &path).await.status, 200);
    // By an agent.
    let id = case["links"][0]["id"].as_str().unwrap().to_owned();
    agent.delete(&format!("cases/NA-1/links/{id}")).await.expect(204);
    agent.delete(&format!("cases/NA-1/links/{id}")).await.expect(404);
    let ended = look(&thread.test, &path).await;
    assert_eq!((ended.status, ended.has("where is my bag")), (410, false), "{}", ended.html);
    assert_eq!(send_as(&thread.test, &path, "message", &[("text", "Hello?")], "1").await.status, 410);
    // And by the person.
    let path = link(&agent).await;
    assert_eq!(send(&thread.test, &path, "end", &[]).await.status, 410);
    let log = thread.owner().await.get("audit?subject=case/NA-1").await.expect(200).json();
    let case = agent.get("cases/NA-1").await.expect(200).json();
    let subject = format!("audit?subject=case/{}", case["id"].as_str().unwrap());
    let log_of_case = thread.owner().await.get(&subject).await.expect(200).json();
    let by = |action: &str| -> Vec<Value> {
        let items = log_of_case["items"].as_array().unwrap().iter();
        items.filter(|entry| entry["action"] == action).map(|entry| entry["actor"]["kind"].clone()).collect()
    };
    assert_eq!((by("case.make_link").len(), by("case.end_link")), (2, vec![json!("consumer"), json!("user")]), "{log}");
    thread.test.finish().await;
}

#[tokio::test]
async fn what_they_write_is_a_private_post_that_runs_the_clock_once() {
    let thread = monday("mira").await;
    thread.they("p1", "@us where is my bag?").await;
    thread.after_minutes(5).await;
    thread.we("a1", "We are looking for it.").await;
    thread.after_minutes(5).await;
    let agent = thread.test.signed_in(Role::Agent).await;
    let path = link(&agent).await;
    let page =
        send(&thread.test, &path, "message", &[("text", "It has a red ribbon.\r\nAnd <b>two</b> wheels.")]).await;
    assert!(page.has("Thank you. We have it.") && page.has("on this page,"), "{}", page.html);
    assert!(page.has("&#60;b&#62;two") && !page.has("<b>two"), "{}", page.html);
    let case = thread.case().await;
    let posts = case["posts"].as_array().unwrap();
    assert_eq!((posts.len(), &posts[2]["visibility"], &posts[2]["party"]), (3, &json!("private"), &json!("consumer")));
    assert_eq!(thread.owed("answer").await["state"], "running");
    // The same sending again, as when a connection broke.
    for _ in 0..2 {
        send_as(&thread.test, &path, "message", &[("text", "Sent twice.")], "same").await;
    }
    assert_eq!(thread.case().await["posts"].as_array().unwrap().len(), 4);
    // Somebody goes back to the form and writes something else.
    send_as(&thread.test, &path, "message", &[("text", "And this.")], "same").await;
    assert_eq!(thread.case().await["posts"].as_array().unwrap().len(), 5);
    // Nothing and too much are refused, and what was written is still there.
    let nothing = send(&thread.test, &path, "message", &[("text", "  ")]).await;
    assert!(nothing.status == 422 && nothing.has("there is nothing written yet"), "{}", nothing.html);
    let long = "long ".repeat(1_001);
    let refused = send(&thread.test, &path, "message", &[("text", &long)]).await;
    assert!(
        refused.status == 422 && refused.has("longer than 5000 characters") && refused.has(&long),
        "{}",
        refused.status
    );
    assert_eq!(thread.case().await["posts"].as_array().unwrap().len(), 5);
    thread.test.finish().await;
}

#[tokio::test]
async fn too_much_at_once_waits_and_guessing_is_slow() {
    let test = TestApp::builder().config(|config| {
        config.case_page.acts_per_case.at_once = 2;
        config.case_page.looks_per_address.at_once = 12;
        config.case_page.looks_per_address.one_more_after_seconds = 60;
    });
    let thread = Thread::that_sends(test, "mira").await;
    thread.until(MONDAY).await;
    thread.they("p1", "@us where is my bag?").await;
    let agent = thread.test.signed_in(Role::Agent).await;
    let path = link(&agent).await;
    for number in ["1", "2"] {
        send_as(&thread.test, &path, "message", &[("text", number)], number).await;
    }
    let third = send_as(&thread.test, &path, "message", &[("text", "My third words")], "3").await;
    assert_eq!((third.status, third.has("My third words")), (429, true), "{}", third.html);
    let mut last = 0;
    for number in 0..12 {
        last = look(&thread.test, &format!("/c/guess{number}")).await.status;
    }
    assert_eq!(last, 429);
    thread.after_minutes(30).await;
    assert_eq!(look(&thread.test, &path).await.status, 200);
    thread.test.finish().await;
}

#[tokio::test]
async fn s29_solved_says_one_side_and_it_stays_visible() {
    let thread = monday("hanna").await;
    thread.they("p1", "@us wrong item #fail").await;
    thread.after_minutes(60).await;
    thread.we("a1", "The right one is on its way.").await;
    let agent = thread.test.signed_in(Role::Agent).await;
    let path = link(&agent).await;
    let ours = agent.post("cases/NA-1/attestations", &json!({ "solved": true })).await.expect(200).json();
    assert_eq!((&ours["outcome"]["we_say"]["solved"], &ours["outcome"]["is_disputed"]), (&json!(true), &json!(false)));
    thread.after_minutes(60).await;
    let page = send(&thread.test, &path, "solved", &[("solved", "no")]).await;
    assert!(page.has("We see this differently.") && page.has("We said on") && page.has("You said on"), "{}", page.html);
    let case = thread.case().await;
    assert_eq!(case["outcome"]["is_disputed"], true, "{case}");
    assert_eq!(case["labels"], json!(["disagreement", "mistake"]), "{case}");
    assert_eq!(contested(&agent).await, 1);
    assert_eq!(thread.owed("put-right").await["state"], "running");
    assert_eq!(thread.owed("answer").await["state"], "running", "a no is owed an answer");
    // Saying the same again is no news; a yes is, and ends what runs.
    assert!(send(&thread.test, &path, "solved", &[("solved", "no")]).await.has("We have that already."));
    thread.after_minutes(60).await;
    let page = send(&thread.test, &path, "solved", &[("solved", "yes")]).await;
    assert!(!page.has("We see this differently."), "{}", page.html);
    assert_eq!(thread.owed("put-right").await["state"], "met");
    assert_eq!(thread.case().await["outcome"]["is_disputed"], false);
    assert_eq!(contested(&agent).await, 0);
    // What is asked for in a closed case opens it not, and is not forgotten.
    agent.post("cases/NA-1/close", &json!({ "reason": "resolved" })).await.expect(200);
    send(&thread.test, &path, "ask", &[("ask", "erasure")]).await;
    assert_eq!((&thread.case().await["status"], contested(&agent).await), (&json!("closed"), 1));
    let figures = thread.owner().await.get("figures/outcomes").await.expect(200).json();
    let said = &figures["said"][0];
    assert_eq!(
        (&said["solved"], &said["not_solved"], &said["disputed"]),
        (&json!(1), &json!(1), &json!(1)),
        "{figures}"
    );
    thread.test.finish().await;
}

#[tokio::test]
async fn s28_our_side_is_not_kept_and_somebody_new_looks() {
    let thread = monday("jana").await;
    thread.they("p1", "@us you forgot my parcel").await;
    let involved = thread.test.signed_in(Role::Agent).await;
    involved.patch("cases/NA-1", &json!({ "priority": "high" })).await.expect(200);
    let path = link(&involved).await;
    thread.after_minutes(60 * 5).await;
    let page = look(&thread.test, &path).await;
    assert!(page.has("We did not keep our side") && page.has("since 2 March 2026, 14:00"), "{}", page.html);
    let page = send(&thread.test, &path, "ask", &[("ask", "appeal"), ("text", "Nobody answers me.")]).await;
    assert!(page.has("you read the answer here") && page.has("Nobody answers me."), "{}", page.html);
    assert!(send_as(&thread.test, &path, "ask", &[("ask", "appeal")], "again").await.has("We have that already."));
    let case = thread.case().await;
    assert_eq!(
        (&case["team"], thread.owed("second-look").await["state"].clone()),
        (&json!("second-look"), json!("running"))
    );
    let id = case["outcome"]["requests"][0]["id"].as_str().unwrap().to_owned();
    let answer = format!("cases/NA-1/requests/{id}/answer");
    let words = json!({ "granted": true, "text": "You are right: we were late, and I am sorry." });
    let seen = involved.get("cases/NA-1").await.expect(200).json();
    assert_eq!(seen["outcome"]["requests"][0]["may_answer"], false);
    assert_eq!(involved.post(&answer, &words).await.expect(403).problem(), "not-allowed");
    let new = thread.test.signed_in(Role::Agent).await;
    assert_eq!(contested(&new).await, 1);
    // To take it is no hand in what was appealed against.
    new.patch("cases/NA-1", &json!({ "add_labels": ["mine"] })).await.expect(200);
    new.post(&answer, &json!({ "granted": true, "text": " " })).await.expect(422);
    let answered = new.post(&answer, &words).await.expect(200).json();
    assert_eq!(answered["outcome"]["requests"][0]["answer"]["granted"], true, "{answered}");
    assert_eq!(thread.owed("second-look").await["state"], "met");
    assert_eq!(contested(&new).await, 0);
    new.post(&answer, &words).await.expect(409);
    let page = look(&thread.test, &path).await;
    assert!(page.has("Granted on") && page.has("we were late, and I am sorry"), "{}", page.html);
    let figures = thread.owner().await.get("figures/outcomes").await.expect(200).json();
    assert_eq!(figures["said"][0]["appeals"], json!({ "asked": 1, "granted": 1, "refused": 0 }), "{figures}");
    thread.test.finish().await;
}

#[tokio::test]
async fn what_is_wrong_is_corrected_and_what_is_to_be_forgotten_is() {
    let thread = monday("ole").await;
    thread.they("p1", "@us where is my parcel?").await;
    let agent = thread.test.signed_in(Role::Agent).await;
    let path = link(&agent).await;
    let wordless = send(&thread.test, &path, "ask", &[("ask", "correction"), ("text", "")]).await;
    assert_eq!(wordless.status, 422, "what is wrong has to be said");
    send(&thread.test, &path, "ask", &[("ask", "correction"), ("text", "My name is Ole.")]).await;
    send(&thread.test, &path, "ask", &[("ask", "erasure")]).await;
    let case = thread.case().await;
    let requests = case["outcome"]["requests"].as_array().unwrap();
    assert_eq!(requests.iter().map(|one| &one["ask"]).collect::<Vec<_>>(), [&json!("correction"), &json!("erasure")]);
    assert_eq!(thread.owed("their-data").await["state"], "running");
    for request in requests {
        let answer = format!("cases/NA-1/requests/{}/answer", request["id"].as_str().unwrap());
        agent.post(&answer, &json!({ "granted": true, "text": "Done." })).await.expect(200);
        thread.test.app.decide_all().await.unwrap();
    }
    assert_eq!(thread.owed("their-data").await["state"], "met");
    let page = look(&thread.test, &path).await;
    assert_eq!((page.status, page.has("was erased on")), (410, true), "{}", page.html);
    let case = thread.case().await;
    assert!(!case.to_string().contains("My name is Ole") && !case.to_string().contains("where is my parcel"), "{case}");
    assert_eq!(case["contact"]["handle"], "", "{case}");
    thread.test.finish().await;
}

#[tokio::test]
async fn what_others_wrote_in_the_thread_is_not_shown() {
    let thread = monday("mira").await;
    thread.they("p1", "@us where is my bag?").await;
    let test = &thread.test;
    thread.after_minutes(10).await;
    let now = comity_app::Clock::now(&*test.clock);
    let mut other = post("p2", "nosy", now, "I had the same, my number is 12345");
    other.in_reply_to = Some("p1".into());
    let mut answer = post("a2", "northwind", now, "Thank you, nosy, we call you.");
    answer.party = Party::Company;
    answer.in_reply_to = Some("p2".into());
    let mut ours = post("a1", "northwind", now, "We are looking for it.");
    ours.party = Party::Company;
    ours.in_reply_to = Some("p1".into());
    test.receive(thread.connection, vec![other, answer, ours]).await;
    let agent = test.signed_in(Role::Agent).await;
    let page = look(test, &link(&agent).await).await;
    assert!(page.has("where is my bag") && page.has("We are looking for it."), "{}", page.html);
    assert!(!page.has("12345") && !page.has("we call you"), "{}", page.html);
    thread.test.finish().await;
}
