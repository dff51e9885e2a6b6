//! `http.send`: the origin is checked first, then secrets are put in, then it is sent; what comes back is captured from and
//! cleaned before the guest sees it.
//!
//! A secret goes only to an origin that may have it ([`HostState::may_receive`]), and over plain HTTP only to a granted address
//! outside the public internet.

use crate::{
    LogLevel, SecretText,
    egress::{Egress, EgressLimits, Origin, Refusal, Request, Response},
    error::StopReason,
    state::{HostState, Stop},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use comity_plugin_api::v0_1::host::{http, types::Error};
use serde_json::Value;
use std::sync::Arc;

impl http::Host for HostState {
    async fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, Error>> {
        self.usage.http_requests += 1;
        if self.usage.http_requests > self.limits.http_requests {
            return Err(Stop(StopReason::HttpRequests(self.limits.http_requests)).into());
        }
        let (prepared, origin) = match self.prepare(&request) {
            Ok(prepared) => prepared,
            Err(error) => {
                self.write_log(LogLevel::Warn, &error.message)?;
                return Ok(Err(error));
            }
        };
        self.usage.http_sent += size(&prepared);
        if self.usage.http_sent > self.limits.http_sent {
            return Err(Stop(StopReason::HttpSent(self.limits.http_sent)).into());
        }
        let limits = EgressLimits { response: self.limits.http_response, timeout: self.limits.http_timeout };
        let egress = Arc::clone(&self.egress);
        match egress.send(prepared, &self.grants, limits).await {
            Ok(response) => Ok(Ok(self.clean(response, &request.captures, &origin)?)),
            Err(refusal) => {
                let error = self.refused(&refusal);
                self.write_log(LogLevel::Warn, &error.message)?;
                Ok(Err(error))
            }
        }
    }
}

impl HostState {
    fn prepare(&self, request: &http::Request) -> Result<(Request, Origin), Error> {
        let (_, origin) = Egress::check(&request.url, &self.grants).map_err(|refusal| refused(&refusal))?;
        if let Some(capture) = request.captures.iter().find(|capture| self.declared_secrets.contains(&capture.secret)) {
            return Err(invalid(format!("the secret {:?} is set by people and cannot be captured", capture.secret)));
        }
        let mut prepared = Request {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            is_confidential: !request.credentials.is_empty(),
        };
        for credential in &request.credentials {
            let secret = self.secrets.get(&credential.secret).ok_or_else(|| missing(&credential.secret))?;
            if !self.may_receive(&origin, &credential.secret, secret) {
                return Err(elsewhere(&credential.secret, &origin));
            }
            put(&mut prepared, &credential.place, secret)?;
        }
        Ok((prepared, origin))
    }

    /// Captures, then blanks every secret, the captured ones included.
    fn clean(
        &mut self,
        response: Response,
        captures: &[http::Capture],
        origin: &Origin,
    ) -> Result<http::Response, Stop> {
        let Response { status, headers, mut body } = response;
        self.usage.http_received += body.len();
        if !captures.is_empty()
            && let Ok(mut json) = serde_json::from_slice::<Value>(&body)
        {
            for capture in captures {
                let Some(place) = json.pointer_mut(&capture.pointer) else { continue };
                let Value::String(text) = place else { continue };
                let text = std::mem::take(text);
                if !text.is_empty() {
                    self.capture(&capture.secret, text, origin)?;
                }
            }
            body = json.to_string().into_bytes();
        }
        let redactor = self.redactor();
        let headers = headers.into_iter().map(|(name, value)| (name, redactor.text(&value))).collect();
        Ok(http::Response { status, headers, body: redactor.bytes(body) })
    }

    fn refused(&mut self, refusal: &Refusal) -> Error {
        let mut error = refused(refusal);
        error.message = self.redactor().text(&error.message);
        error
    }
}

fn put(request: &mut Request, place: &http::Placement, secret: &SecretText) -> Result<(), Error> {
    let text = secret.expose();
    match place {
        http::Placement::Bearer => set_header(request, "authorization", format!("Bearer {text}")),
        http::Placement::Basic(user) => {
            set_header(request, "authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{text}"))));
        }
        http::Placement::Header(name) => {
            let same = |(given, _): &&(String, String)| given.eq_ignore_ascii_case(name);
            let prefix = request.headers.iter().find(same).map(|(_, value)| value.clone()).unwrap_or_default();
            set_header(request, name, prefix + text);
        }
        http::Placement::Form(field) => {
            let pair = url::form_urlencoded::Serializer::new(String::new()).append_pair(field, text).finish();
            if !request.body.is_empty() {
                request.body.push(b'&');
            }
            request.body.extend_from_slice(pair.as_bytes());
        }
        http::Placement::Json(pointer) => {
            let mut body: Value = serde_json::from_slice(&request.body)
                .map_err(|_| invalid("the body is not JSON, so the secret cannot be put into it".to_owned()))?;
            match body.pointer_mut(pointer) {
                Some(Value::String(place)) if place.is_empty() => text.clone_into(place),
                _ => return Err(invalid(format!("the body has no empty text at {pointer:?} for the secret"))),
            }
            request.body = body.to_string().into_bytes();
        }
    }
    Ok(())
}

fn set_header(request: &mut Request, name: &str, value: String) {
    request.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
    request.headers.push((name.to_owned(), value));
}

fn size(request: &Request) -> usize {
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    request.url.len() + headers + request.body.len()
}

fn refused(refusal: &Refusal) -> Error {
    let (code, scope) = if refusal.is_policy() { ("refused", "request") } else { ("unavailable", "platform") };
    let advice = match refusal {
        Refusal::NotGranted(_) | Refusal::NotEncrypted(_) | Refusal::Address(_) | Refusal::PrivateAddress { .. } => {
            Some("If the connector should reach it, an administrator has to grant it in the connection's settings.")
        }
        Refusal::Exposed { .. } => Some("Give its https address in the connection's settings."),
        _ => None,
    };
    error(code, scope, refusal.to_string(), advice.map(str::to_owned), refusal.is_ambiguous())
}

fn missing(secret: &str) -> Error {
    let advice = "Enter it in the connection's settings.".to_owned();
    error("auth", "connection", format!("the secret {secret:?} is not set"), Some(advice), false)
}

fn elsewhere(secret: &str, origin: &Origin) -> Error {
    error("refused", "request", format!("the secret {secret:?} must not go to {origin}"), None, false)
}

fn invalid(message: String) -> Error {
    error("invalid-input", "request", message, None, false)
}

fn error(code: &str, scope: &str, message: String, advice: Option<String>, ambiguous: bool) -> Error {
    Error { code: code.to_owned(), message, retry_after: None, scope: scope.to_owned(), advice, ambiguous }
}
