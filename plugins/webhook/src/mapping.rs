//! One JSON post, wherever its fields are, becomes one event.

use crate::config::Config;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use comity_plugin_sdk::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Numbers below this are seconds (until the year 5138), others milliseconds.
const FIRST_MILLIS: u64 = 100_000_000_000;

pub fn event(config: &Config, value: &Value, now: u64) -> Result<Event, String> {
    if !value.is_object() {
        return Err("it is not a JSON object".into());
    }
    let (fields, found) = (&config.fields, Found(value));
    let id = found.id("id", &fields.id)?.ok_or_else(|| missing("id", &fields.id))?;
    if found.flag("deleted", &fields.deleted)? {
        let at = found.time("at", &fields.at)?.unwrap_or(now);
        return Ok(Event::PostDeleted(Deletion { id, at }));
    }
    let at = found.time("at", &fields.at)?.ok_or_else(|| missing("at", &fields.at))?;
    let author_id = found.id("author", &fields.author)?.ok_or_else(|| missing("author", &fields.author))?;
    let handle = found.text("author_handle", &fields.author_handle)?.unwrap_or_else(|| author_id.clone());
    let is_ours = config.company_authors.contains(&author_id);
    let author = Author {
        display_name: found.text("author_name", &fields.author_name)?,
        followers: value.pointer(&fields.followers).and_then(Value::as_u64),
        ..author(author_id, handle)
    };
    let party = found.text("party", &fields.party)?;
    let text = found.text("text", &fields.text)?.ok_or_else(|| missing("text", &fields.text))?;
    let is_edited = found.flag("edited", &fields.edited)?;
    let post = Post {
        revision: match found.id("revision", &fields.revision)? {
            Some(revision) => revision,
            // An edit that has the name of the original would be taken for it.
            None if is_edited => hash(&text),
            None => String::new(),
        },
        conversation: found.id("conversation", &fields.conversation)?,
        parent: found.id("in_reply_to", &fields.in_reply_to)?,
        root: found.id("root", &fields.root)?,
        url: found.text("url", &fields.url)?,
        lang: found.text("lang", &fields.lang)?,
        company: found.text("company", &fields.company)?.or_else(|| config.company.clone()),
        party: one_of("party", party, ["consumer", "company"], usize::from(is_ours))?,
        visibility: one_of("visibility", found.text("visibility", &fields.visibility)?, ["public", "private"], 0)?,
        // Whoever sends here means us.
        names_us: Some(true),
        ..post(id, author, at, text)
    };
    Ok(if is_edited { Event::PostEdited(post) } else { Event::PostCreated(post) })
}

fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..12])
}

fn one_of(name: &str, given: Option<String>, known: [&str; 2], default: usize) -> Result<String, String> {
    match given {
        None => Ok(known[default].into()),
        Some(given) if known.contains(&given.as_str()) => Ok(given),
        Some(given) => Err(format!("`{name}` is {given:?}; it can be {:?} or {:?}", known[0], known[1])),
    }
}

fn missing(name: &str, pointer: &str) -> String {
    format!("`{name}` is missing or empty (looked for at {pointer})")
}

struct Found<'a>(&'a Value);

