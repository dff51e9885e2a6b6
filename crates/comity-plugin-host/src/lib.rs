//! Runs connectors: WebAssembly components in a sandbox, each call on a fresh instance, values in and values out.
//!
//! This is the one place that touches guests. Guest types become Comity's in [`convert`] and travel no further; a guest
//! reaches the network only through [`egress`], uses secrets without seeing them, and is stopped with a plain sentence
//! when it passes a limit of [`Limits`]. What a call changes (state, secrets, log) is returned, and stored by the caller:
//! there is no database here, no schedule, and no clock that a guest or a result depends on.
//!
//! Reading order: [`host`] (bytes become a connector), [`plugin`] (its calls), [`call`] (one call), [`state`] and [`imports`]
//! (what a guest can do), [`egress`], [`cache`], [`breaker`].

mod breaker;
mod cache;
mod call;
mod config;
mod context;
mod convert;
mod description;
pub mod egress;
mod engine;
mod error;
mod host;
mod imports;
mod limits;
mod mac;
mod meter;
mod plugin;
mod redact;
mod secret;
mod state;
mod values;

pub use breaker::{Breaker, BreakerSettings, BreakerState, CallResult};
pub use config::{ConfigProblem, validate_config};
pub use context::{CallContext, CallOutput, LogLevel, LogLine, Usage};
pub use egress::{Grants, Origin, wanted_origins};
pub use error::{ConnectorError, ErrorCode, HostError, Scope, StopReason, Stopped};
pub use host::{HostConfig, PluginHost};
pub use limits::Limits;
pub use plugin::Plugin;
pub use secret::{SecretChanges, SecretText};
pub use values::{
    Batch, Capability, Description, FilePiece, Receipt, RejectedLine, Reply, SecretField, TextLimit, WebhookAnswer,
    WebhookRequest,
};
