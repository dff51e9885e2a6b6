//! Posts from a file.

use crate::{
    auth::*,
    dto::*,
    errors::Answer,
    extract::{Json, Path, Query},
    state::Http,
};
use axum::{body::Bytes, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(import))
}

/// Takes posts as JSON Lines: `id`, `author`, `at`, `text` and optionally `conversation`, `company`, `party`, `in_reply_to`, `url`, `lang`.
#[utoipa::path(post, path = "/import", tag = "connections", params(ImportQuery), request_body(content = String, content_type = "application/x-ndjson"), responses((status = 200, body = ImportReport, description = "Done.")))]
async fn import(
    State(http): State<Http>,
    caller: Integrator,
    Query(query): Query<ImportQuery>,
    body: Bytes,
) -> Answer<Json<ImportReport>> {
    Err(crate::errors::Problem::unfinished())
}
