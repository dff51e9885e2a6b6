//! Flows through the API: who is told when, and what ends it.

use comity_app::notify::{Mail, Untold};
use comity_domain::Role;
use comity_testkit::{Client, TestApp, Thread, post};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::ops::Deref;

/// A flow about a promise, which is over when that is kept.
const LATE: &str = r#"
flow "late" because "Somebody waits for longer than we promised" under "answer" steps {
    notify(team("care"));
    unless_acknowledged(minutes(30));
    notify(role("duty-manager"));
}
rule "late" because "We are late" under "answer" when event.is_breach_of("answer") then { escalate("late"); }
"#;

struct Told(Thread);

impl Deref for Told {
    type Target = Thread;

    fn deref(&self) -> &Thread {
        &self.0
    }
}

impl Told {
    async fn begin() -> Self {
        Self(Thread::with("vera").await)
    }

    /// Decides by the starter with this flow besides.
    async fn with_late_flow() -> Self {
        let told = Self::begin().await;
        told.decide_besides("late.rhai", LATE).await;
        told
    }

    /// Decides by the starter with this script besides.
    async fn decide_besides(&self, path: &str, script: &str) {
        let draft = self.test.owner().get("policy/draft").await.expect(200).json();
        let files = draft["files"].as_object().unwrap().iter().filter(|(path, _)| !path.starts_with("tests/"));
        let files = files.map(|(path, text)| (path.as_str(), text.as_str().unwrap().to_owned()));
        self.test.decide_by(files.chain([(path, script.to_owned())])).await;
    }

    async fn accused(&self) {
        self.they("p1", "@us you stole this from a small inventor. My lawyer will contact you.").await;
    }

    async fn run(&self, by: &Client) -> Value {
        let list = by.get("escalations").await.expect(200).json();
        list["items"].as_array().unwrap().first().cloned().unwrap_or_else(|| panic!("{list}"))
    }

    /// Whom it told so far, in order.
    async fn told(&self) -> Vec<String> {
        let run = self.run(&self.test.owner()).await;
        let name = |told: &Value| told["target"]["name"].as_str().unwrap().to_owned();
        run["told"].as_array().unwrap().iter().map(name).collect()
    }

    async fn waiting(by: &Client) -> u64 {
        by.get("escalations?state=waiting&mine=true").await.expect(200).json()["waiting_for_me"].as_u64().unwrap()
    }
}

fn path(run: &Value, act: &str) -> String {
    format!("escalations/{}/{act}", run["id"].as_str().unwrap())
}

/// S2: a grave accusation goes to counsel, who has to acknowledge it in time.
#[tokio::test]
async fn counsel_is_told_and_the_next_one_when_nobody_acknowledges() {
    let told = Told::begin().await;
    let lawyer = told.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    let counsel = told.test.signed_in_as(Role::Approver, &[], &["general-counsel"]).await;
    let agent = told.test.signed_in_as(Role::Agent, &["care"], &[]).await;
    told.accused().await;
    assert_eq!(told.told().await, ["legal"]);
    let counts = [Told::waiting(&lawyer).await, Told::waiting(&counsel).await, Told::waiting(&agent).await];
    assert_eq!(counts, [1, 0, 0]);
    let run = told.run(&lawyer).await;
    assert_eq!(
        (&run["flow"], &run["state"], &run["mine"]),
        (&json!("counsel"), &json!("waiting"), &json!(true)),
        "{run}"
    );
    assert_eq!(run["next"]["targets"], json!([{ "kind": "role", "name": "general-counsel" }]));
    assert_eq!(run["told"][0]["people"].as_array().unwrap().len(), 1);

    told.after_minutes(14).await;
    assert_eq!(told.told().await, ["legal"]);
    told.after_minutes(1).await;
    assert_eq!(told.told().await, ["legal", "general-counsel"]);
    assert_eq!(Told::waiting(&counsel).await, 1);

    let taken = counsel.post(&path(&run, "acknowledge"), &json!({})).await.expect(200).json();
    assert_eq!((&taken["state"], &taken["next"]), (&json!("acknowledged"), &Value::Null), "{taken}");
    assert_eq!([Told::waiting(&lawyer).await, Told::waiting(&counsel).await], [0, 0]);
    told.after_minutes(120).await;
    assert_eq!(told.told().await, ["legal", "general-counsel"], "nobody is told of what somebody has taken up");
    // Again is no error, and nothing new.
    counsel.post(&path(&run, "acknowledge"), &json!({})).await.expect(200);
    let case = told.test.owner().get("cases/NA-1").await.expect(200).json();
    assert_eq!(case["escalations"][0]["run"]["acknowledged"]["by"], taken["acknowledged"]["by"], "{case}");
    let log = told.test.owner().get("audit").await.json();
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().filter_map(|entry| entry["action"].as_str()).collect();
    let count = |action: &str| actions.iter().filter(|one| **one == action).count();
    assert_eq!((count("flow.tell"), count("flow.acknowledge")), (2, 1), "{actions:?}");
    told.0.test.finish().await;
}

