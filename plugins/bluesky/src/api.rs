//! The little of XRPC that is needed: queries, and the errors that carry a meaning.

use comity_plugin_sdk::http::Response;
use std::fmt::Write as _;

pub const POSTS: &str = "app.bsky.feed.post";

/// The parameters of a query, a list as the same name several times.
pub fn query(parameters: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (at, (name, value)) in parameters.iter().enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
                other => _ = write!(text, "%{other:02X}"),
            }
        }
    }
    text
}

/// The error's name, such as `ExpiredToken`.
pub fn error_name(response: &Response) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
    body["error"].as_str().map(str::to_owned)
}

/// Whether the access token is the trouble.
pub fn is_expired(response: &Response) -> bool {
    let about_token = || matches!(error_name(response).as_deref(), Some("ExpiredToken" | "InvalidToken"));
    response.status == 401 || (response.status == 400 && about_token())
}

/// The parts of `at://did/collection/rkey`.
pub fn parts(uri: &str) -> Option<(&str, &str, &str)> {
    let mut parts = uri.strip_prefix("at://")?.split('/');
    let (did, collection, rkey) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && !did.is_empty() && !rkey.is_empty()).then_some((did, collection, rkey))
}

/// The page of a post for people.
pub fn page(account: &str, rkey: &str) -> String {
    format!("https://bsky.app/profile/{account}/post/{rkey}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_encoded() {
        assert_eq!(
            query(&[("uris", "at://did:plc:x/a"), ("uris", "b c")]),
            "?uris=at%3A%2F%2Fdid%3Aplc%3Ax%2Fa&uris=b%20c"
        );
        assert_eq!(query(&[]), "");
    }

    #[test]
    fn an_expired_token_is_told_from_other_refusals() {
        let response = |status, body: &str| Response { status, headers: Vec::new(), body: body.into() };
        assert!(is_expired(&response(400, r#"{"error":"ExpiredToken"}"#)));
        assert!(is_expired(&response(401, "")));
        assert!(!is_expired(&response(400, r#"{"error":"InvalidRequest"}"#)));
    }

    #[test]
    fn an_address_has_three_parts() {
        assert_eq!(parts("at://did:plc:x/app.bsky.feed.post/3k"), Some(("did:plc:x", POSTS, "3k")));
        assert_eq!(parts("https://example.org/a/b"), None);
        assert_eq!(parts("at://did:plc:x/app.bsky.feed.post"), None);
    }
}
