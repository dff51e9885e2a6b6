//! The ledger's figures against a count made straight from the file: two ways to the same number that share no code.
//!
//! The file is made up, in the shape of exported conversations: answers before their questions, the same post in two
//! conversations (which are then one), a post told twice, threads that nobody answered, and several companies.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context, Result};
use comity_e2e::{api::Api, server::Server};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const COMPANIES: [&str; 3] = ["northwind", "southbus", "eastferry"];
const BEGIN: i64 = 1_772_442_000;

/// A small generator of its own, so that the file is the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn post(id: &str, conversation: &str, company: &str, by_company: bool, minute: u64, parent: Option<&str>) -> Value {
    let at = Timestamp::from_second(BEGIN + minute.cast_signed() * 60).expect("a time in range");
    json!({
        "conversation": conversation, "company": company, "id": id, "at": at.to_string(), "in_reply_to": parent,
        "author": if by_company { company } else { conversation },
        "party": if by_company { "company" } else { "consumer" },
        "text": if by_company { format!("We are looking into it, {id}.") } else { format!("Where is my order {id}?") },
    })
}

fn conversations(dice: &mut Dice) -> Vec<Value> {
    let mut lines = Vec::new();
    for number in 0..60_u64 {
        let company = COMPANIES[dice.roll(3) as usize];
        let conversation = format!("c{number}");
        let begin = number * 500;
        let first = format!("p{number}-0");
        let mut thread = vec![post(&first, &conversation, company, false, begin, None)];
        let mut minute = begin;
        for turn in 1..dice.roll(5) {
            minute += 1 + dice.roll(600);
            let parent = format!("p{number}-{}", turn - 1);
            let id = format!("p{number}-{turn}");
            thread.push(post(&id, &conversation, company, turn % 2 == 1, minute, Some(&parent)));
        }
        if dice.roll(4) == 0 {
            thread.reverse();
        }
        if dice.roll(6) == 0 {
            thread.push(thread[0].clone());
        }
        lines.extend(thread);
    }
    // The first post of one conversation turns up in another: they are one matter.
    let mut shared = lines[0].clone();
    shared["conversation"] = "c59".into();
    lines.push(shared);
    lines
}

/// Company to (cases, answered, answered within the hours), counted from the lines alone.
fn count(lines: &[Value], hours: i64) -> BTreeMap<String, (u64, u64, u64)> {
    let mut group: BTreeMap<String, String> = BTreeMap::new();
    let find = |group: &BTreeMap<String, String>, name: &str| {
        let mut at = name.to_owned();
        while let Some(next) = group.get(&at).filter(|next| **next != at) {
            at = next.clone();
        }
        at
    };
    for line in lines {
        let id = format!("post {}", text(line, "id"));
        let others = [
            Some(format!("conversation {}", text(line, "conversation"))),
            line["in_reply_to"].as_str().map(|p| format!("post {p}")),
        ];
        for other in others.into_iter().flatten() {
            let (one, two) = (find(&group, &id), find(&group, &other));
            group.insert(one, two.clone());
            group.entry(two.clone()).or_insert(two);
        }
    }
    let mut threads: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for line in lines {
        threads.entry(find(&group, &format!("post {}", text(line, "id")))).or_default().push(line);
    }
    let mut counted: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
    for thread in threads.values() {
        let times =
            |party: &str| thread.iter().filter(|line| line["party"] == *party).map(|line| at(line)).collect::<Vec<_>>();
        let Some(asked) = times("consumer").into_iter().min() else { continue };
        let answered = times("company").into_iter().filter(|&at| at >= asked).min();
        let first = thread.iter().min_by_key(|line| at(line)).expect("a thread has posts");
        let entry = counted.entry(text(first, "company").to_owned()).or_default();
        entry.0 += 1;
        entry.1 += u64::from(answered.is_some());
        entry.2 += u64::from(answered.is_some_and(|at| at.duration_since(asked) <= SignedDuration::from_hours(hours)));
    }
    counted
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().expect("a text")
}

fn at(line: &Value) -> Timestamp {
    text(line, "at").parse().expect("a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn first_answers_equal_an_independent_count() -> Result<()> {
    let lines = conversations(&mut Dice(7));
    let mut file = String::new();
    for line in &lines {
        writeln!(file, "{line}")?;
    }
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("data")).await?;
    let api = Api::set_up(&server).await?;
    let report = api.import(file).await?;
    assert_eq!(report["read"].as_u64(), Some(lines.len() as u64), "{report}");
    assert_eq!(report["rejected"], 0, "{report}");
    for hours in [1, 4, 24] {
        let expected = count(&lines, hours);
        assert!(expected.values().any(|(cases, _, within)| within < cases), "the file has late answers");
        let figures = api.get(&format!("/figures/first-answer?hours={hours}")).await?;
        let companies = figures["companies"].as_array().context("figures by company")?;
        let number = |company: &Value, name: &str| company[name].as_u64().unwrap_or(u64::MAX);
        let found: BTreeMap<String, (u64, u64, u64)> = companies
            .iter()
            .map(|c| {
                (
                    text(c, "company").to_owned(),
                    (number(c, "cases"), number(c, "answered"), number(c, "answered_within")),
                )
            })
            .collect();
        assert_eq!(found, expected, "within {hours} hours");
    }
    Ok(())
}
