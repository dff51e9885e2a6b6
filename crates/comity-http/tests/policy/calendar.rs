//! The calendar of a draft: written into its settings, and what that would mean for what is promised.

use comity_app::Clock as _;
use comity_testkit::{TestApp, post};
use jiff::SignedDuration;
use serde_json::json;

const SETTINGS: &str = r#"# Ours.
teams = { care = "Answers" }

[calendar]
time_zone = "UTC"
open = [
    { day = "monday", from = "09:00", to = "17:00" },
    { day = "tuesday", from = "09:00", to = "17:00" },
    { day = "wednesday", from = "09:00", to = "17:00" },
    { day = "thursday", from = "09:00", to = "17:00" },
    { day = "friday", from = "09:00", to = "17:00" },
]
"#;
const RULES: &str = r#"charter "Us and our customers";
article "answer" company owes "We answer." due working_hours(8) from consumer_post until company_reply;
article "soon" company owes "We are quick." due minutes(30) from consumer_post until company_reply;
"#;

#[tokio::test]
async fn a_change_shows_what_is_promised_from_now_on_and_what_stays() {
    let test = TestApp::start().await;
    test.decide_by([("settings.toml", SETTINGS.to_owned()), ("rules.rhai", RULES.to_owned())]).await;
    let connection = test.silent_connection().await;
    // A Monday at noon: what is promised is due on Tuesday at noon.
    let monday: jiff::Timestamp = "2025-11-10T12:00:00Z".parse().unwrap();
    test.clock.advance(monday.duration_since(test.clock.now()));
    test.receive(connection, vec![post("one", "mia", monday, "Where is my parcel?")]).await;
    test.clock.advance(SignedDuration::from_mins(40));

    let owner = test.owner();
    let read = owner.post("policy/calendar", &json!({ "settings": SETTINGS })).await.expect(200).json();
    assert_eq!(read["settings"], SETTINGS, "reading changes nothing");
    assert_eq!(
        (&read["preview"]["open"], &read["preview"]["different"], &read["preview"]["closed"]),
        (&json!(1), &json!(0), &json!(0))
    );

    let mut calendar = read["calendar"].clone();
    calendar["holidays"] = json!([{ "date": "2025-11-11", "name": "Founders\u{2019} day" }]);
    let body = json!({ "settings": SETTINGS, "calendar": calendar });
    let edited = owner.post("policy/calendar", &body).await.expect(200).json();
    let expected = format!("{SETTINGS}\n[calendar.holidays]\n2025-11-11 = \"Founders\u{2019} day\"\n");
    assert_eq!(edited["settings"], expected);
    assert_eq!(edited["calendar"]["holidays"], calendar["holidays"]);
    let preview = &edited["preview"];
    let [made] = preview["made_now"].as_array().unwrap().as_slice() else { panic!("{preview}") };
    assert_eq!(
        (&made["article"], &made["within"], &made["live"], &made["then"]),
        (&json!("answer"), &json!("8 working hours"), &json!("2025-11-11T12:40:00Z"), &json!("2025-11-12T12:40:00Z")),
        "what counts minutes is not moved by any calendar"
    );
    let [moved] = preview["moved"].as_array().unwrap().as_slice() else { panic!("{preview}") };
    assert_eq!(
        (&moved["due_at"], &moved["would_be"], &moved["closed"]),
        (&json!("2025-11-11T12:00:00Z"), &json!("2025-11-12T12:00:00Z"), &json!(true))
    );

    // The day is closed once it is published, and what was promised stands.
    test.decide_by([("settings.toml", expected), ("rules.rhai", RULES.to_owned())]).await;
    let case = owner.get(&format!("cases/{}", moved["case_key"].as_str().unwrap())).await.expect(200).json();
    let promise = case["obligations"].as_array().unwrap().iter().find(|one| one["article"] == "answer").unwrap();
    assert_eq!(promise["due_at"], "2025-11-11T12:00:00Z");
    let path = format!("cases/{}/obligations/{}", moved["case_key"].as_str().unwrap(), promise["id"].as_str().unwrap());
    let why = owner.get(&path).await.expect(200).json();
    assert_eq!(why["holidays"], calendar["holidays"]);
    assert_eq!(why["today"], "2025-11-12T12:00:00Z");
    test.finish().await;
}

#[tokio::test]
async fn what_makes_no_calendar_is_refused_at_its_place() {
    let test = TestApp::start().await;
    let owner = test.owner();
    let open = json!([{ "day": "monday", "from": "09:00", "to": "17:00" }]);
    let table = [
        (json!({ "settings": "[teams" }), "/settings", "The settings cannot be read"),
        (
            json!({ "settings": SETTINGS, "calendar": { "time_zone": "Mars/Base", "open": open, "holidays": [] } }),
            "/calendar",
            "There is no time zone",
        ),
        (
            json!({ "settings": SETTINGS, "calendar": { "time_zone": "UTC", "open": [], "holidays": [] } }),
            "/calendar",
            "no open hours",
        ),
    ];
    for (body, pointer, message) in table {
        let problem = owner.post("policy/calendar", &body).await.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(message), "{problem}");
    }
    let thirteenth = json!({ "time_zone": "UTC", "open": open, "holidays": [{ "date": "2027-13-01", "name": "" }] });
    owner.post("policy/calendar", &json!({ "settings": SETTINGS, "calendar": thirteenth })).await.expect(422);

    let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let listed = owner.post("policy/calendar/holidays", &json!({ "file": file })).await.expect(200).json();
    let days = listed["days"].as_array().unwrap();
    assert_eq!(
        (days.len(), &days[0]["name"]),
        (5, &json!("Christmas")),
        "last year, this one, and three more: {listed}"
    );
    let problem = owner.post("policy/calendar/holidays", &json!({ "file": "<html>" })).await.expect(422).json();
    assert_eq!(problem["errors"][0]["pointer"], "/file", "{problem}");
    test.finish().await;
}
