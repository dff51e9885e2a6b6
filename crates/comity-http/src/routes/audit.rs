//! What was done by whom.

use crate::{
    auth::*,
    dto::*,
    errors::Answer,
    extract::{Json, Path, Query},
    state::Http,
};
use axum::{extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/audit", tag = "insight", params(AuditQuery), responses((status = 200, body = Page<AuditView>, description = "Done.")))]
async fn list(
    State(http): State<Http>,
    caller: Auditor,
    Query(query): Query<AuditQuery>,
) -> Answer<Json<Page<AuditView>>> {
    Err(crate::errors::Problem::unfinished())
}
