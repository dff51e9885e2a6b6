//! What is new: notifications of mentions, replies and quotes, and our own replies, however they were written.

use crate::{
    Config, api,
    cursor::{Cursor, Track},
    post::View,
    session::Session,
};
use comity_plugin_sdk::{clock, prelude::*};
use serde::Deserialize;

/// Between two polls, in milliseconds: two requests each, well below the platform's 3,000 in five minutes.
const DELAY: u64 = 2_000;
const DAY: u64 = 86_400_000;
/// The most that one request may name.
const MOST_URIS: usize = 25;
const PAGE: usize = 50;

#[derive(Deserialize)]
struct Notifications {
    cursor: Option<String>,
    notifications: Vec<Notification>,
}

#[derive(Deserialize)]
struct Notification {
    reason: String,
    #[serde(flatten)]
    post: View,
}

#[derive(Deserialize)]
struct Feed {
    cursor: Option<String>,
    feed: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    post: View,
    /// Set on reposts and pinned posts, which stand where they are not sorted by their own time.
    #[serde(default)]
    reason: Option<serde_json::Value>,
}

impl Entry {
    fn into_item(self, did: &str) -> Item {
        match self.reason {
            // A repost stands in the list by its own time.
            Some(reason) => Item { at: reason["indexedAt"].as_str().map(str::to_owned), post: None },
            None => Item::new(self.post, |post| post.is_by(did) && post.parent().is_some()),
        }
    }
}

/// One entry of a list, newest first.
struct Item {
    /// Where it stands; nobody knows of a pinned post.
    at: Option<String>,
    /// The post, when it is wanted.
    post: Option<View>,
}

impl Item {
    fn new(post: View, is_wanted: impl FnOnce(&View) -> bool) -> Self {
        Self { at: Some(post.indexed_at.clone()), post: Some(post).filter(is_wanted) }
    }
}

#[derive(Deserialize)]
pub struct Posts {
    pub posts: Vec<View>,
}

pub fn poll(session: &mut Session, config: &Config, cursor: Option<&str>, budget: usize) -> Result<Batch> {
    let start = clock::now().saturating_sub(config.since_days.unwrap_or(1) * DAY);
    let mut cursor = Cursor::read(cursor, start)?;
    // A third each for posts about us, posts of ours, and posts of ours that the former answer.
    let page = (budget / 3).clamp(1, PAGE);
    let mut views = mentions(session, &mut cursor.mentions, page)?;
    let own = own_replies(session, &mut cursor.own, page)?;
    views.extend(context(session, &views)?);
    views.extend(own);
    views.sort_by(|a, b| a.indexed_at.cmp(&b.indexed_at));
    views.dedup_by(|a, b| a.uri == b.uri);
    let events =
        views.into_iter().map(|view| view.into_post(session).map(Event::PostCreated)).collect::<Result<_>>()?;
    let more = cursor.mentions.pages.is_some() || cursor.own.pages.is_some();
    Ok(Batch { events, cursor: Some(cursor.write()?), more, delay: (!more).then_some(DELAY), ..batch() })
}

fn mentions(session: &mut Session, track: &mut Track, limit: usize) -> Result<Vec<View>> {
    let limit = limit.to_string();
    let mut parameters = vec![("limit", limit.as_str())];
    parameters.extend(["mention", "reply", "quote"].map(|reason| ("reasons", reason)));
    let page = track.pages.as_ref().map(|pages| pages.next.clone());
    parameters.extend(page.as_deref().map(|page| ("cursor", page)));
    let Notifications { cursor, notifications } =
        session.get("app.bsky.notification.listNotifications", &parameters)?;
    let is_wanted = |reason: &str| matches!(reason, "mention" | "reply" | "quote");
    let page = notifications.into_iter().map(|entry| Item::new(entry.post, |_| is_wanted(&entry.reason)));
    new_ones(track, page.collect(), cursor)
}

fn own_replies(session: &mut Session, track: &mut Track, limit: usize) -> Result<Vec<View>> {
    let (limit, did) = (limit.to_string(), session.did.clone());
    let mut parameters = vec![("actor", did.as_str()), ("filter", "posts_with_replies"), ("limit", limit.as_str())];
    let page = track.pages.as_ref().map(|pages| pages.next.clone());
    parameters.extend(page.as_deref().map(|page| ("cursor", page)));
    let Feed { cursor, feed } = session.get("app.bsky.feed.getAuthorFeed", &parameters)?;
    new_ones(track, feed.into_iter().map(|entry| entry.into_item(&did)).collect(), cursor)
}

