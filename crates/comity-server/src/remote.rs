//! `comity import` through a running server.

use crate::{exit, exit::Code};
use anyhow::Context as _;
use comity_app::import::ImportReport;
use std::path::Path;

pub async fn import(server: &str, token: Option<&str>, file: &Path) -> anyhow::Result<ImportReport> {
    let token = token.ok_or_else(|| {
        exit::fail(Code::Refused, "a token is needed: make one under Settings and pass it with --token or COMITY_TOKEN")
    })?;
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
        let problem: serde_json::Value = answer.json().await.unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or("no reason was given");
        return Err(exit::fail(Code::Refused, format!("the server answered {status}: {detail}")));
    }
    Ok(answer.json().await?)
}

fn client() -> anyhow::Result<reqwest::Client> {
    // Only the first call installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().build()?)
}