#[tokio::test]
async fn it_goes_on_round_after_round_and_then_stops() {
    let told = Told::begin().await;
    told.test.signed_in_as(Role::Approver, &["legal"], &["general-counsel"]).await;
    told.accused().await;
    for _ in 0..30 {
        told.after_minutes(15).await;
    }
    let run = told.run(&told.test.owner()).await;
    assert_eq!(told.told().await, ["legal", "general-counsel"].repeat(3));
    assert_eq!((&run["state"], &run["next"]), (&json!("waiting"), &Value::Null), "{run}");
    told.0.test.finish().await;
}

#[tokio::test]
async fn where_there_is_nobody_the_owners_hear_of_it() {
    let told = Told::begin().await;
    told.accused().await;
    let run = told.run(&told.test.owner()).await;
    let kinds: Vec<&str> =
        run["told"].as_array().unwrap().iter().map(|told| told["target"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["team", "role", "owners"], "{run}");
    assert_eq!(run["told"][2]["people"][0]["name"], "Olivia Owner");
    assert_eq!(Told::waiting(&told.test.owner()).await, 1);
    told.0.test.finish().await;
}

#[tokio::test]
async fn closing_the_case_ends_it_and_what_comes_then_starts_it_again() {
    let told = Told::begin().await;
    told.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    told.accused().await;
    told.after_minutes(1).await;
    let owner = told.test.owner();
    owner.post("cases/NA-1/close", &json!({ "reason": "withdrawn" })).await.expect(200);
    let run = told.run(&owner).await;
    assert_eq!((&run["state"], &run["ended"]["how"]), (&json!("ended"), &json!("case_closed")), "{run}");
    told.after_minutes(60).await;
    assert_eq!(told.told().await, ["legal"]);
    let late = owner.post(&path(&run, "acknowledge"), &json!({})).await.expect(409).json();
    assert!(late["detail"].as_str().unwrap().contains("is over"), "{late}");
    told.they("p2", "My lawyer will contact you all the same, this was stolen.").await;
    let list = owner.get("escalations").await.json();
    let states: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|run| run["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["waiting", "ended"], "{list}");
    told.0.test.finish().await;
}

#[tokio::test]
async fn nobody_is_told_once_it_has_been_answered() {
    let told = Told::with_late_flow().await;
    told.test.signed_in_as(Role::Agent, &["care"], &["duty-manager"]).await;
    told.they("p1", "@us where is my bag?").await;
    told.after_minutes(4 * 60).await;
    assert_eq!(told.told().await, ["care"]);
    told.after_minutes(29).await;
    told.we("a1", "It arrives tomorrow.").await;
    told.after_minutes(60).await;
    let run = told.run(&told.test.owner()).await;
    assert_eq!((&run["state"], &run["ended"]["how"]), (&json!("ended"), &json!("settled")), "{run}");
    assert_eq!(told.told().await, ["care"]);
    told.0.test.finish().await;
}

#[tokio::test]
async fn it_is_handed_over_taken_over_and_resolved() {
    let told = Told::begin().await;
    let lawyer = told.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    let other = told.test.signed_in_as(Role::Agent, &[], &[]).await;
    told.accused().await;
    let run = told.run(&lawyer).await;
    let me = |session: Value| session["user"]["id"].as_str().unwrap().to_owned();
    let to = me(other.get("session").await.json());
    let nobody = lawyer.post(&path(&run, "hand-over"), &json!({ "to": run["id"] })).await.expect(422).json();
    assert_eq!(nobody["errors"][0]["pointer"], "/to");
    let handed = lawyer.post(&path(&run, "hand-over"), &json!({ "to": to })).await.expect(200).json();
    assert_eq!(
        (&handed["state"], &handed["acknowledged"]["by"]["id"]),
        (&json!("acknowledged"), &json!(to)),
        "{handed}"
    );
    assert_eq!(told.run(&other).await["mine"], true, "whoever it was handed to is told");
    let taken = lawyer.post(&path(&run, "acknowledge"), &json!({})).await.expect(200).json();
    assert_eq!(taken["acknowledged"]["by"]["id"], me(lawyer.get("session").await.json()));

    let refused = lawyer.post(&path(&run, "resolve"), &json!({ "note": " " })).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/note");
    let note = json!({ "note": "Nothing in it; they took it back." });
    let resolved = lawyer.post(&path(&run, "resolve"), &note).await.expect(200).json();
    assert_eq!((&resolved["state"], &resolved["ended"]["how"]), (&json!("ended"), &json!("resolved")), "{resolved}");
    assert_eq!(resolved["ended"]["note"], note["note"]);
    lawyer.post(&path(&run, "resolve"), &note).await.expect(409);
    told.after_minutes(60).await;
    assert_eq!(told.run(&other).await["told"].as_array().unwrap().len(), 2);
    told.0.test.finish().await;
}

#[tokio::test]
async fn people_are_in_the_teams_of_the_policy() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let known = owner.get("memberships").await.expect(200).json();
    let names = |kind: &str| {
        known[kind].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(names("teams").contains(&"legal".to_owned()) && names("duties").contains(&"duty-manager".to_owned()));
    let ada = json!({
        "name": "Ada", "email": "ada@example.org", "roles": ["agent"], "teams": ["legal"], "duties": ["duty-manager"],
        "password": "correct horse battery",
    });
    let ada = owner.post("users", &ada).await.expect(201).json();
    assert_eq!((&ada["teams"], &ada["duties"]), (&json!(["legal"]), &json!(["duty-manager"])));
    let path = format!("users/{}", ada["id"].as_str().unwrap());
    for (field, wrong) in [("teams", "legl"), ("duties", "boss")] {
        let refused = owner.patch(&path, &json!({ field: [wrong] })).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], format!("/{field}"), "{refused}");
    }
    assert_eq!(owner.patch(&path, &json!({ "teams": [] })).await.expect(200).json()["duties"], json!(["duty-manager"]));
    test.finish().await;
}

