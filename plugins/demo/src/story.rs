//! What happens when: posts by the clock, answers some time after a reply.

use comity_plugin_sdk::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far the story has been told: the cursor.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// When it began, in milliseconds since 1970.
    began: u64,
    posts: usize,
    answers: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    /// Seconds since the beginning.
    after: u64,
    by: String,
    text: String,
    #[serde(default = "yes", deserialize_with = "Option::deserialize")]
    names_us: Option<bool>,
    lang: Option<String>,
    parent: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    /// The post whose writer answers, once it has been replied to.
    to: String,
    /// Seconds since the reply.
    after: u64,
    text: String,
}

#[derive(Deserialize)]
struct Person {
    name: String,
    handle: String,
}

impl Told {
    pub fn read(cursor: Option<&str>, now: u64) -> Self {
        let kept = cursor.and_then(|cursor| serde_json::from_str(cursor).ok());
        kept.unwrap_or(Self { began: now, posts: 0, answers: BTreeSet::new() })
    }

    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|problem| error("unavailable", problem.to_string()))
    }
}

/// The events that are due by `now`. `replied` tells when a post was replied to.
pub fn next(told: &mut Told, now: u64, most: usize, replied: impl Fn(&str) -> Option<u64>) -> Result<Vec<Event>> {
    let lines: Vec<Line> = read(include_str!("story.json"))?;
    let people: BTreeMap<String, Person> = read(include_str!("people.json"))?;
    let answers: Vec<Answer> = read(include_str!("answers.json"))?;
    let mut events = Vec::new();
    for line in lines.iter().skip(told.posts).take(most) {
        let at = told.began + line.after * 1_000;
        if at > now {
            break;
        }
        events.push(Event::PostCreated(Post {
            lang: line.lang.clone().or_else(|| Some("en".into())),
            parent: line.parent.clone(),
            root: line.parent.clone(),
            names_us: line.names_us,
            company: line.names_us.filter(|names_us| *names_us).map(|_| AIRLINE.into()),
            ..post(line.id.clone(), writer(&people, &line.by), at, line.text.clone())
        }));
        told.posts += 1;
    }
    for answer in answers.iter().filter(|answer| !told.answers.contains(&answer.to)).collect::<Vec<_>>() {
        let at = replied(&answer.to).map(|at| at + answer.after * 1_000).filter(|at| *at <= now);
        let Some(at) = at.filter(|_| events.len() < most) else { continue };
        let by = lines.iter().find(|line| line.id == answer.to).map_or("", |line| line.by.as_str());
        events.push(Event::PostCreated(Post {
            lang: Some("en".into()),
            parent: Some(answer.to.clone()),
            root: Some(answer.to.clone()),
            names_us: Some(true),
            company: Some(AIRLINE.into()),
            ..post(format!("{}-answer", answer.to), writer(&people, by), at, answer.text.clone())
        }));
        told.answers.insert(answer.to.clone());
    }
    Ok(events)
}

/// Whom the posts that name anybody are addressed to. One that names nobody leaves open whom it means.
const AIRLINE: &str = "northwindair";

pub fn airline() -> Author {
    Author { display_name: Some("Northwind Air".into()), ..author(AIRLINE, AIRLINE) }
}

fn writer(people: &BTreeMap<String, Person>, id: &str) -> Author {
    match people.get(id) {
        Some(person) => Author { display_name: Some(person.name.clone()), ..author(id, &person.handle) },
        None => author(id, id),
    }
}

fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|problem| error("unavailable", format!("the story cannot be read: {problem}")))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that serde asks for")]
fn yes() -> Option<bool> {
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(events: &[Event]) -> Vec<String> {
        let id = |event: &Event| match event {
            Event::PostCreated(post) => Some(post.id.clone()),
            _ => None,
        };
        events.iter().filter_map(id).collect()
    }

    #[test]
    fn the_story_goes_on_where_it_stopped_and_never_repeats() {
        let mut told = Told::read(None, 1_000_000);
        assert_eq!(ids(&next(&mut told, 1_000_000, 10, |_| None).unwrap()), ["p01"]);
        assert!(next(&mut told, 1_001_000, 10, |_| None).unwrap().is_empty());
        let mut told = Told::read(Some(&told.write().unwrap()), 9_999_999);
        assert_eq!(ids(&next(&mut told, 1_004_000, 10, |_| None).unwrap()), ["p02", "p03"]);
        let rest = ids(&next(&mut told, 9_000_000, 100, |_| None).unwrap());
        assert_eq!(rest.first().map(String::as_str), Some("p04"));
        assert!(next(&mut told, 9_900_000, 100, |_| None).unwrap().is_empty());
    }

    #[test]
    fn who_names_nobody_may_mean_somebody_else() {
        let events = next(&mut Told::read(None, 0), 10_000_000, 100, |_| None).unwrap();
        let addressed_to_nobody = events.into_iter().filter(|event| match event {
            Event::PostCreated(post) => post.company.is_none(),
            _ => false,
        });
        assert_eq!(ids(&addressed_to_nobody.collect::<Vec<_>>()), ["p05"]);
    }

    #[test]
    fn people_answer_once_some_time_after_a_reply() {
        let mut told = Told::read(None, 0);
        next(&mut told, 10_000_000, 100, |_| None).unwrap();
        let replied = |post: &str| (post == "p01").then_some(10_000_000);
        assert!(next(&mut told, 10_019_000, 100, replied).unwrap().is_empty());
        assert_eq!(ids(&next(&mut told, 10_020_000, 100, replied).unwrap()), ["p01-answer"]);
        assert!(next(&mut told, 10_030_000, 100, replied).unwrap().is_empty());
    }

    #[test]
    fn every_answer_and_parent_names_a_post_and_every_writer_a_person() {
        let lines: Vec<Line> = read(include_str!("story.json")).unwrap();
        let people: BTreeMap<String, Person> = read(include_str!("people.json")).unwrap();
        let answers: Vec<Answer> = read(include_str!("answers.json")).unwrap();
        let known = |id: &String| lines.iter().any(|line| line.id == *id);
        assert!(answers.iter().all(|answer| known(&answer.to)));
        assert!(lines.iter().filter_map(|line| line.parent.as_ref()).all(known));
        assert!(lines.iter().all(|line| people.contains_key(&line.by)));
        assert_eq!(lines.iter().find(|line| line.id == "p05").unwrap().names_us, None);
    }
}
