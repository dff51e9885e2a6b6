//! The HTTP face of Comity: routes, sign-in and permission, problems, live changes, and the single-page app.

pub mod auth;
pub mod dto;
pub mod errors;
pub mod extract;
pub mod openapi;
mod routes;
pub mod state;
