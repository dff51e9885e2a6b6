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
    let posts = notifications.into_iter();
    let posts = posts.map(|entry| (matches!(entry.reason.as_str(), "mention" | "reply" | "quote"), entry.post));
    new_ones(track, posts.collect(), cursor)
}

fn own_replies(session: &mut Session, track: &mut Track, limit: usize) -> Result<Vec<View>> {
    let (limit, did) = (limit.to_string(), session.did.clone());
    let mut parameters = vec![("actor", did.as_str()), ("filter", "posts_with_replies"), ("limit", limit.as_str())];
    let page = track.pages.as_ref().map(|pages| pages.next.clone());
    parameters.extend(page.as_deref().map(|page| ("cursor", page)));
    let Feed { cursor, feed } = session.get("app.bsky.feed.getAuthorFeed", &parameters)?;
    let own = feed.into_iter().filter(|entry| entry.reason.is_none() && entry.post.is_by(&did));
    new_ones(track, own.map(|entry| (entry.post.parent().is_some(), entry.post)).collect(), cursor)
}

/// The posts that are wanted and were not read before; moves the track on.
fn new_ones(track: &mut Track, page: Vec<(bool, View)>, next: Option<String>) -> Result<Vec<View>> {
    let floor = track.floor();
    let (mut newest, mut oldest, mut new) = (None, None, Vec::new());
    for (is_wanted, view) in page {
        let at = time::parse(&view.indexed_at)?;
        newest = newest.max(Some(at));
        oldest = Some(oldest.map_or(at, |oldest: u64| oldest.min(at)));
        if is_wanted && track.take(&view.uri, at) {
            new.push(view);
        }
    }
    // An empty page is the last one, whatever it says.
    let goes_on = oldest.is_some_and(|oldest| oldest >= floor);
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
        let page = |names: &[(&str, u32)]| names.iter().map(|(name, at)| (true, view(name, *at))).collect::<Vec<_>>();
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
        let new = new_ones(&mut track, vec![(false, view("like", 5))], None).unwrap();
        assert!(new.is_empty() && track.newest > 0);
    }
}
