//! What was done by whom.

use crate::{
    auth::Auditor,
    dto::{AuditQuery, AuditView, Page},
    errors::Answer,
    extract::{Json, Query},
    limits,
    state::Http,
};
use axum::extract::State;
use comity_app::values::AuditFilter;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The audit log, newest first.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "insight",
    params(AuditQuery),
    responses((status = 200, body = Page<AuditView>, description = "Done."))
)]
async fn list(
    State(http): State<Http>,
    _caller: Auditor,
    Query(query): Query<AuditQuery>,
) -> Answer<Json<Page<AuditView>>> {
    let filter = AuditFilter { subject: query.subject, ..AuditFilter::default() };
    let limit = limits::items(query.limit);
    let page = http.app.audit_log(&filter, query.cursor.as_deref(), limit).await?;
    let items = page.items.into_iter().map(Into::into).collect();
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}
