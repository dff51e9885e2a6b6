//! What the end-to-end suites share: the real `comity` program on a data folder of its own, a client for its HTTP API, and
//! the other side of a webhook. The suites are few and coarse; what can be tested lower down is tested there.

pub mod api;
pub mod atproto;
pub mod postgres;
pub mod server;
pub mod webhook;

/// The time that the real servers of these suites live in.
#[expect(clippy::disallowed_methods, reason = "real peers live in real time")]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
