//! Requests from platforms to a connection's own address, handed to its connector as they came. The connector checks
//! who sent them; the answer follows once their events are stored.

use crate::{
    errors::{Answer, Problem},
    extract::{Path, unreadable},
    state::Http,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest as _, OriginalUri, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, on},
};
use comity_app::values::{WebhookAnswer, WebhookRequest};
use comity_domain::ConnectionId;
use serde::Deserialize;

/// Platforms post; some ask with GET first whether anybody is there.
pub fn routes(largest_body: usize) -> Router<Http> {
    let methods = MethodFilter::POST.or(MethodFilter::GET);
    Router::new()
        .route("/hooks/{connection}", on(methods, take))
        .route("/hooks/{connection}/{*rest}", on(methods, take))
        .layer(DefaultBodyLimit::max(largest_body))
}

#[derive(Deserialize)]
struct Address {
    connection: ConnectionId,
    #[serde(default)]
    rest: String,
}

async fn take(
    State(http): State<Http>,
    Path(address): Path<Address>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Answer<Response> {
    let method = request.method().to_string();
    let headers = named(request.headers());
    let body = Bytes::from_request(request, &http).await.map_err(|refused| unreadable(refused.status()))?;
    let query = uri.query().unwrap_or_default().to_owned();
    let request = WebhookRequest { method, path: address.rest, query, headers, body: body.into() };
    let answer = http.app.webhook(address.connection, request).await?;
    respond(answer)
}

/// Names in lower case, as HTTP libraries have them; values that are not text are left out.
fn named(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    text.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn respond(answer: WebhookAnswer) -> Answer<Response> {
    let status = StatusCode::from_u16(answer.status).map_err(|_| Problem::internal())?;
    let kind = HeaderValue::from_str(&answer.content_type).map_err(|_| Problem::internal())?;
    Ok((status, [(header::CONTENT_TYPE, kind)], answer.body).into_response())
}
