//! What the end-to-end suites share: the real `comity` program on a data folder of its own, a client for its HTTP API, and
//! the other side of a webhook. The suites are few and coarse; what can be tested lower down is tested there.

pub mod api;
pub mod atproto;
pub mod postgres;
pub mod server;
pub mod webhook;