impl Told {
    /// What is mailed by now: to whom, and what.
    async fn mails(&self) -> Vec<(String, Mail)> {
        while self.test.app.tell_due().await.unwrap() > 0 {}
        let mails = self.test.mailer.taken().into_iter();
        mails.map(|mail| (mail.to.split('-').next().unwrap_or_default().to_owned(), mail)).collect()
    }
}

/// The path of the link in a mail that takes the matter up.
fn link(mail: &Mail) -> String {
    let line =
        mail.text.lines().find_map(|line| line.strip_prefix("I take it up: ")).unwrap_or_else(|| panic!("{mail:?}"));
    line[line.find("/take-up/").unwrap()..].to_owned()
}

async fn visit(test: &TestApp, method: Method, path: &str) -> (u16, String) {
    let response = test.anonymous().request(method, path).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_mail_tells_why_and_its_link_takes_it_up_once() {
    let told = Told::begin().await;
    let lawyer = told.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    told.accused().await;
    let mails = told.mails().await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0].1;
    assert_eq!(mail.subject, "NA-1: A lawyer looks before anyone answers");
    assert!(
        mail.text.contains("/cases/NA-1") && !mail.text.contains("inventor"),
        "what somebody wrote is not mailed: {mail:?}"
    );
    let path = link(mail);
    // Looking does nothing, however often.
    for _ in 0..2 {
        let (status, page) = visit(&told.test, Method::GET, &path).await;
        assert!(status == 200 && page.contains("I take it up") && page.contains("NA-1"), "{page}");
        assert_eq!(Told::waiting(&lawyer).await, 1);
    }
    let (status, _) = visit(&told.test, Method::GET, "/take-up/made-up").await;
    assert_eq!(status, 404);
    // Sent on, so that loading the page again sends nothing again.
    assert_eq!(visit(&told.test, Method::POST, &path).await.0, 303);
    let (status, page) = visit(&told.test, Method::GET, &path).await;
    assert!(status == 200 && page.contains("you have taken it up") && !page.contains("<form"), "{page}");
    let run = told.run(&lawyer).await;
    assert_eq!(
        (&run["state"], &run["acknowledged"]["by"]["id"]),
        (&json!("acknowledged"), &run["told"][0]["people"][0]["id"])
    );
    // Used: after somebody else took it over it cannot take it back.
    let owner = told.test.owner();
    owner.post(&self::path(&run, "acknowledge"), &json!({})).await.expect(200);
    assert_eq!(visit(&told.test, Method::POST, &path).await.0, 303);
    let (_, page) = visit(&told.test, Method::GET, &path).await;
    assert!(page.contains("Olivia Owner has taken it up"), "{page}");
    assert_eq!(told.run(&owner).await["acknowledged"]["by"]["name"], "Olivia Owner");
    told.0.test.finish().await;
}

