//! Standard Webhooks signatures: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, several in one header while secrets change.
//! Source: the specification "Standard Webhooks", version 1. The host computes; the secrets never come here.

use crate::config::Config;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use comity_plugin_sdk::{prelude::*, secrets};

pub const SIGNING: &str = "signing_secret";
pub const PREVIOUS: &str = "previous_signing_secret";
pub const REPLY: &str = "reply_secret";
const TOLERANCE: u64 = 300;

/// The three headers of a signed request.
#[derive(Debug, PartialEq)]
pub struct Signed<'a> {
    id: &'a str,
    timestamp: &'a str,
    macs: Vec<Vec<u8>>,
}

/// Whether requests can be checked at all.
pub fn check_set_up(config: &Config) -> Result<()> {
    if config.allow_unsigned || secrets::names().iter().any(|name| name == SIGNING) {
        return Ok(());
    }
    Err(error("invalid-config", "there is no signing secret, so no request can be trusted")
        .of_connection()
        .advice("Set the signing secret, or accept unsigned requests"))
}

/// The reason why the request is not believed.
pub fn check(config: &Config, request: &WebhookRequest, now: u64) -> Result<(), String> {
    let names: Vec<String> = secrets::names().into_iter().filter(|name| name == SIGNING || name == PREVIOUS).collect();
    if names.is_empty() {
        let reason = "no signing secret is set for this connection, so nothing is accepted";
        return if config.allow_unsigned { Ok(()) } else { Err(reason.into()) };
    }
    if config.allow_unsigned && header(request, "webhook-signature").is_none() {
        return Ok(());
    }
    let signed = parse(request)?;
    in_time(&signed, config.tolerance_seconds.unwrap_or(TOLERANCE), now)?;
    let message = message(signed.id, signed.timestamp, &request.body);
    let is_valid = |mac: &Vec<u8>| names.iter().any(|name| secrets::verify_hmac_sha256(name, &message, mac));
    if signed.macs.iter().any(is_valid) {
        Ok(())
    } else {
        Err("the signature does not fit the body and the secret".into())
    }
}

/// The headers for a request of ours; none when there is no secret to sign with.
pub fn sign(id: &str, now: u64, body: &[u8]) -> Option<[(&'static str, String); 3]> {
    let names = secrets::names();
    let secret = [REPLY, SIGNING].into_iter().find(|secret| names.iter().any(|name| name == secret))?;
    let seconds = (now / 1000).to_string();
    let mac = secrets::hmac_sha256(secret, &message(id, &seconds, body))?;
    let signature = format!("v1,{}", STANDARD.encode(mac));
    Some([("webhook-id", id.to_owned()), ("webhook-timestamp", seconds), ("webhook-signature", signature)])
}

fn parse(request: &WebhookRequest) -> Result<Signed<'_>, String> {
    let required = |name: &str| header(request, name).ok_or_else(|| format!("the header {name} is missing"));
    let (id, timestamp) = (required("webhook-id")?, required("webhook-timestamp")?);
    let signatures = required("webhook-signature")?.split_ascii_whitespace();
    let macs: Vec<Vec<u8>> =
        signatures.filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok()).take(10).collect();
    if macs.is_empty() {
        return Err("webhook-signature has no signature of the form v1,<base64>".into());
    }
    Ok(Signed { id, timestamp, macs })
}

fn in_time(signed: &Signed, tolerance: u64, now: u64) -> Result<(), String> {
    let at: u64 = signed.timestamp.parse().map_err(|_| "webhook-timestamp is not a number of seconds since 1970")?;
    let apart = at.abs_diff(now / 1000);
    if apart <= tolerance {
        return Ok(());
    }
    let side = if at > now / 1000 { "ahead of" } else { "behind" };
    Err(format!("webhook-timestamp is {apart} s {side} our clock, and {tolerance} s is the most"))
}

fn message(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat()
}

fn header<'a>(request: &'a WebhookRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> WebhookRequest {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        WebhookRequest {
            method: "POST".into(),
            path: String::new(),
            query: String::new(),
            headers,
            body: b"{}".to_vec(),
        }
    }

    #[test]
    fn several_signatures_are_read_and_others_passed_over() {
        let request = request(&[
            ("webhook-id", "m1"),
            ("webhook-timestamp", "1700000000"),
            ("webhook-signature", "v1a,AAAA v1,AQI= v1,Aw=="),
        ]);
        let signed = parse(&request).unwrap();
        assert_eq!(signed, Signed { id: "m1", timestamp: "1700000000", macs: vec![vec![1, 2], vec![3]] });
        assert!(in_time(&signed, 300, 1_700_000_300_000).is_ok());
        assert!(in_time(&signed, 300, 1_700_000_301_000).unwrap_err().contains("301 s behind"));
        assert!(in_time(&signed, 300, 1_699_999_000_000).unwrap_err().contains("ahead of"));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(parse(&request(&[("webhook-id", "1")])).unwrap_err(), "the header webhook-timestamp is missing");
        let bad = request(&[("webhook-id", "1"), ("webhook-timestamp", "1"), ("webhook-signature", "v2,AQI=")]);
        assert!(parse(&bad).unwrap_err().contains("v1,<base64>"));
    }
}
