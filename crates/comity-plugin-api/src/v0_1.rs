//! Bindings of `comity:connector@0.1.0`.
//!
//! Calls into a connector are async on the host's side only: a guest that waits for HTTP does not hold a thread.
#![allow(clippy::all, clippy::pedantic, reason = "generated")]

/// The interfaces a connector may import, as traits for the host to implement, and the types all interfaces share.
pub mod host {
    wasmtime::component::bindgen!({
        path: "wit/v0.1",
        world: "imports",
        imports: {
            "comity:connector/http.send": async | trappable,
            default: trappable,
        },
    });

    pub use self::comity::connector::{clock, http, kv, log, random, secrets, types};
}

macro_rules! export {
    ($($(#[$doc:meta])* $module:ident $world:literal),* $(,)?) => {$(
        $(#[$doc])*
        pub mod $module {
            wasmtime::component::bindgen!({
                path: "wit/v0.1",
                world: $world,
                imports: { default: trappable },
                exports: { default: async },
                with: { "comity:connector": crate::v0_1::host::comity::connector },
            });
        }
    )*};
}

export! {
    meta "with-meta",
    account "with-account",
    source "with-source",
    webhook "with-webhook",
    files "with-files",
    actions "with-actions",
    recheck "with-recheck",
}
