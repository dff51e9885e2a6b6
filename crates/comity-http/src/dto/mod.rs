//! What goes over the wire, and nothing else: shapes with their JSON names, made from what the application returns.
//!
//! Times are RFC 3339 in UTC, ids are UUIDs as text. A field that is not known is `null`. Bodies that come in refuse
//! fields they do not know, so that a misspelt one is an error and not silently without effect.

mod audit;
mod backtests;
mod cases;
mod channels;
mod compare;
mod connections;
mod decisions;
mod deliveries;
mod escalations;
mod evidence;
mod on_call;
mod outcome;
mod people;
mod policy;

pub use audit::*;
pub use backtests::*;
pub use cases::*;
pub use channels::*;
pub use compare::*;
pub use connections::*;
pub use decisions::*;
pub use deliveries::*;
pub use escalations::*;
pub use evidence::*;
pub use on_call::*;
pub use outcome::*;
pub use people::*;
pub use policy::*;

use serde::Serialize;
use utoipa::ToSchema;

/// Everything there is, for lists that are short by nature.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    pub items: Vec<T>,
}

impl<T> Items<T> {
    /// From what the application returned.
    pub fn of<V: Into<T>>(values: Vec<V>) -> crate::extract::Json<Self> {
        crate::extract::Json(Self { items: values.into_iter().map(Into::into).collect() })
    }
}

/// One page of a long list; `next_cursor` asks for the one after it and is `null` on the last.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}
