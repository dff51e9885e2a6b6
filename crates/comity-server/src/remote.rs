//! Commands through a running server.

use crate::{exit, exit::Code};
use anyhow::Context as _;
use comity_app::import::ImportReport;
use reqwest::Method;
use serde_json::Value;
use std::path::Path;

/// A running server, with the token it is asked with.
pub struct Remote {
    client: reqwest::Client,
    server: String,
    token: String,
}

impl Remote {
    pub fn new(server: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let server = server.trim_end_matches('/').to_owned();
        Ok(Self { client: client()?, server, token: needed(token)?.to_owned() })
    }

    /// The answer, or the problem that the server answered with.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Result<Value, Value>> {
        let url = format!("{}/api/v1/{path}", self.server);
        let mut request = self.client.request(method, &url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await;
        let answer = answer.map_err(|error| exit::fail(Code::Refused, format!("cannot reach {url}: {error}")))?;
        let status = answer.status();
        let text = answer.text().await.with_context(|| format!("reading what {url} answers"))?;
        match serde_json::from_str(&text) {
            Ok(value) if status.is_success() => Ok(Ok(value)),
            Ok(problem) => Ok(Err(problem)),
            Err(_) => Err(exit::fail(Code::Refused, format!("the server answered {status}, and not as Comity does"))),
        }
    }
}

fn needed(token: Option<&str>) -> anyhow::Result<&str> {
    token.ok_or_else(|| {
        exit::fail(Code::Refused, "a token is needed: make one under Settings and pass it with --token or COMITY_TOKEN")
    })
}

pub async fn import(server: &str, token: Option<&str>, file: &Path) -> anyhow::Result<ImportReport> {
    let token = needed(token)?;
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
        let problem: Value = answer.json().await.unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or("no reason was given");
        return Err(exit::fail(Code::Refused, format!("the server answered {status}: {detail}")));
    }
    Ok(answer.json().await?)
}

fn client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().build()?)
}
