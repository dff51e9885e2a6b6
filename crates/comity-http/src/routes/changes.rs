//! Live changes as server-sent events.

use crate::{auth::*, errors::Answer, state::Http};
use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// What changes, as it changes: `hello` first, then `case` with `{id, number, version, status}`, `connection` with `{id}`,
/// and `policy`. `resync` says that something was missed and everything should be loaded again.
#[utoipa::path(get, path = "/changes", tag = "cases", responses((status = 200, content_type = "text/event-stream", body = String, description = "The stream.")))]
async fn follow(State(http): State<Http>, caller: SignedIn) -> Answer<StatusCode> {
    Err(crate::errors::Problem::unfinished())
}
