//! The demonstration: a made-up network on which made-up people write to the airline Northwind Air, at the pace of a story.
//!
//! It reaches nothing outside. Replies sent through it are kept in the connection's state, and some of the people answer them
//! after a while, so that the whole round can be watched.

mod story;

use comity_plugin_sdk::{clock, connector, kv, prelude::*};
use story::Told;

struct Demo;

#[derive(serde::Deserialize)]
struct Config {}

/// How often the story is looked at.
const PACE_MILLIS: u64 = 1_000;

impl Connector for Demo {
    type Config = Config;

    fn describe() -> Description {
        Description {
            id: "demo".into(),
            name: "Demonstration".into(),
            summary: "Fictional posts about Northwind Air that arrive while you watch; nothing leaves this server"
                .into(),
            features: vec!["public-replies".into(), "lookup".into()],
            text_limit: Some((500, "graphemes".into())),
            ..about!()
        }
    }
}

impl Account for Demo {
    fn verify(_: Config) -> Result<Author> {
        Ok(story::airline())
    }
}

impl Source for Demo {
    fn poll(_: Config, cursor: Option<String>, budget: u32) -> Result<Batch> {
        let now = clock::now();
        let mut told = Told::read(cursor.as_deref(), now);
        let events = story::next(&mut told, now, budget as usize, |post| {
            kv::get(&replied_key(post)).and_then(|at| String::from_utf8(at).ok()?.parse().ok())
        })?;
        Ok(Batch { events, cursor: Some(told.write()?), delay: Some(PACE_MILLIS), ..batch() })
    }
}

impl Actions for Demo {
    fn send(_: Config, reply: Reply, idempotency_key: String, _attempt: u32) -> Result<Receipt> {
        if let Some(receipt) = sent(&idempotency_key) {
            return Ok(receipt);
        }
        let at = clock::now();
        let kept = kv::set(&sent_key(&idempotency_key), at.to_string().as_bytes())
            && reply.parent.is_none_or(|post| kv::set(&replied_key(&post), at.to_string().as_bytes()));
        if !kept {
            return Err(error("refused", "the demonstration keeps no more replies").advice("Add the connection anew"));
        }
        Ok(receipt(&idempotency_key, at))
    }

    fn lookup(_: Config, _reply: Reply, idempotency_key: String) -> Result<Option<Receipt>> {
        Ok(sent(&idempotency_key))
    }
}

fn sent(key: &str) -> Option<Receipt> {
    let at = kv::get(&sent_key(key))?;
    Some(receipt(key, String::from_utf8(at).ok()?.parse().ok()?))
}

fn receipt(key: &str, at: u64) -> Receipt {
    Receipt { post_id: format!("reply-{key}"), url: None, at, extensions: Vec::new() }
}

fn sent_key(key: &str) -> String {
    format!("sent/{key}")
}

fn replied_key(post: &str) -> String {
    format!("replied/{post}")
}

connector!(Demo: account, source, actions);
