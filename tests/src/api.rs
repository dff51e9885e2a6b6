//! A client for `/api/v1` that is signed in as the owner of a fresh installation.

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::Server;

pub const EMAIL: &str = "owner@northwind.test";
pub const PASSWORD: &str = "a long enough password";

pub struct Api {
    client: reqwest::Client,
    base: String,
    token: String,
}

/// One client for all: making one reads the system's certificates.
pub fn http_client() -> reqwest::Client {
    static CLIENT: std::sync::OnceLock<reqwest::Client> = std::sync::OnceLock::new();
    let client = CLIENT.get_or_init(|| {
        drop(rustls::crypto::ring::default_provider().install_default());
        reqwest::Client::builder().no_proxy().build().expect("a client without options can be built")
    });
    client.clone()
}

impl Api {
    /// Goes through the first set-up and makes an API token for everything after it.
    pub async fn set_up(server: &Server) -> Result<Self> {
        let base = format!("{}/api/v1", server.url());
        let owner = json!({
            "token": server.set_up_token()?, "organization": "Northwind Air", "name": "Olga Owner",
            "email": EMAIL, "password": PASSWORD,
        });
        Self::begin(base, "setup", &owner, "owner").await
    }

    /// Somebody new with this role, with a token of their own.
    pub async fn person(&self, name: &str, role: &str) -> Result<Self> {
        let email = format!("{name}@northwind.test").to_lowercase();
        let user = json!({"name": name, "email": email, "roles": [role], "password": PASSWORD});
        self.post("/users", &user).await?;
        let body = json!({"email": email, "password": PASSWORD});
        Self::begin(self.base.clone(), "session", &body, role).await
    }

    /// Begins a session by this call and makes a token in it.
    async fn begin(base: String, path: &str, body: &Value, role: &str) -> Result<Self> {
        let client = http_client();
        let answer = client.post(format!("{base}/{path}")).json(body).send().await?;
        let status = answer.status();
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(str::to_owned);
        let session: Value = answer.json().await.with_context(|| format!("{path} did not answer with JSON"))?;
        if !status.is_success() {
            bail!("{path} answered {status}: {session}");
        }
        let cookie = cookie.context("nobody was signed in")?;
        let csrf = session["csrf_token"].as_str().context("the session has no csrf_token")?.to_owned();
        let answer = client
            .post(format!("{base}/tokens"))
            .header("cookie", cookie)
            .header("x-csrf-token", csrf)
            .json(&json!({"name": "end to end", "roles": [role]}))
            .send()
            .await?;
        let made: Value = answer.error_for_status()?.json().await?;
        let token = made["token"].as_str().context("no token was shown")?.to_owned();
        Ok(Self { client, base, token })
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Hands a file of posts over.
    pub async fn import(&self, lines: String) -> Result<Value> {
        let request = self.client.post(format!("{}/import", self.base)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/x-ndjson").body(lines).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Every item of a list, page after page.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut next = path.to_owned();
        loop {
            let page = self.get(&next).await?;
            items.extend(page["items"].as_array().context("a list without items")?.iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { return Ok(items) };
            next = format!("{path}{}cursor={cursor}", if path.contains('?') { '&' } else { '?' });
        }
    }

    /// The case in which this text was posted, with its whole view.
    pub async fn case_of(&self, text: &str) -> Result<Option<Value>> {
        for row in self.list("/cases").await? {
            let case = self.get(&format!("/cases/{}", row["id"].as_str().context("a case has an id")?)).await?;
            if case["posts"].as_array().is_some_and(|posts| posts.iter().any(|post| post["text"] == text)) {
                return Ok(Some(case));
            }
        }
        Ok(None)
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{method} {path} answered {status}: {text}");
        }
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).context("not JSON") }
    }
}
