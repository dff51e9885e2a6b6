//! Posts from a file.

use crate::{auth::Integrator, dto::ImportReport, errors::Answer, extract::Json, limits::IMPORT_BYTES, state::Http};
use axum::{
    RequestExt as _,
    extract::{DefaultBodyLimit, Request, State},
};
use futures::TryStreamExt as _;
use tokio::io::BufReader;
use tokio_util::io::StreamReader;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Http> {
    OpenApiRouter::new().routes(routes!(import)).layer(DefaultBodyLimit::max(IMPORT_BYTES))
}

/// Takes posts as JSON Lines.
///
/// Each line has `id`, `author`, `at` and `text`, and optionally `conversation`, `company`, `party`, `in_reply_to`,
/// `url` and `lang`. A bad line is reported and the rest goes on; sending a file again stores nothing twice.
#[utoipa::path(
    post,
    path = "/import",
    tag = "connections",
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = ImportReport, description = "Done."))
)]
async fn import(State(http): State<Http>, _caller: Integrator, request: Request) -> Answer<Json<ImportReport>> {
    let body = request.into_limited_body().into_data_stream().map_err(std::io::Error::other);
    let report = http.app.import(BufReader::new(StreamReader::new(body)), |_| ()).await?;
    Ok(Json(report.into()))
}
