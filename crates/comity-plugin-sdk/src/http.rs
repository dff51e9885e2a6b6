//! HTTP through the host: it checks the origin, adds the secrets, and takes captured ones out of the answer.

use crate::{
    bindings::imports::comity::connector::{clock, http},
    error::{Error, ErrorExt, Result, error},
};
use serde::{Serialize, de::DeserializeOwned};

pub use http::Placement;

/// No platform may ask for a longer wait, in milliseconds.
const DAY: u64 = 86_400_000;

/// A request in the making.
pub struct Request(http::Request);

pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Self(http::Request {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            credentials: Vec::new(),
            captures: Vec::new(),
            extensions: Vec::new(),
        })
    }

    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.headers.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.0.body = body;
        self.header("content-type", content_type)
    }

    pub fn json(self, body: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_vec(body).map_err(|problem| error("invalid-input", format!("no JSON: {problem}")))?;
        Ok(self.body("application/json", text))
    }

    /// Has the host put a secret of the connection into the request.
    #[must_use]
    pub fn credential(mut self, secret: &str, place: Placement) -> Self {
        self.0.credentials.push(http::Credential { secret: secret.into(), place });
        self
    }

    /// `authorization: Bearer …` with a secret of the connection.
    #[must_use]
    pub fn bearer(self, secret: &str) -> Self {
        self.credential(secret, Placement::Bearer)
    }

    /// Keeps a text of the JSON answer as a secret of the connection, unseen.
    #[must_use]
    pub fn capture(mut self, pointer: &str, secret: &str) -> Self {
        self.0.captures.push(http::Capture { pointer: pointer.into(), secret: secret.into() });
        self
    }

    /// Any status is an answer; see [`Response::ok`].
    pub fn send(self) -> Result<Response> {
        let http::Response { status, headers, body } = http::send(&self.0)?;
        Ok(Response { status, headers, body })
    }
}

impl Response {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body)
            .map_err(|problem| error("unavailable", format!("the answer is not the JSON expected: {problem}")))
    }

    /// The answer if it is a success, else the error that its status means. A status of 500 and above leaves open whether the
    /// request was carried out.
    pub fn ok(self) -> Result<Self> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(self.failure(clock::now())) }
    }

    fn failure(&self, now: u64) -> Error {
        let detail = self.detail().map(|text| format!(": {text}")).unwrap_or_default();
        let code = match self.status {
            401 | 403 => "auth",
            404 | 410 => "not-found",
            429 => "rate-limited",
            408 | 500.. => "unavailable",
            _ => "refused",
        };
        let failure = error(code, format!("the platform answered {}{detail}", self.status));
        let failure = Error { retry_after: self.retry_after(now), ..failure };
        match self.status {
            401 => failure.of_connection().advice("Check the account's password or token"),
            429 => failure.of_connection(),
            500.. => failure.ambiguous(),
            _ => failure,
        }
    }

    /// How long the platform asks to wait, in milliseconds: `retry-after` in seconds, or the moment in `ratelimit-reset`
    /// (seconds since 1970, or from now) once nothing is left.
    pub fn retry_after(&self, now: u64) -> Option<u64> {
        let number = |name: &str| self.header(name).and_then(|value| value.trim().parse::<u64>().ok());
        if let Some(seconds) = number("retry-after") {
            return Some(seconds.saturating_mul(1000));
        }
        if self.status != 429 && number("ratelimit-remaining") != Some(0) {
            return None;
        }
        let reset = number("ratelimit-reset")?.saturating_mul(1000);
        Some(if reset < 365 * DAY { reset } else { reset.saturating_sub(now) }.clamp(1000, DAY))
    }

    /// What a JSON answer says about itself.
    fn detail(&self) -> Option<String> {
        let value: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let text = ["message", "detail", "error_description", "error"].iter().find_map(|name| value[*name].as_str())?;
        Some(text.chars().take(300).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Response { status, headers, body: body.into() }
    }

    #[test]
    fn a_status_becomes_an_error_to_act_on() {
        let failure = response(429, &[("ratelimit-reset", "1000060")], "").failure(1_000_000_000);
        assert_eq!((failure.code.as_str(), failure.scope.as_str()), ("rate-limited", "connection"));
        assert!(!failure.ambiguous);
        let failure = response(502, &[], r#"{"message":"upstream is down"}"#).failure(0);
        assert!(failure.ambiguous && failure.message.ends_with("502: upstream is down"), "{failure:?}");
        assert_eq!(response(401, &[], "").failure(0).code, "auth");
        assert_eq!(response(400, &[], "").failure(0).code, "refused");
    }

    #[test]
    fn the_wait_is_read_from_either_header() {
        let now = 1_700_000_000_000;
        assert_eq!(response(429, &[("retry-after", "7")], "").retry_after(now), Some(7_000));
        assert_eq!(response(429, &[("ratelimit-reset", "1700000090")], "").retry_after(now), Some(90_000));
        assert_eq!(response(429, &[("ratelimit-reset", "30")], "").retry_after(now), Some(30_000));
        let used_up = [("ratelimit-remaining", "0"), ("ratelimit-reset", "1700000010")];
        assert_eq!(response(200, &used_up, "").retry_after(now), Some(10_000));
        let left = [("ratelimit-remaining", "9"), ("ratelimit-reset", "1700000010")];
        assert_eq!(response(200, &left, "").retry_after(now), None);
    }
}
