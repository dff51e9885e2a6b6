//! Requests from platforms to a connection's own address, handed to its connector as they came. The connector checks
//! who sent them; the answer follows once their events are stored.

use crate::{
    auth,
    errors::{Answer, Problem},
    extract::{Path, unreadable},
    state::Http,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest as _, OriginalUri, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{MethodFilter, on},
};
use comity_app::{
    accounts::TOKEN_PREFIX,
    values::{WebhookAnswer, WebhookRequest},
};
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

/// Names in lower case, as HTTP libraries have them; values that are not text are left out, and so is what opens this
/// server's own doors: a browser or a script may send it along.
fn named(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = headers.iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?)));
    let theirs = text.filter(|(name, value)| !is_ours(name, value));
    theirs.map(|(name, value)| (name.as_str().to_owned(), value.to_owned())).collect()
}

fn is_ours(name: &HeaderName, value: &str) -> bool {
    let token = || value.split_once(' ').map_or("", |(_, token)| token.trim_start());
    *name == header::COOKIE
        || *name == auth::CSRF_HEADER
        || (*name == header::AUTHORIZATION && token().starts_with(TOKEN_PREFIX))
}

fn respond(answer: WebhookAnswer) -> Answer<Response> {
    let status = StatusCode::from_u16(answer.status).map_err(|_| Problem::internal())?;
    let kind = HeaderValue::from_str(&answer.content_type).map_err(|_| Problem::internal())?;
    Ok((status, [(header::CONTENT_TYPE, kind)], answer.body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_our_doors_is_not_handed_on() {
        let given = [
            ("cookie", "comity_session=secret"),
            ("x-csrf-token", "secret"),
            ("authorization", "Bearer comity_secret"),
            ("authorization", "bearer  comity_secret"),
            ("authorization", "Bearer theirs"),
            ("authorization", "Basic dXNlcjpwYXNz"),
            ("Webhook-Id", "a"),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static(value));
        }
        let named = named(&headers);
        let named: Vec<_> = named.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let left = [("authorization", "Bearer theirs"), ("authorization", "Basic dXNlcjpwYXNz"), ("webhook-id", "a")];
        assert_eq!(named, left);
    }
}
