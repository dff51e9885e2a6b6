//! The single-page app: built into the program, or read from disk in a development build.
//!
//! Files under `_app/immutable/` carry their content's hash in their name and are kept for a year; everything else is
//! asked for again with its ETag. Every address that is no file is the app's own page, which shows what belongs there.

use crate::errors::{Answer, Problem};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse as _, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/build"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";
const HASHED: &str = "_app/immutable/";
const FOR_A_YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// Encodings the build prepares, the smaller first.
const PREPARED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Comity</title>\
    <h1>The web part is not built</h1><p>The server works, but this program was built without its pages. \
    Run <code>cargo xtask run</code>, which builds them first. The API is at <code>/api/v1</code>.</p></html>";

/// Whatever no other route answers.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Answer<Response> {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD {
        return Err(Problem::not_found("address"));
    }
    if let Some(file) = Files::get(path) {
        return Ok(answer(path, file, &headers));
    }
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return Err(Problem::not_found("file"));
    }
    let page = Files::get(PAGE).map(|page| answer(PAGE, page, &headers));
    Ok(page.unwrap_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()))
}

fn answer(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let (file, encoding) = prepared(path, headers).map_or((plain, None), |(file, encoding)| (file, Some(encoding)));
    let etag = etag(&file, encoding);
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let kind = mime(path);
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_TYPE, kind);
    answered.insert(header::CACHE_CONTROL, if path.starts_with(HASHED) { FOR_A_YEAR } else { ASK_AGAIN });
    answered.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        answered.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        answered.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The file as the build compressed it, in an encoding that the browser takes.
fn prepared(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, &'static str)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |encoding: &str| accepted.split(',').any(|one| takes(one, encoding));
    let mut offers = PREPARED.into_iter().filter(|(encoding, _)| takes(encoding));
    offers.find_map(|(encoding, suffix)| Some((Files::get(&format!("{path}{suffix}"))?, encoding)))
}

/// Whether one entry of `accept-encoding` names this encoding and does not refuse it.
fn takes(entry: &str, encoding: &str) -> bool {
    let mut parts = entry.split(';').map(str::trim);
    let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
    named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
}

fn etag(file: &EmbeddedFile, encoding: Option<&str>) -> String {
    let mut hash = [0; 16];
    hash.copy_from_slice(&file.metadata.sha256_hash()[..16]);
    format!("\"{:032x}{}\"", u128::from_be_bytes(hash), encoding.unwrap_or_default())
}

fn mime(path: &str) -> HeaderValue {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if kind.type_() == mime_guess::mime::TEXT { "; charset=utf-8" } else { "" };
    HeaderValue::from_str(&format!("{kind}{charset}")).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_encoding_is_not_taken() {
        assert!(takes(" br", "br"));
        assert!(takes("gzip;q=0.5", "gzip"));
        assert!(!takes("br;q=0", "br"));
        assert!(!takes("brotli", "br"));
    }

    #[tokio::test]
    async fn addresses_are_the_page_and_missing_files_are_missing() {
        let ask = async |path: &'static str| serve(Method::GET, Uri::from_static(path), HeaderMap::new()).await;
        assert_eq!(ask("/nothing.js").await.unwrap_err().status, 404);
        let page = ask("/cases/NW-1").await.unwrap();
        let is_built = Files::get(PAGE).is_some();
        let expected = if is_built { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        assert_eq!(page.status(), expected);
        assert!(page.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    }
}
