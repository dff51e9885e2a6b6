//! What Comity does: the use cases between the outside (HTTP, command line, timers, connectors) and the parts that
//! hold no policy of their own (store, policy engine, plugin host).
//!
//! One way only: connectors hand over events, [`ingest`] makes them durable, [`decide`] asks the policy and commits what
//! it wants, [`deliver`] carries it out, and what came of it is an event again. Work is found by its state in the database;
//! the notifications in [`wake`] only make it quicker. Handlers call one function of [`App`] each.

pub mod accounts;
pub mod announce;
pub mod backtests;
pub mod calendars;
pub mod case_page;
pub mod cases;
pub mod changes;
pub mod channels;
pub mod charter;
pub mod clock;
pub mod config;
pub mod connections;
pub mod decide;
pub mod deliver;
pub mod deliveries;
pub mod demo;
pub mod error;
pub mod evidence;
pub mod figures;
pub mod flows;
pub mod import;
pub mod ingest;
pub mod notify;
pub mod policies;
mod promises;
pub mod rotas;
pub mod timers;
pub mod values;
pub mod vault;
pub mod wake;

mod app;
mod audit;

pub use app::{App, Parts};
pub use clock::Clock;
pub use config::Config;
pub use error::AppError;