#[tokio::test]
async fn many_cases_are_one_mail_and_what_is_taken_up_is_left_out() {
    let told = Told::begin().await;
    told.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    // So many alike are a crisis besides, of which the owner hears.
    let to_counsel =
        |mails: Vec<(String, Mail)>| mails.into_iter().filter(|(to, _)| to == "approver").collect::<Vec<_>>();
    let comes = |number: usize| {
        let at = comity_app::Clock::now(&*told.test.clock);
        post(&format!("q{number}"), &format!("v{number}"), at, "My lawyer will contact you, this was stolen.")
    };
    told.test.receive(told.connection, (0..30).map(comes).collect()).await;
    told.after_minutes(0).await;
    let mails = to_counsel(told.mails().await);
    assert_eq!(mails.len(), 1, "thirty cases at once are one mail");
    assert!(mails[0].1.subject.starts_with("30 escalations, first NA-"), "{}", mails[0].1.subject);
    assert_eq!((mails[0].1.text.matches("I take it up").count(), mails[0].1.text.contains("And 10 more")), (20, true));

    // What comes right after waits until a minute has passed, and goes together.
    told.test.receive(told.connection, (30..33).map(comes).collect()).await;
    told.after_minutes(0).await;
    assert_eq!(to_counsel(told.mails().await).len(), 0);
    let list = told.test.owner().get("escalations").await.json();
    let one = |run: &&Value| run["flow"] == "counsel" && run["case_key"] == "NA-32";
    let one = list["items"].as_array().unwrap().iter().find(one).unwrap();
    told.test.owner().post(&path(one, "acknowledge"), &json!({})).await.expect(200);
    told.test.clock.advance(SignedDuration::from_secs(61));
    let mails = to_counsel(told.mails().await);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].1.subject.starts_with("2 escalations"), "one of the three was taken up: {}", mails[0].1.subject);
    told.0.test.finish().await;
}

#[tokio::test]
async fn mails_wait_for_the_end_of_quiet_hours_and_go_to_who_wants_them() {
    let told = Told::begin().await;
    let [sleeps, wants_none] = [
        told.test.signed_in_as(Role::Approver, &["legal"], &[]).await,
        told.test.signed_in_as(Role::Agent, &["legal"], &[]).await,
    ];
    let state = sleeps.get("users/me/notifications").await.expect(200).json();
    assert_eq!(
        (&state["rules"]["mail"], &state["rules"]["quiet"], &state["mails"]),
        (&json!(true), &json!(null), &json!(true))
    );
    // The clock of these tests stands at ten in Berlin.
    let quiet =
        |zone: &str| json!({ "mail": true, "quiet": { "from": "09:00:00", "until": "11:00:00", "time_zone": zone } });
    let refused = sleeps.put("users/me/notifications", &quiet("Berlin")).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/quiet/time_zone", "{refused}");
    sleeps.put("users/me/notifications", &quiet("Europe/Berlin")).await.expect(204);
    wants_none.put("users/me/notifications", &json!({ "mail": false, "quiet": null })).await.expect(204);
    told.accused().await;
    assert_eq!([Told::waiting(&sleeps).await, Told::waiting(&wants_none).await], [1, 1], "on the pages both are told");
    assert_eq!(told.mails().await.len(), 0);
    told.test.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(told.mails().await.len(), 0);
    told.test.clock.advance(SignedDuration::from_mins(1));
    let mails = told.mails().await;
    assert_eq!((mails.len(), mails[0].0.as_str()), (1, "approver"));
    told.0.test.finish().await;
}

