//! What a connector written in Rust is made of.
//!
//! A connector is a type that implements [`Connector`] (who it is) and the traits of what it can do: [`Account`], [`Source`],
//! [`Webhook`], [`Files`], [`Actions`], [`Recheck`]. [`connector!`] exports them. Before every call the host makes a fresh
//! instance, so nothing is kept in memory; what must last goes into [`kv`], or into the cursor of a [`Source`].
//!
//! ```
//! use comity_plugin_sdk::{connector, http, prelude::*};
//!
//! struct Guestbook;
//!
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     url: String,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Entry {
//!     id: String,
//!     name: String,
//!     text: String,
//!     at: String,
//! }
//!
//! impl Connector for Guestbook {
//!     type Config = Config;
//!
//!     fn describe() -> Description {
//!         Description {
//!             id: "guestbook".into(),
//!             name: "Guestbook".into(),
//!             summary: "Entries of a guestbook".into(),
//!             config_schema: r#"{"type":"object","required":["url"],"properties":{"url":{"type":"string","format":"uri"}}}"#.into(),
//!             origins: vec!["{config:url}".into()],
//!             ..about!()
//!         }
//!     }
//! }
//!
//! impl Source for Guestbook {
//!     fn poll(config: Config, _cursor: Option<String>, _budget: u32) -> Result<Batch> {
//!         let entries: Vec<Entry> = http::Request::get(&config.url).send()?.ok()?.json()?;
//!         let event = |entry: Entry| {
//!             let author = author(&entry.name, &entry.name);
//!             Ok(Event::PostCreated(post(entry.id, author, time::parse(&entry.at)?, entry.text)))
//!         };
//!         let events = entries.into_iter().map(event).collect::<Result<_>>()?;
//!         Ok(Batch { events, ..batch() })
//!     }
//! }
//!
//! connector!(Guestbook: source);
//! # fn main() {}
//! ```

#[doc(hidden)]
pub mod bindings;
mod connector;
mod error;
pub mod http;
pub mod log;
pub mod time;
mod values;

pub use bindings::imports::comity::connector::{clock, kv, random, secrets, types};
#[doc(hidden)]
pub use connector::implements;
pub use connector::{Account, Actions, Connector, Exported, Files, Recheck, Source, Webhook};
pub use error::{Error, ErrorExt, Result, error};

/// What nearly every connector uses.
pub mod prelude {
    pub use crate::{
        Account, Actions, Connector, Error, ErrorExt, Files, Recheck, Result, Source, Webhook, about,
        bindings::{
            actions::exports::comity::connector::actions::{Receipt, Reply},
            files::exports::comity::connector::files::{Piece, Rejected},
            meta::exports::comity::connector::meta::{Description, SecretField},
            source::exports::comity::connector::source::Batch,
            webhook::exports::comity::connector::webhook::{Answer, Request as WebhookRequest},
        },
        error, log, time,
        types::{Author, Deletion, Event, Post},
        values::{author, batch, checked_id, post, secret, secret_origin},
    };
}
#[doc(hidden)]
pub use values::description;
