//! Pages without an account, a script or a cookie: the charter with its figures, which everybody may read, the private page of
//! a case, and what a link in a mail leads to.

mod case_page;
mod charter;
mod take_up;
mod words;

use crate::state::Http;
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;
use tower_http::set_header::SetResponseHeaderLayer;

/// Nothing but the page and its style, from here.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const STYLE: &str = concat!(include_str!("../../../../web/src/lib/styles/tokens.css"), include_str!("public.css"));
/// The same, and what the page itself asks for.
const FORM_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; \
                           frame-ancestors 'none'";
/// The address changes with the style, so it can be kept.
static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/charter.css?{}", fingerprint(STYLE)));

pub fn routes() -> Router<Http> {
    let always = |policy| {
        let policy = HeaderValue::from_static(policy);
        SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, policy)
    };
    let forms = Router::new()
        .route("/take-up/{token}", get(take_up::look).post(take_up::take))
        .route("/c/{token}", get(case_page::look))
        .route("/c/{token}/{form}", post(case_page::act))
        .layer(DefaultBodyLimit::max(case_page::FORM_BYTES))
        .layer(always(FORM_POLICY));
    let pages = Router::new()
        .route("/charter", get(charter::as_wanted))
        .route("/charter/{language}", get(charter::in_language))
        .route("/charter.css", get(style))
        .layer(always(POLICY));
    pages.merge(forms)
}

/// For ever under its own address only: another node may be asked for a style that it does not have yet.
async fn style(RawQuery(query): RawQuery) -> Response {
    let is_this = query.is_some_and(|query| STYLE_ADDRESS.ends_with(&format!("?{query}")));
    let kept = if is_this { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kept = HeaderValue::from_static(kept);
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], STYLE).into_response()
}

/// A page that caches keep for a minute and then ask for again.
fn page(html: String, language: &str, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", fingerprint(&html));
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let (status, body) =
        if is_known { (StatusCode::NOT_MODIFIED, Body::empty()) } else { (StatusCode::OK, html.into()) };
    let mut response = (status, body).into_response();
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    answered.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
    for (name, value) in [(header::ETAG, etag.as_str()), (header::CONTENT_LANGUAGE, language)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            answered.insert(name, value);
        }
    }
    response
}

fn fingerprint(text: &str) -> String {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    format!("{:032x}", u128::from_be_bytes(hash))
}
