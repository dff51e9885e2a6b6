//! What host and connector agree on: the WIT package in `wit/`, and the host's side of its bindings.
//!
//! Every export interface is optional except `meta`, so each has a world of its own here and the host binds those that a
//! component exports. All of them share the types and imports generated once in [`v0_1::host`]. A published folder below
//! `wit/` is never changed: a new version gets a new folder and a new module, and the host goes on serving the old one.
//!
//! There is nothing but bindings in this crate. Connectors written in Rust use the SDK, which has the guest's side.

pub mod v0_1;

/// The WIT package as text, for `comity plugin new` and for tests: `(file name, content)`.
pub const WIT_V0_1: [(&str, &str); 3] = [
    ("types.wit", include_str!("../wit/v0.1/types.wit")),
    ("imports.wit", include_str!("../wit/v0.1/imports.wit")),
    ("exports.wit", include_str!("../wit/v0.1/exports.wit")),
];
