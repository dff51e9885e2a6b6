//! Replies, posted as signed JSON. The receiver sees one idempotency key for all attempts of one reply.

use crate::{config::Config, signature};
use comity_plugin_sdk::{clock, http, prelude::*};
use serde::Deserialize;
use serde_json::json;

/// What the receiver may say about the reply; everything is optional.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Accepted {
    id: Option<String>,
    url: Option<String>,
    at: Option<String>,
}

pub fn send(config: &Config, reply: &Reply, key: &str) -> Result<Receipt> {
    let Some(url) = config.reply_url.as_deref().filter(|url| !url.is_empty()) else {
        return Err(error("unsupported", "this connection cannot send replies")
            .advice("Set the reply address in the connection's settings"));
    };
    let now = clock::now();
    // What answers nothing is a message of our own, to whatever the conversation names.
    let is_message = reply.parent.is_none() && reply.root.is_none();
    let body = json!({
        "type": if is_message { "message" } else { "reply" },
        "idempotency_key": key,
        "text": reply.text,
        "in_reply_to": reply.parent,
        "root": reply.root,
        "conversation": reply.conversation,
        "visibility": reply.visibility,
        "lang": reply.lang,
    });
    let body = body.to_string().into_bytes();
    let signed = signature::sign(key, now, &body);
    let mut request = http::Request::post(url).body("application/json", body).header("idempotency-key", key);
    for (name, value) in signed.into_iter().flatten() {
        request = request.header(name, value);
    }
    Ok(receipt(&request.send()?.ok()?, key, now))
}

pub fn lookup(config: &Config, key: &str) -> Result<Option<Receipt>> {
    let Some(url) = config.lookup_url.as_deref().filter(|url| !url.is_empty()) else {
        return Err(error("unsupported", "this connection cannot ask whether a reply arrived")
            .advice("Set the lookup address in the connection's settings"));
    };
    let now = clock::now();
    let mut request = http::Request::get(url.replace("{key}", &encoded(key)));
    for (name, value) in signature::sign(key, now, b"").into_iter().flatten() {
        request = request.header(name, value);
    }
    let response = request.send()?;
    if response.status == 404 {
        return Ok(None);
    }
    Ok(Some(receipt(&response.ok()?, key, now)))
}

fn receipt(response: &http::Response, key: &str, now: u64) -> Receipt {
    let accepted: Accepted = response.json().unwrap_or_default();
    Receipt {
        post_id: accepted.id.unwrap_or_else(|| format!("reply:{key}")),
        url: accepted.url,
        at: accepted.at.and_then(|at| time::parse(&at).ok()).unwrap_or(now),
        extensions: Vec::new(),
    }
}

/// Percent-encoded for a path or a query.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_say_nothing() {
        let response = |body: &str| http::Response { status: 200, headers: Vec::new(), body: body.into() };
        assert_eq!(receipt(&response(""), "k", 5).post_id, "reply:k");
        let said = receipt(&response(r#"{"id":"9","at":"2026-03-01T10:00:00Z"}"#), "k", 5);
        assert_eq!((said.post_id.as_str(), said.at), ("9", 1_772_359_200_000));
        assert_eq!(encoded("a/b c"), "a%2Fb%20c");
    }
}
