//! One Bluesky account, on any AT Protocol server: what is said to it, and answers in threads.
//!
//! Reading order: [`session`] (signing in without seeing a token), [`poll`] (what is new) with [`cursor`], [`post`] (records to
//! posts), [`reply`] (answers) with [`facets`] and [`rkey`], [`recheck`] (deletions, which Bluesky does not tell of).

mod api;
mod cursor;
mod facets;
mod poll;
mod post;
mod recheck;
mod reply;
mod rkey;
mod session;

use comity_plugin_sdk::{connector, prelude::*};
use session::Session;

const SERVICE: &str = "https://bsky.social";

#[derive(serde::Deserialize)]
struct Config {
    identifier: String,
    service: Option<String>,
    since_days: Option<u64>,
}

impl Config {
    fn service(&self) -> &str {
        let given = self.service.as_deref().map(|url| url.trim().trim_end_matches('/'));
        given.filter(|url| !url.is_empty()).unwrap_or(SERVICE)
    }

    fn identifier(&self) -> &str {
        self.identifier.trim().trim_start_matches('@')
    }
}

struct Bluesky;

impl Connector for Bluesky {
    type Config = Config;

    fn describe() -> Description {
        Description {
            id: "bluesky".into(),
            name: "Bluesky".into(),
            summary: "Mentions, replies and quotes of a Bluesky account, and public answers in their threads".into(),
            config_schema: include_str!("config.json").into(),
            secrets: vec![secret(
                session::PASSWORD,
                "App password",
                "Made in Bluesky under Settings, Privacy and security, App passwords. Not the account's own password",
                true,
            )],
            origins: vec![SERVICE.into(), "{config:service}".into()],
            text_limit: Some((facets::MOST_GRAPHEMES, "graphemes".into())),
            features: ["public-replies", "lookup", "deletions-by-recheck"].map(Into::into).into(),
            ..about!()
        }
    }
}

impl Account for Bluesky {
    fn verify(config: Config) -> Result<Author> {
        let mut session = Session::anew(&config)?;
        let profile: post::Profile =
            session.get("app.bsky.actor.getProfile", &[("actor", session.did.clone().as_str())])?;
        Ok(profile.into_author())
    }
}

impl Source for Bluesky {
    fn poll(config: Config, cursor: Option<String>, budget: u32) -> Result<Batch> {
        let mut session = Session::open(&config)?;
        poll::poll(&mut session, &config, cursor.as_deref(), budget as usize)
    }
}

impl Actions for Bluesky {
    fn send(config: Config, reply: Reply, idempotency_key: String, attempt: u32) -> Result<Receipt> {
        reply::send(&mut Session::open(&config)?, &reply, &idempotency_key, attempt)
    }

    fn lookup(config: Config, _reply: Reply, idempotency_key: String) -> Result<Option<Receipt>> {
        reply::lookup(&mut Session::open(&config)?, &idempotency_key)
    }
}

impl Recheck for Bluesky {
    fn recheck(config: Config, ids: Vec<String>) -> Result<Vec<Event>> {
        recheck::recheck(&mut Session::open(&config)?, &ids)
    }
}

connector!(Bluesky: account, source, actions, recheck);
