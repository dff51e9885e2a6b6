//! How far the reading got, so that nothing is missed and nothing comes twice.
//!
//! Lists come newest first, sorted by the earlier of a post's own time and the time it was indexed, so a post written on a slow
//! device can arrive below one that was read already. Therefore each poll looks again at a stretch before the newest post seen,
//! and the posts of that stretch are remembered by a short hash.

use comity_plugin_sdk::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The stretch that is looked at again.
pub const OVERLAP: u64 = 30 * 60_000;
/// Posts remembered at most; the cursor stays well below the host's 64 KiB.
const MOST_SEEN: usize = 1_500;

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Cursor {
    version: u32,
    pub mentions: Track,
    pub own: Track,
}

/// One list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Track {
    /// Everything up to here was read (but for latecomers).
    pub newest: u64,
    /// While going back through pages: what `newest` becomes at the end, and the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
    /// Hash of the address, and the post's time.
    seen: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Pages {
    pub newest: u64,
    pub next: String,
}

impl Cursor {
    /// From a former poll, or from this moment on.
    pub fn read(text: Option<&str>, start: u64) -> Result<Self> {
        let Some(text) = text else {
            let track = Track { newest: start, ..Track::default() };
            return Ok(Self { version: 1, mentions: track.clone(), own: track });
        };
        let cursor: Self = serde_json::from_str(text)
            .map_err(|problem| error("unavailable", format!("the cursor is broken: {problem}")))?;
        if cursor.version == 1 { Ok(cursor) } else { Err(error("unsupported", "the cursor is of a newer version")) }
    }

    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|problem| error("unavailable", problem.to_string()))
    }
}

impl Track {
    /// What is older than this has been read.
    pub fn floor(&self) -> u64 {
        self.newest.saturating_sub(OVERLAP)
    }

    /// Notes a post; whether it is new.
    pub fn take(&mut self, uri: &str, at: u64) -> bool {
        at >= self.floor() && self.seen.insert(short(uri), at).is_none()
    }

    /// A page was read. `next` is the page to go on with, none when everything new has been seen.
    pub fn turn(&mut self, page_newest: Option<u64>, next: Option<String>) {
        let newest = self.pages.as_ref().map_or(page_newest, |pages| Some(pages.newest)).unwrap_or(self.newest);
        self.pages = next.map(|next| Pages { newest, next });
        if self.pages.is_none() {
            self.newest = self.newest.max(newest);
            let floor = self.floor();
            self.seen.retain(|_, at| *at >= floor);
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if self.seen.len() > MOST_SEEN {
            let mut times: Vec<u64> = self.seen.values().copied().collect();
            times.sort_unstable();
            let oldest = times[times.len() - MOST_SEEN];
            self.seen.retain(|_, at| *at >= oldest);
        }
    }
}

fn short(uri: &str) -> String {
    let hash = Sha256::digest(uri.as_bytes());
    let number = u64::from_be_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]]);
    format!("{number:x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_latecomer_is_taken_and_nothing_twice() {
        let mut track = Track { newest: 10 * HOUR, ..Track::default() };
        assert!(track.take("b", 11 * HOUR));
        track.turn(Some(11 * HOUR), None);
        assert!(!track.take("b", 11 * HOUR), "seen before");
        assert!(track.take("late", 11 * HOUR - OVERLAP / 2), "below the newest, and new");
        assert!(!track.take("old", 11 * HOUR - OVERLAP - 1), "read long ago");
    }

    #[test]
    fn the_newest_moves_only_when_all_pages_are_read() {
        let mut track = Track::default();
        track.turn(Some(9), Some("p2".into()));
        assert_eq!((track.newest, track.floor()), (0, 0));
        track.turn(Some(5), Some("p3".into()));
        track.turn(Some(2), None);
        assert_eq!((track.newest, track.pages.clone()), (9, None));
        track.turn(None, None);
        assert_eq!(track.newest, 9);
    }

    #[test]
    fn a_cursor_goes_there_and_back_and_stays_small() {
        let mut cursor = Cursor::read(None, HOUR).unwrap();
        for at in 0..5_000 {
            cursor.mentions.take(&format!("at://{at}"), HOUR + at);
        }
        cursor.mentions.turn(Some(HOUR + 5_000), None);
        let text = cursor.write().unwrap();
        assert!(text.len() < 60_000, "{}", text.len());
        assert_eq!(Cursor::read(Some(&text), 0).unwrap(), cursor);
        assert!(Cursor::read(Some("{"), 0).is_err());
    }
}
