//! The tables as SeaORM sees them, one file per entity, each with its way to the domain's value. Nothing in here leaves the
//! crate.

pub mod api_token;
pub mod audit;
pub mod backtest;
pub mod case;
pub mod connection;
pub mod connection_log;
pub mod connection_state;
pub mod contact;
pub mod decision;
pub mod delivery;
pub mod early_change;
pub mod event;
pub mod flow_run;
pub mod note;
pub mod obligation;
pub mod organization;
pub mod policy_draft;
pub mod policy_version;
pub mod post;
pub mod revision;
pub mod session;
pub mod timer;
pub mod user;
