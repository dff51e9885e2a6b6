//! A caller of the API: nobody, a signed-in browser, or a script with a token.

use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;
use serde_json::Value;

#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    cookie: Option<String>,
    csrf: Option<String>,
    bearer: Option<String>,
    headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub(crate) fn anonymous(base: String) -> Self {
        // The HTTP client wants one even where nothing is encrypted; a second call is refused and does no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let http = http.expect("a client without TLS can always be made");
        Self { base, http, cookie: None, csrf: None, bearer: None, headers: HeaderMap::new() }
    }

    /// Takes over the session that an answer began.
    #[must_use]
    pub fn with_session(mut self, answer: &Answer) -> Self {
        let cookie = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok());
        self.cookie = cookie.and_then(|value| value.split(';').next()).map(str::to_owned);
        self.csrf = answer.json()["csrf_token"].as_str().map(str::to_owned);
        self
    }

    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    #[must_use]
    pub fn with_csrf(mut self, token: Option<&str>) -> Self {
        self.csrf = token.map(str::to_owned);
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a header value"));
        self
    }

    /// `comity_session=…`.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None::<&()>).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None::<&()>).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Answer::read(request.send().await.expect("the test server answers")).await
    }

    /// A request to be changed further; a path without `/` at its beginning is below `/api/v1/`.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        let mut request = self.http.request(method, format!("{}{path}", self.base)).headers(self.headers.clone());
        for (name, value) in [("cookie", &self.cookie), ("x-csrf-token", &self.csrf)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.expect("the answer is text") }
    }

    /// The body; `null` when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The slug of a problem, checked to have the shape of one.
    pub fn problem(&self) -> String {
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"), "{}: {}", self.status, self.text);
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16(), "{}", self.text);
        for field in ["title", "detail"] {
            assert!(json[field].as_str().is_some_and(|text| !text.is_empty()), "{field} is missing: {}", self.text);
        }
        let slug = json["type"].as_str().and_then(|kind| kind.strip_prefix("/problems/"));
        slug.expect("the type of a problem is below /problems/").to_owned()
    }

    /// The answer itself, once it has this status.
    #[expect(clippy::return_self_not_must_use, reason = "often the status is all that is asked about")]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}
