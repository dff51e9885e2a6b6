//! Bluesky's views of posts, and what we make of them.

use crate::{api, session::Session};
use comity_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub did: String,
    handle: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    followers_count: Option<u64>,
}

impl Profile {
    pub fn into_author(self) -> Author {
        let display_name = self.display_name.filter(|name| !name.trim().is_empty());
        Author { display_name, followers: self.followers_count, ..author(self.did, self.handle) }
    }
}

/// A post as notifications, feeds and `getPosts` show it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    pub uri: String,
    pub cid: String,
    pub author: Profile,
    pub record: Value,
    pub indexed_at: String,
}

impl View {
    /// The post this one answers.
    pub fn parent(&self) -> Option<&str> {
        self.record["reply"]["parent"]["uri"].as_str()
    }

    pub fn root(&self) -> Option<&str> {
        self.record["reply"]["root"]["uri"].as_str()
    }

    pub fn is_by(&self, did: &str) -> bool {
        self.author.did == did
    }

    pub fn into_post(self, us: &Session) -> Result<Post> {
        let names_us = self.names(&us.did);
        let is_ours = self.is_by(&us.did);
        let rkey = api::parts(&self.uri).map(|(_, _, rkey)| rkey);
        let text = self.record["text"].as_str().unwrap_or_default();
        let quote = quoted(&self.record).map(|uri| ("quote".to_owned(), uri.to_owned()));
        Ok(Post {
            revision: self.cid.clone(),
            lang: self.record.pointer("/langs/0").and_then(Value::as_str).map(str::to_owned),
            url: rkey.map(|rkey| api::page(&self.author.handle, rkey)),
            parent: self.parent().map(str::to_owned),
            root: self.root().map(str::to_owned),
            // The thread is the conversation; its first post names it.
            conversation: Some(self.root().unwrap_or(&self.uri).to_owned()),
            party: if is_ours { "company".into() } else { "consumer".into() },
            company: Some(us.handle.clone()),
            names_us: if is_ours { None } else { Some(names_us) },
            extensions: quote.into_iter().collect(),
            ..post(self.uri.clone(), self.author.clone().into_author(), time::parse(&self.indexed_at)?, text)
        })
    }

    /// Whether it mentions this account, answers it, or quotes it.
    fn names(&self, did: &str) -> bool {
        let is_theirs = |uri: Option<&str>| uri.and_then(api::parts).is_some_and(|(author, _, _)| author == did);
        is_theirs(self.parent()) || is_theirs(quoted(&self.record)) || mentions(&self.record, did)
    }
}

fn mentions(record: &Value, did: &str) -> bool {
    let facets = record["facets"].as_array().into_iter().flatten();
    facets
        .filter_map(|facet| facet["features"].as_array())
        .flatten()
        .any(|feature| feature["did"].as_str() == Some(did))
}

fn quoted(record: &Value) -> Option<&str> {
    ["/embed/record/uri", "/embed/record/record/uri"].iter().find_map(|place| record.pointer(place)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn view(record: &Value) -> View {
        let author = json!({"did": "did:plc:ada", "handle": "ada.test"});
        let uri = "at://did:plc:ada/app.bsky.feed.post/3k";
        serde_json::from_value(json!({
            "uri": uri, "cid": "c", "author": author, "record": record, "indexedAt": "2026-03-01T10:00:00.000Z"
        }))
        .unwrap()
    }

    #[test]
    fn who_is_spoken_to_is_told_from_the_record() {
        let us = "did:plc:us";
        assert!(!view(&json!({"text": "x"})).names(us));
        assert!(view(&json!({"facets": [{"features": [{"did": us}]}]})).names(us));
        assert!(view(&json!({"reply": {"parent": {"uri": "at://did:plc:us/app.bsky.feed.post/1"}}})).names(us));
        assert!(!view(&json!({"reply": {"parent": {"uri": "at://did:plc:bob/app.bsky.feed.post/1"}}})).names(us));
        assert!(view(&json!({"embed": {"record": {"uri": "at://did:plc:us/app.bsky.feed.post/1"}}})).names(us));
    }
}
