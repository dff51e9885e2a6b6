//! Commands that go through a running server.

use crate::{exit, exit::Code};
use anyhow::Context as _;
use comity_app::import::ImportReport;
use serde_json::Value;
use std::path::Path;

const NO_TOKEN: &str = "a token is needed: make one under Settings and pass it with --token or COMITY_TOKEN";

pub async fn import(server: &str, token: Option<&str>, file: &Path) -> anyhow::Result<ImportReport> {
    let token = token.ok_or_else(|| exit::fail(Code::Refused, NO_TOKEN))?;
    let body = tokio::fs::File::open(file).await.with_context(|| format!("opening {}", file.display()))?;
    let url = format!("{}/api/v1/import", server.trim_end_matches('/'));
    let answer = client()?
        .post(&url)
        .bearer_auth(token)
        .header("content-type", "application/x-ndjson")
        .body(body)
        .send()
        .await
        .map_err(|error| exit::fail(Code::Refused, format!("cannot reach {url}: {error}")))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(refused(status, &answer.json().await.unwrap_or_default()));
    }
    Ok(answer.json().await?)
}

fn client() -> anyhow::Result<reqwest::Client> {
    // Only the first call installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().build()?)
}

/// A server's API, by a token.
pub struct Remote {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Remote {
    pub fn new(server: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let token = token.ok_or_else(|| exit::fail(Code::Refused, NO_TOKEN))?.to_owned();
        Ok(Self { client: client()?, base: format!("{}/api/v1", server.trim_end_matches('/')), token })
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.answer(self.client.get(format!("{}{path}", self.base)), path).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.answer(self.client.post(format!("{}{path}", self.base)).json(body), path).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder, path: &str) -> anyhow::Result<Value> {
        let answer = request.bearer_auth(&self.token).send().await;
        let answer =
            answer.map_err(|error| exit::fail(Code::Refused, format!("cannot reach {}{path}: {error}", self.base)))?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        if status.is_success() { Ok(body) } else { Err(refused(status, &body)) }
    }
}

/// What the server says of it. A bundle with errors is the caller's to put right.
fn refused(status: reqwest::StatusCode, problem: &Value) -> anyhow::Error {
    let detail = problem["detail"].as_str().unwrap_or("no reason was given");
    let found = problem["diagnostics"].as_array().into_iter().flatten().map(|one| {
        let (file, message) = (one["file"].as_str().unwrap_or_default(), one["message"].as_str().unwrap_or_default());
        format!("\n{file}:{}: {message}", one["line"])
    });
    let code = if problem["diagnostics"].is_array() { Code::Faults } else { Code::Refused };
    exit::fail(code, format!("the server answered {status}: {detail}{}", found.collect::<String>()))
}
