//! Signing in with an app password, and staying signed in. The host keeps the tokens; here they have only names.
//!
//! A token that has expired is renewed once within the call, by the refresh token or, when that is spent too, by the
//! password. Sign-ins are rationed by the platform (300 a day), so the tokens are used as long as they last.

use crate::{Config, api};
use comity_plugin_sdk::{
    http::{Placement, Request, Response},
    kv,
    prelude::*,
    secrets,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

pub const PASSWORD: &str = "app_password";
const ACCESS: &str = "access-token";
const REFRESH: &str = "refresh-token";
const STATE: &str = "session";

/// Whose tokens are kept; those of another account or server are not used.
#[derive(Deserialize, Serialize)]
struct State {
    service: String,
    identifier: String,
    did: String,
    handle: String,
}

#[derive(Deserialize)]
struct Opened {
    did: String,
    handle: String,
}

pub struct Session {
    service: String,
    identifier: String,
    pub did: String,
    pub handle: String,
}

impl Session {
    /// The session at hand, or a new one.
    pub fn open(config: &Config) -> Result<Self> {
        let names = secrets::names();
        let has = |name: &str| names.iter().any(|other| other == name);
        let state: Option<State> = kv::get(STATE).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match state {
            Some(state)
                if has(ACCESS) && state.service == config.service() && state.identifier == config.identifier() =>
            {
                let State { service, identifier, did, handle } = state;
                Ok(Self { service, identifier, did, handle })
            }
            _ => Self::anew(config),
        }
    }

    /// A new session by the app password.
    pub fn anew(config: &Config) -> Result<Self> {
        let (service, identifier) = (config.service().to_owned(), config.identifier().to_owned());
        let mut session = Self { service, identifier, did: String::new(), handle: String::new() };
        session.sign_in()?;
        Ok(session)
    }

    pub fn get<T: DeserializeOwned>(&mut self, method: &str, parameters: &[(&str, &str)]) -> Result<T> {
        self.answer(method, parameters)?.ok()?.json()
    }

    /// The answer to a query, whatever its status.
    pub fn answer(&mut self, method: &str, parameters: &[(&str, &str)]) -> Result<Response> {
        let url = self.url(method) + &api::query(parameters);
        self.authorized(|| Ok(Request::get(url.clone())))
    }

    /// The answer to a procedure, whatever its status.
    pub fn call(&mut self, method: &str, body: &impl Serialize) -> Result<Response> {
        let url = self.url(method);
        self.authorized(|| Request::post(url.clone()).json(body))
    }

    /// Sends with the access token; when that has expired, once more with a new one.
    fn authorized(&mut self, request: impl Fn() -> Result<Request>) -> Result<Response> {
        let response = request()?.bearer(ACCESS).send()?;
        if !api::is_expired(&response) {
            return Ok(response);
        }
        self.renew()?;
        request()?.bearer(ACCESS).send()
    }

    fn renew(&mut self) -> Result<()> {
        if secrets::names().iter().any(|name| name == REFRESH) {
            let request = captured(Request::post(self.url("com.atproto.server.refreshSession")).bearer(REFRESH));
            let response = request.send()?;
            if response.status == 200 {
                log::debug("the session was renewed");
                return self.opened(&response);
            }
            if !matches!(response.status, 400 | 401) {
                return response.ok().map(drop);
            }
        }
        log::info("the session has ended; signing in again");
        self.sign_in()
    }

    fn sign_in(&mut self) -> Result<()> {
        let body = json!({ "identifier": self.identifier, "password": "" });
        let request = Request::post(self.url("com.atproto.server.createSession")).json(&body)?;
        let request = request.credential(PASSWORD, Placement::Json("/password".into()));
        let response = captured(request).send()?;
        if matches!(response.status, 400 | 401) {
            secrets::forget(ACCESS);
            secrets::forget(REFRESH);
            return Err(response
                .ok()
                .err()
                .map_or_else(
                    || error("auth", "signing in failed"),
                    |problem| Error {
                        code: "auth".into(),
                        message: format!("signing in as {} failed: {}", self.identifier, problem.message),
                        ..problem
                    },
                )
                .of_connection()
                .advice("Check the account's handle and server, and make a new app password"));
        }
        self.opened(&response.ok()?)
    }

    fn opened(&mut self, response: &Response) -> Result<()> {
        let Opened { did, handle } = response.json()?;
        (self.did, self.handle) = (did, handle);
        let state = State {
            service: self.service.clone(),
            identifier: self.identifier.clone(),
            did: self.did.clone(),
            handle: self.handle.clone(),
        };
        let state = serde_json::to_vec(&state).map_err(|problem| error("unavailable", problem.to_string()))?;
        if kv::set(STATE, &state) { Ok(()) } else { Err(error("unavailable", "there is no room left for the session")) }
    }

    fn url(&self, method: &str) -> String {
        format!("{}/xrpc/{method}", self.service)
    }
}

fn captured(request: Request) -> Request {
    request.capture("/accessJwt", ACCESS).capture("/refreshJwt", REFRESH)
}
