use super::*;
use comity_domain::{CaseId, EventId, PostId, case::Case, post::Visibility};
use comity_policy::Bundle;

const SETTINGS: &str = "teams = { legal = \"Looks\", care = \"Answers\" }\nroles = { counsel = \"Decides\" }\n\
                        calendar = { time_zone = \"UTC\", open = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] }";
const RULES: &str = r#"charter "c";
article "answer" company owes "We answer within four hours." due hours(4) from consumer_post until company_reply;
rule "lawyer" because "They have a lawyer" when event.text.mentions("lawyer") then { escalate("counsel"); }
rule "late" because "We are late" under "answer" when event.is_breach_of("answer") then { label("late"); }
flow "counsel" because "A lawyer looks" steps {
    notify(team("legal"));
    unless_acknowledged(minutes(15));
    notify(role("counsel"));
    repeat(1);
}
"#;

fn policy() -> Policy {
    Policy::compile(&Bundle::new([("settings.toml", SETTINGS), ("rules.rhai", RULES)])).unwrap()
}

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + hour * 3_600).unwrap()
}

/// Somebody writes in the first hour, we answer in the sixth, and the case is closed in the seventh.
fn past() -> Past {
    let case = Case::new(hour(1));
    let post = |at: i64, party| Post {
        id: PostId::derived(&[&at.to_le_bytes()]),
        case: CaseId::derived(&[b"case"]),
        connection: case.connection,
        external_id: at.to_string(),
        author: comity_domain::ContactId::derived(&[b"contact"]),
        party,
        at: hour(at),
        received_at: hour(at),
        text: String::new(),
        lang: None,
        url: None,
        in_reply_to: None,
        root: None,
        parent: None,
        visibility: Visibility::Public,
        names_us: Some(true),
        deleted_at: None,
        edits: 0,
    };
    let posts = vec![post(1, Party::Consumer), post(6, Party::Company)];
    let event = |post: &Post, text: &str| {
        let kind = EventKind::Post { post: post.id, party: post.party };
        let id = EventId::derived(&[post.id.0.as_bytes()]);
        (Event { id, case: case.id, at: post.at, received_at: post.at, kind }, text.to_owned())
    };
    let events = vec![event(&posts[0], "My lawyer waits"), event(&posts[1], "Here it is.")];
    let acts = vec![(hour(7), Act::Close { reason: "solved".into() })];
    Past {
        case: case.clone(),
        contact: None,
        history: comity_domain::step::History::default(),
        others: vec![],
        posts,
        events,
        acts,
    }
}

/// `5 breach …`, hours and minutes from the beginning.
fn told(now: i64) -> Vec<String> {
    let moments = tell(&policy(), &past(), hour(now)).unwrap();
    let line = |moment: Moment| {
        let minutes = moment.at.duration_since(hour(0)).as_mins();
        format!("{}:{:02} {:?} {}", minutes / 60, minutes % 60, moment.kind, moment.text)
    };
    moments.into_iter().map(line).collect()
}

#[test]
fn before_it_is_due_the_clock_runs_and_what_follows_is_foretold() {
    assert_eq!(
        told(2),
        [
            "1:00 Event They wrote: “My lawyer waits” They have a lawyer (lawyer).",
            "1:00 Flow The flow “counsel” tells the team legal.",
            "1:15 Flow The flow “counsel” tells the role counsel, unless somebody has acknowledged it.",
            "1:15 Flow The flow “counsel” tells the team legal, unless somebody has acknowledged it.",
            "1:30 Flow The flow “counsel” tells the role counsel, unless somebody has acknowledged it.",
            "5:00 Due “answer” has to be kept by now. We answer within four hours.",
            "5:00 Breach “answer” is broken. We are late (late).",
        ]
    );
}

#[test]
fn later_what_came_too_late_is_told_and_nothing_runs_any_more() {
    let told = told(8);
    assert_eq!(
        told[5..],
        [
            "5:00 Breach “answer” is broken. We are late (late).",
            "6:00 Event We wrote: “Here it is.”",
            "7:00 Event Somebody closed the case as solved.",
        ]
    );
}

#[test]
fn nothing_has_happened_before_the_beginning() {
    assert_eq!(told(0), [""; 0]);
}