#[tokio::test]
async fn a_mail_that_does_not_leave_is_tried_again_and_in_the_end_given_up_for_all_to_see() {
    let told = Told::begin().await;
    told.test.signed_in_as(Role::Approver, &["legal"], &[]).await;
    told.test.mailer.fail(Some(Untold::Later("busy".into())));
    told.accused().await;
    assert_eq!(told.mails().await.len(), 0);
    told.test.mailer.fail(None);
    assert_eq!(told.mails().await.len(), 0, "not at once");
    told.test.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(told.mails().await.len(), 1);

    told.test.mailer.fail(Some(Untold::Refused("it answered 550".into())));
    told.they("p9", "And I tell everybody.").await;
    let second = post("x", "uwe", comity_app::Clock::now(&*told.test.clock), "You stole this, says my lawyer.");
    told.test.receive(told.connection, vec![second]).await;
    told.test.clock.advance(SignedDuration::from_secs(61));
    told.after_minutes(0).await;
    assert_eq!(told.mails().await.len(), 0);
    let log = told.test.owner().get("audit").await.json();
    let failed = log["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "flow.mail_failed").unwrap();
    assert!(failed["detail"]["why"].as_str().unwrap().contains("550"), "{failed}");
    told.test.mailer.fail(None);
    told.test.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(told.mails().await.len(), 0, "a refusal is final");
    told.0.test.finish().await;
}

const ON_CALL: &str = r#"
flow "on-call" because "Whoever is on call looks at it" steps { notify(on_call("safety")); }
rule "fire" because "Fire" when event.is_consumer_post && event.text.mentions(words("threats")) then { escalate("on-call"); }
"#;

#[tokio::test]
async fn whoever_is_on_call_is_told_and_the_whole_team_when_nobody_is() {
    let told = Told(Thread::with("vera").await);
    told.decide_besides("on-call.rhai", ON_CALL).await;
    let [ada, bo] = [
        told.test.signed_in_as(Role::Agent, &["safety"], &[]).await,
        told.test.signed_in_as(Role::Approver, &["safety"], &[]).await,
    ];
    let me = async |client: &Client| client.get("session").await.json()["user"]["id"].as_str().unwrap().to_owned();
    let (ada_id, bo_id) = (me(&ada).await, me(&bo).await);
    let names = |run: &Value| -> Vec<String> {
        let people = run["told"][0]["people"].as_array().unwrap();
        people.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect()
    };
    // The clock of these tests stands at ten in Berlin, on Monday the tenth.
    let layer =
        |people: &[&String]| json!({ "people": people, "from": "2025-11-09", "hand_over": "09:00:00", "days": 1 });
    let rota = |layers: Value| json!({ "rota": { "time_zone": "Europe/Berlin", "layers": layers }, "version": 0 });
    let refused = ada.put("on-call/safety", &rota(json!([layer(&[])]))).await.expect(422).json();
    assert!(refused["detail"].as_str().unwrap().contains("Layer 1 has nobody"), "{refused}");
    let stranger = "018f0000-0000-7000-8000-000000000000".to_owned();
    ada.put("on-call/safety", &rota(json!([layer(&[&stranger])]))).await.expect(422);
    ada.put("on-call/nobody-knows", &rota(json!([layer(&[&ada_id])]))).await.expect(404);

    let fire = |id: &str| post(id, id, told.now(), "I know where you live. Watch your back.");
    told.receive(vec![fire("f1")]).await;
    let list = told.test.owner().get("escalations").await.json();
    let run = list["items"].as_array().unwrap().iter().find(|run| run["flow"] == "on-call").unwrap().clone();
    assert_eq!(names(&run).len(), 2, "without a rota the whole team is told: {run}");

    let both = rota(json!([layer(&[&ada_id, &bo_id])]));
    let preview = bo.post("on-call/preview", &json!({ "rota": both["rota"] })).await.expect(200).json();
    assert_eq!(
        (&preview["items"][0]["person"]["id"], &preview["items"][1]["person"]["id"]),
        (&json!(bo_id), &json!(ada_id))
    );
    ada.put("on-call/safety", &both).await.expect(204);
    ada.put("on-call/safety", &both).await.expect(409);
    let teams = bo.get("on-call").await.expect(200).json();
    let safety = teams["items"].as_array().unwrap().iter().find(|team| team["team"] == "safety").unwrap().clone();
    assert_eq!((&safety["now"]["id"], &safety["version"]), (&json!(bo_id), &json!(1)), "{safety}");
    assert_eq!(safety["shifts"].as_array().unwrap().len(), 15);
    told.receive(vec![fire("f2")]).await;
    let newest = async || {
        let list = told.test.owner().get("escalations").await.json();
        let runs = list["items"].as_array().unwrap().iter().filter(|run| run["flow"] == "on-call");
        runs.max_by_key(|run| run["case_key"].as_str().unwrap().to_owned()).unwrap().clone()
    };
    assert_eq!(names(&newest().await), std::slice::from_ref(&bo_id));
    // Somebody takes the shift for an hour.
    let mut instead = both;
    instead["version"] = json!(1);
    instead["rota"]["exceptions"] =
        json!([{ "user": ada_id, "from": told.now(), "until": told.now() + SignedDuration::from_hours(1) }]);
    bo.put("on-call/safety", &instead).await.expect(204);
    told.receive(vec![fire("f3")]).await;
    assert_eq!(names(&newest().await), [ada_id]);
    told.after_minutes(60).await;
    told.receive(vec![fire("f4")]).await;
    assert_eq!(names(&newest().await), [bo_id]);
    told.0.test.finish().await;
}