/// The posts that are wanted and were not read before; moves the track on. The whole page says whether there is more to read,
/// what is not wanted included; an empty one is the last, whatever it says.
fn new_ones(track: &mut Track, page: Vec<Item>, next: Option<String>) -> Result<Vec<View>> {
    let floor = track.floor();
    let (mut newest, mut goes_on, mut new) = (None, !page.is_empty(), Vec::new());
    for Item { at, post } in page {
        let Some(at) = at.as_deref().map(time::parse).transpose()? else { continue };
        newest = newest.max(Some(at));
        goes_on &= at >= floor;
        new.extend(post.filter(|post| track.take(&post.uri, at)));
    }
    track.turn(newest, next.filter(|_| goes_on));
    Ok(new)
}

/// Posts of ours that these answer: the case would begin in the middle without them.
fn context(session: &mut Session, views: &[View]) -> Result<Vec<View>> {
    let did = session.did.clone();
    let mut wanted: Vec<&str> = views.iter().flat_map(|view| [view.parent(), view.root()]).flatten().collect();
    wanted
        .retain(|uri| api::parts(uri).is_some_and(|(author, collection, _)| author == did && collection == api::POSTS));
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = Vec::new();
    for uris in wanted.chunks(MOST_URIS) {
        found.extend(posts(session, uris)?);
    }
    Ok(found)
}

/// Those of the posts that can be seen; at most 25.
pub fn posts(session: &mut Session, uris: &[&str]) -> Result<Vec<View>> {
    let parameters: Vec<(&str, &str)> = uris.iter().map(|uri| ("uris", *uri)).collect();
    let Posts { posts } = session.get("app.bsky.feed.getPosts", &parameters)?;
    Ok(posts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn view(name: &str, minute: u32) -> View {
        serde_json::from_value(json!({
            "uri": format!("at://did:plc:a/app.bsky.feed.post/{name}"), "cid": "c", "record": {},
            "author": {"did": "did:plc:a", "handle": "a.test"}, "indexedAt": format!("2026-03-01T10:{minute:02}:00.000Z"),
        }))
        .unwrap()
    }

    #[test]
    fn a_page_of_new_posts_leads_to_the_next_one_and_a_known_one_ends_it() {
        let mut track = Cursor::read(None, time::parse("2026-03-01T09:00:00Z").unwrap()).unwrap().mentions;
        let page =
            |names: &[(&str, u32)]| names.iter().map(|(name, at)| Item::new(view(name, *at), |_| true)).collect();
        let new = new_ones(&mut track, page(&[("d", 40), ("c", 30)]), Some("p2".into())).unwrap();
        assert_eq!((new.len(), track.pages.as_ref().unwrap().next.as_str()), (2, "p2"));
        assert_eq!(new_ones(&mut track, page(&[("b", 20)]), None).unwrap().len(), 1);
        assert_eq!((track.newest, track.pages.is_some()), (time::parse("2026-03-01T10:40:00Z").unwrap(), false));
        let again =
            new_ones(&mut track, page(&[("e", 41), ("d", 40), ("c", 30), ("b", 2)]), Some("p2".into())).unwrap();
        assert!(again.len() == 1 && again[0].uri.ends_with("/e"), "only the new one");
        assert!(track.pages.is_none());
    }

    #[test]
    fn other_notifications_are_passed_over_but_counted_as_read() {
        let mut track = Track::default();
        let new = new_ones(&mut track, vec![Item::new(view("like", 5), |_| false)], None).unwrap();
        assert!(new.is_empty() && track.newest > 0);
    }

    #[test]
    fn a_page_of_reposts_is_not_the_last_one() {
        let did = "did:plc:a";
        let start = time::parse("2026-03-01T09:00:00Z").unwrap();
        let post = |at: &str| {
            json!({
                "uri": "at://did:plc:b/app.bsky.feed.post/1", "cid": "c", "record": {"reply": {"parent": {"uri": "x"}}},
                "author": {"did": did, "handle": "a.test"}, "indexedAt": at,
            })
        };
        // A repost of an old post, and a pinned one, which has no time of its own.
        let repost = |at: &str| json!({"post": post("2020-01-01T00:00:00Z"), "reason": {"indexedAt": at}});
        let pinned = json!({"post": post("2020-01-01T00:00:00Z"), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}});
        let read = |entries: serde_json::Value| {
            let mut track = Cursor::read(None, start).unwrap().own;
            let entries: Vec<Entry> = serde_json::from_value(entries).unwrap();
            let page = entries.into_iter().map(|entry| entry.into_item(did)).collect();
            let new = new_ones(&mut track, page, Some("p2".into())).unwrap();
            (new.len(), track.pages.is_some())
        };
        assert_eq!(read(json!([repost("2026-03-01T10:02:00Z"), repost("2026-03-01T10:01:00Z")])), (0, true));
        assert_eq!(read(json!([pinned, {"post": post("2026-03-01T10:00:00Z")}])), (1, true));
        assert_eq!(read(json!([pinned])), (0, true));
        assert_eq!(read(json!([repost("2026-03-01T10:02:00Z"), repost("2026-02-01T10:00:00Z")])), (0, false));
        assert_eq!(read(json!([])), (0, false));
    }
}
