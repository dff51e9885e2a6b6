//! The HTTP face of Comity: routes, sign-in and permission, problems, live changes, and the single-page app.
//!
//! Handlers do nothing themselves: they take a typed request with whoever may make it in their signature, call the
//! application once, and answer in the shapes of [`dto`]. Everything that can go wrong becomes a problem document in
//! [`errors`]. The OpenAPI document is made from the handlers, and the web client from the document.
//!
//! Reading order: `server`, `layers`, [`auth`], `routes`, [`dto`].

pub mod auth;
mod cookie;
pub mod dto;
pub mod errors;
mod extract;
mod health;
mod hooks;
mod layers;
pub mod limits;
mod openapi;
mod peer;
mod present;
mod public;
mod routes;
mod server;
mod state;
mod web;

pub use cookie::SessionCookie;
pub use openapi::document as openapi;
pub use present::{case_rows, case_view, version as policy_version};
pub use server::{serve, serve_within};
