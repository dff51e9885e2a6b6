//! How much and how long the server listens.

use std::time::Duration;

/// A body where nothing else is said.
pub const BODY_BYTES: usize = 256 * 1024;
/// A policy bundle.
pub const BUNDLE_BYTES: usize = 4 * 1024 * 1024;
/// An imported file; it is read in pieces, so this is not memory.
pub const IMPORT_BYTES: usize = 1024 * 1024 * 1024;
/// Items in one page of a list, and when nothing is said.
pub const MOST_ITEMS: u32 = 200;
pub const USUAL_ITEMS: u32 = 50;

/// The times that tests shorten.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long one answer may take. Not for imports and live changes.
    pub answer: Duration,
    /// How often a quiet stream of live changes says that it is still there.
    pub heartbeat: Duration,
    /// How long one stream lasts; the browser begins another one, and its session is looked at again.
    pub stream: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { answer: Duration::from_secs(30), heartbeat: Duration::from_secs(15), stream: Duration::from_mins(15) }
    }
}

/// What a caller asked for, within what the server gives.
pub fn items(asked: Option<u32>) -> u64 {
    asked.unwrap_or(USUAL_ITEMS).clamp(1, MOST_ITEMS).into()
}
