//! The traits a connector implements, and the way from the raw exports to them: the configuration is read once, here.

use crate::{
    bindings,
    error::{ErrorExt as _, Result, error},
    prelude::{Answer, Author, Batch, Description, Event, Piece, Receipt, Reply, WebhookRequest},
};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// Who the connector is.
pub trait Connector {
    /// The connection's configuration; the host has checked it against the schema.
    type Config: DeserializeOwned;

    fn describe() -> Description;
}

pub trait Account: Connector {
    /// Signs in and says whose account it is.
    fn verify(config: Self::Config) -> Result<Author>;
}

pub trait Source: Connector {
    /// At most `budget` events after `cursor`.
    fn poll(config: Self::Config, cursor: Option<String>, budget: u32) -> Result<Batch>;
}

pub trait Webhook: Connector {
    /// The answer is sent once its events are durably stored.
    fn handle(config: Self::Config, request: WebhookRequest) -> Result<Answer>;
}

pub trait Files: Connector {
    /// Reads whole lines; `first_line` counts from 1.
    fn read(config: Self::Config, first_line: u32, content: Vec<u8>) -> Result<Piece>;
}

pub trait Actions: Connector {
    /// Sends at most once for one key where the platform allows it; `attempt` counts from 1.
    fn send(config: Self::Config, reply: Reply, idempotency_key: String, attempt: u32) -> Result<Receipt>;
    /// Whether the reply with this key has arrived.
    fn lookup(config: Self::Config, reply: Reply, idempotency_key: String) -> Result<Option<Receipt>>;
}

pub trait Recheck: Connector {
    /// Looks at these posts again; returns deletions and edits.
    fn recheck(config: Self::Config, ids: Vec<String>) -> Result<Vec<Event>>;
}

/// Carries the raw exports of a connector.
pub struct Exported<T>(PhantomData<T>);

fn read<C: DeserializeOwned>(config: &str) -> Result<C> {
    serde_json::from_str(config).map_err(|problem| {
        error("invalid-config", format!("the settings cannot be used: {problem}"))
            .of_connection()
            .advice("Correct the connection's settings")
    })
}

impl<T: Connector> bindings::meta::exports::comity::connector::meta::Guest for Exported<T> {
    fn describe() -> Description {
        T::describe()
    }
}

impl<T: Account> bindings::account::exports::comity::connector::account::Guest for Exported<T> {
    fn verify(config: String) -> Result<Author> {
        T::verify(read(&config)?)
    }
}

impl<T: Source> bindings::source::exports::comity::connector::source::Guest for Exported<T> {
    fn poll(config: String, cursor: Option<String>, budget: u32) -> Result<Batch> {
        T::poll(read(&config)?, cursor, budget)
    }
}

impl<T: Webhook> bindings::webhook::exports::comity::connector::webhook::Guest for Exported<T> {
    fn handle(config: String, request: WebhookRequest) -> Result<Answer> {
        T::handle(read(&config)?, request)
    }
}

impl<T: Files> bindings::files::exports::comity::connector::files::Guest for Exported<T> {
    fn read(config: String, first_line: u32, content: Vec<u8>) -> Result<Piece> {
        T::read(read(&config)?, first_line, content)
    }
}

impl<T: Actions> bindings::actions::exports::comity::connector::actions::Guest for Exported<T> {
    fn send(config: String, reply: Reply, idempotency_key: String, attempt: u32) -> Result<Receipt> {
        T::send(read(&config)?, reply, idempotency_key, attempt)
    }

    fn lookup(config: String, reply: Reply, idempotency_key: String) -> Result<Option<Receipt>> {
        T::lookup(read(&config)?, reply, idempotency_key)
    }
}

impl<T: Recheck> bindings::recheck::exports::comity::connector::recheck::Guest for Exported<T> {
    fn recheck(config: String, ids: Vec<String>) -> Result<Vec<Event>> {
        T::recheck(read(&config)?, ids)
    }
}

/// Exports a connector: `connector!(Forum: account, source, actions)`. What is named here is what the component can do;
/// `meta` is always exported. Elsewhere than in WebAssembly, where unit tests run, it only checks that the traits are there.
#[macro_export]
macro_rules! connector {
    ($connector:ty: $($capability:ident),* $(,)?) => {
        #[cfg(target_family = "wasm")]
        type ExportedConnector = $crate::Exported<$connector>;
        #[cfg(target_family = "wasm")]
        $crate::bindings::meta::export!(ExportedConnector with_types_in $crate::bindings::meta);
        $(
            #[cfg(target_family = "wasm")]
            $crate::bindings::$capability::export!(ExportedConnector with_types_in $crate::bindings::$capability);
            #[cfg(not(target_family = "wasm"))]
            const _: () = $crate::implements::$capability::<$connector>();
        )*
    };
}

#[doc(hidden)]
pub mod implements {
    use super::{Account, Actions, Files, Recheck, Source, Webhook};

    pub const fn account<T: Account>() {}
    pub const fn source<T: Source>() {}
    pub const fn webhook<T: Webhook>() {}
    pub const fn files<T: Files>() {}
    pub const fn actions<T: Actions>() {}
    pub const fn recheck<T: Recheck>() {}
}
