//! A wave of near-identical posts is seen as one, and whoever has a matter of their own is not lost in it.

use comity_app::Clock as _;
use comity_testkit::{TestApp, post};
use jiff::SignedDuration;
use serde_json::{Value, json};

const SETTINGS: &str = r#"
teams = { care = "Answers" }
words = { outage = ["outage*", "offline"] }
topics = { outage = ["outage"] }
calendar = { time_zone = "UTC", open = [{ day = "monday", from = "09:00", to = "17:00" }] }
"#;
const RULES: &str = r#"charter "Us and our customers";
article "answer" company owes "We answer." due hours(4) from consumer_post until company_reply;

rule "wave" because "Many people post the same" under "answer"
when event.is_consumer_post && known(surge.similar_posts) && surge.similar_posts >= 10
then { label("wave"); }

rule "outage" because "Something is broken for many" under "answer"
when event.is_consumer_post && surge.topic("outage").posts_last_hour >= 20
then { label("outage"); }
"#;

/// A server on which this policy decides.
async fn with_policy() -> TestApp {
    let test = TestApp::start().await;
    test.decide_by([("settings.toml", SETTINGS.to_owned()), ("rules.rhai", RULES.to_owned())]).await;
    test
}

fn labels(row: &Value) -> Vec<&str> {
    row["labels"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn a_wave_is_labelled_and_what_is_somebodys_own_is_not() {
    let test = with_policy().await;
    let connection = test.silent_connection().await;
    // Counting begins with the first post and says nothing of an hour before one is over.
    let first =
        post("first", "mia", test.clock.now(), "Is the lounge open on Sundays, and may my daughter come along?");
    test.receive(connection, vec![first]).await;
    test.clock.advance(SignedDuration::from_hours(2));

    let marks = ["!", "!!", " 😡", " #fail", "...", " https://a.example/1", " @northwind", " NOW", "?", " 2026"];
    for round in 0..3 {
        let now = test.clock.now();
        let copies = (0..10).map(|number| {
            let name = format!("copy{round}-{number}");
            let text = format!(
                "@northwind Your booking site is offline again and you leave us all stranded, shame on you{}",
                marks[number]
            );
            post(&name, &name, now + SignedDuration::from_secs(number as i64), &text)
        });
        // One of them brings a matter of their own, in the middle of it.
        let own = post(
            &format!("own{round}"),
            "noor",
            now,
            "My wheelchair was broken on flight 12 and I cannot leave the hotel.",
        );
        test.clock.advance(SignedDuration::from_mins(5));
        test.receive(connection, copies.chain(Some(own).filter(|_| round == 2)).collect()).await;
        // Whatever comes twice is counted once.
        test.receive(connection, vec![post("copy0-0", "copy0-0", now, "It came again.")]).await;
    }

    let agent = test.owner();
    let list = agent.get("cases?limit=100").await.expect(200).json();
    let rows = list["items"].as_array().unwrap();
    let of = |handle: &str| rows.iter().find(|row| row["contact"]["handle"] == handle).unwrap();
    assert_eq!(rows.len(), 32);
    assert_eq!(labels(of("noor")), ["outage"], "its own matter, in a bad hour");
    assert!(labels(of("mia")).is_empty());
    let in_wave = rows.iter().filter(|row| labels(row).contains(&"wave")).count();
    assert_eq!(in_wave, 20, "all but the first ten, which had too few before them");
    let late = labels(of("copy2-9"));
    assert_eq!(late, ["outage", "wave"]);

    // The counts stand with the decision, and it can be made again from them.
    let decisions =
        agent.get(&format!("cases/{}/decisions", of("copy2-9")["key"].as_str().unwrap())).await.expect(200).json();
    let decision =
        agent.get(&format!("decisions/{}", decisions["items"][0]["id"].as_str().unwrap())).await.expect(200).json();
    let surge = &decision["facts"]["surge"];
    assert_eq!(
        (&surge["similar_posts"], &surge["topics"]["outage"]["posts_last_hour"]),
        (&json!(29), &json!(30)),
        "{surge}"
    );
    assert_eq!(surge["posts_last_hour"], 31);
    test.finish().await;
}