impl Found<'_> {
    fn id(&self, name: &str, pointer: &str) -> Result<Option<String>, String> {
        self.text(name, pointer)?.map(|text| checked_id(name, text)).transpose()
    }

    /// Missing, `null` and empty are the same; a number is taken as the text it is written as.
    fn text(&self, name: &str, pointer: &str) -> Result<Option<String>, String> {
        match self.0.pointer(pointer) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok((!text.trim().is_empty()).then(|| text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(format!("`{name}` at {pointer} is not text")),
        }
    }

    fn flag(&self, name: &str, pointer: &str) -> Result<bool, String> {
        match self.0.pointer(pointer) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(format!("`{name}` at {pointer} is neither true nor false")),
        }
    }

    fn time(&self, name: &str, pointer: &str) -> Result<Option<u64>, String> {
        match self.0.pointer(pointer) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                time::parse(text).map(Some).map_err(|problem| format!("`{name}`: {}", problem.message))
            }
            Some(Value::Number(number)) => match number.as_u64() {
                Some(seconds) if seconds < FIRST_MILLIS => Ok(Some(seconds * 1000)),
                Some(millis) if time::format(millis).is_ok() => Ok(Some(millis)),
                _ => Err(format!("`{name}` is {number}, which is no time since 1970")),
            },
            Some(_) => Err(format!("`{name}` at {pointer} is not a time")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn created(config: Value, post: &Value) -> Post {
        let config = serde_json::from_value(config).unwrap();
        match event(&config, post, 7).unwrap() {
            Event::PostCreated(post) => post,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_flat_post_needs_no_mapping() {
        let flat = json!({"id": 5, "author": "ada", "at": 1_700_000_000, "text": "hello", "in_reply_to": "4"});
        let post = created(json!({"company": "Acme", "company_authors": ["acme"]}), &flat);
        assert_eq!((post.id.as_str(), post.at, post.party.as_str()), ("5", 1_700_000_000_000, "consumer"));
        assert_eq!((post.company.as_deref(), post.parent.as_deref()), (Some("Acme"), Some("4")));
        let ours = json!({"id": 6, "author": "acme", "at": 1_700_000_000_000_u64, "text": "hi"});
        assert_eq!(created(json!({"company_authors": ["acme"]}), &ours).party, "company");
    }

    #[test]
    fn fields_are_found_where_the_mapping_says() {
        let config = json!({"fields": {"id": "/post/uid", "author": "/user/id", "author_handle": "/user/name", "text": "/post/body"}});
        let nested = json!({"post": {"uid": "p", "body": "hello"}, "user": {"id": 9, "name": "ada"}, "at": "2026-03-01T10:00:00Z"});
        let post = created(config, &nested);
        assert_eq!(
            (post.id, post.author.id, post.author.handle, post.text),
            ("p".into(), "9".into(), "ada".into(), "hello".into())
        );
    }

    #[test]
    fn a_deletion_needs_only_its_id() {
        let config = Config::default();
        let gone = event(&config, &json!({"id": "1", "deleted": true}), 7).unwrap();
        assert!(matches!(gone, Event::PostDeleted(Deletion { ref id, at: 7 }) if id == "1"), "{gone:?}");
        let full = json!({"id": "1", "author": "a", "at": "2026-03-01T10:00:00Z", "text": "b", "edited": true, "revision": "2"});
        assert!(matches!(event(&config, &full, 7).unwrap(), Event::PostEdited(post) if post.revision == "2"));
    }

    #[test]
    fn every_text_of_an_edited_post_is_a_revision() {
        let revision = |text: &str, edited: bool| {
            let post = json!({"id": "1", "author": "a", "at": "2026-03-01T10:00:00Z", "text": text, "edited": edited});
            match event(&Config::default(), &post, 7).unwrap() {
                Event::PostCreated(post) | Event::PostEdited(post) => post.revision,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(revision("hello", false), "");
        assert_eq!(revision("hello", true), "LPJNul-wow4m6Dsq");
        assert_eq!(revision("hello", true), revision("hello", true), "sent again it is the same");
        assert_ne!(revision("hello", true), revision("hello!", true));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let reason = |post: Value| event(&Config::default(), &post, 7).unwrap_err();
        assert_eq!(reason(json!({"author": "a"})), "`id` is missing or empty (looked for at /id)");
        assert!(reason(json!({"id": "1", "at": "noon"})).contains("not a time"));
        assert!(reason(json!("x")).contains("not a JSON object"));
        let party = json!({"id": "1", "author": "a", "at": 1, "text": "b", "party": "us"});
        assert!(reason(party).contains("`party` is \"us\""));
        let with = |name: &str, value: Value| {
            let mut post = json!({"id": "1", "author": "a", "at": 1, "text": "b"});
            post[name] = value;
            reason(post)
        };
        for name in ["id", "author", "conversation", "in_reply_to", "root", "revision"] {
            assert_eq!(with(name, "x".repeat(1_025).into()), format!("`{name}` is longer than 1024 bytes"));
            assert!(with(name, "a\nb".into()).starts_with(&format!("`{name}` has control characters")));
        }
        assert!(with("at", u64::MAX.into()).contains("no time since 1970"));
    }
}
