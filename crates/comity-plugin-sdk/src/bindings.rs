//! What `wit-bindgen` makes of the WIT package: the imports once, and one module for each interface that a connector can export.
//! Each module has its own `export!`, so that a component exports exactly what its connector implements.

// Generated code has a style of its own.
#![allow(clippy::all, clippy::pedantic)]

/// What every connector may import, and the types.
pub mod imports {
    wit_bindgen::generate!({
        path: "../comity-plugin-api/wit/v0.1",
        world: "comity:connector/imports",
        generate_all,
    });
}

macro_rules! exported {
    ($module:ident, $world:literal) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: "../comity-plugin-api/wit/v0.1",
                world: $world,
                pub_export_macro: true,
                with: {
                    "comity:connector/types@0.1.0": crate::bindings::imports::comity::connector::types,
                    "comity:connector/http@0.1.0": crate::bindings::imports::comity::connector::http,
                    "comity:connector/secrets@0.1.0": crate::bindings::imports::comity::connector::secrets,
                    "comity:connector/kv@0.1.0": crate::bindings::imports::comity::connector::kv,
                    "comity:connector/log@0.1.0": crate::bindings::imports::comity::connector::log,
                    "comity:connector/clock@0.1.0": crate::bindings::imports::comity::connector::clock,
                    "comity:connector/random@0.1.0": crate::bindings::imports::comity::connector::random,
                },
            });
        }
    };
}

exported!(meta, "comity:connector/with-meta");
exported!(account, "comity:connector/with-account");
exported!(source, "comity:connector/with-source");
exported!(webhook, "comity:connector/with-webhook");
exported!(files, "comity:connector/with-files");
exported!(actions, "comity:connector/with-actions");
exported!(recheck, "comity:connector/with-recheck");
