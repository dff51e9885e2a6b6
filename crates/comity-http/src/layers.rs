//! What every request goes through: an id, a trace span, limits, protection of the browser, compression, figures.
//!
//! Spans and figures carry the route's pattern and never the address itself: addresses, headers and bodies can hold
//! secrets.

use crate::{errors::Problem, state::Http};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, Response, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::IntoResponse,
};
use std::{any::Any, time::Instant};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::{CsrfLayer, ProtectionError},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    sensitive_headers::SetSensitiveRequestHeadersLayer,
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use tracing::{Span, field};

/// What the page itself may do is written into it when it is built; this is what only a header can say.
const PAGE_POLICY: &str = "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'";
/// Answers that are not pages load and run nothing, whatever a browser takes them for.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Around everything.
pub fn around_all(router: Router<Http>) -> Router<Http> {
    let secret = [header::AUTHORIZATION, header::COOKIE, HeaderName::from_static(crate::auth::CSRF_HEADER)];
    let always = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router.layer(
        ServiceBuilder::new()
            .layer(SetSensitiveRequestHeadersLayer::new(secret))
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(TraceLayer::new_for_http().make_span_with(span))
            .layer(from_fn(count))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(always(header::REFERRER_POLICY, "no-referrer"))
            .layer(always(header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
            .layer(always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
            .layer(CompressionLayer::new())
            .layer(CatchPanicLayer::custom(panicked)),
    )
}

/// Around the API: nothing from other sites' pages, nothing kept by caches, an answer in time.
pub fn around_api(router: Router<Http>, http: &Http) -> Router<Http> {
    let origin = http.app.config.public_url.trim_end_matches('/').to_owned();
    let protect = CsrfLayer::new();
    let protect = protect.clone().add_trusted_origin(&origin).unwrap_or(protect).with_rejection_response(other_site);
    let always = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router.layer(
        ServiceBuilder::new()
            .layer(always(header::CACHE_CONTROL, "no-store"))
            .layer(always(header::CONTENT_SECURITY_POLICY, DATA_POLICY))
            .layer(protect)
            .layer(from_fn_with_state(http.clone(), in_time))
            .layer(DefaultBodyLimit::max(crate::limits::BODY_BYTES)),
    )
}

/// Around answers that connectors write.
pub fn as_data(router: Router<Http>) -> Router<Http> {
    let policy = HeaderValue::from_static(DATA_POLICY);
    router.layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, policy))
}

fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), route = pattern(request), id, status = field::Empty)
}

fn pattern(request: &Request) -> String {
    request.extensions().get::<MatchedPath>().map_or_else(|| "page".to_owned(), |path| path.as_str().to_owned())
}

/// Anybody can invent a method, and each would be a figure of its own.
fn method(request: &Request) -> &'static str {
    match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

async fn count(request: Request, next: Next) -> Response<Body> {
    let labels = [("route", pattern(&request)), ("method", method(&request).to_owned())];
    let begun = Instant::now();
    let response = next.run(request).await;
    metrics::histogram!("comity_http_seconds", &labels).record(begun.elapsed().as_secs_f64());
    let status = response.status().as_u16().to_string();
    metrics::counter!("comity_http_requests_total", "status" => status, "route" => labels[0].1.clone()).increment(1);
    response
}

/// Imports go on for as long as they bring something.
async fn in_time(State(http): State<Http>, request: Request, next: Next) -> Response<Body> {
    if request.uri().path().ends_with("/import") {
        return next.run(request).await;
    }
    let answer = tokio::time::timeout(http.limits.answer, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        let detail = "The server did not finish in time. What was asked may still be carried out.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-slow", "Too slow", detail)
            .advice("Load the page again before you try again.")
            .into_response()
    })
}

fn other_site(_: ProtectionError) -> Response<Body> {
    let detail = "The request was made by a page of another site.";
    Problem::new(StatusCode::FORBIDDEN, "csrf", "Not from this site", detail)
        .advice("If this is your own address, set it as the server's public address.")
        .into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message.unwrap_or("without a message"), "a request panicked");
    Problem::internal().into_response()
}
