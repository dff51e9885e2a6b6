//! One kept connection that posts signed webhooks, one after the other.

use anyhow::{Context, Result, bail};
use comity_e2e::webhook::Webhook;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpStream;

pub struct Sender {
    connection: http1::SendRequest<Full<Bytes>>,
    webhook: Webhook,
    host: String,
    path: String,
}

impl Sender {
    pub async fn connect(port: u16, webhook: &Webhook) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (connection, driver) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            if let Err(error) = driver.await {
                eprintln!("a connection broke: {error}");
            }
        });
        let path = webhook.url.splitn(4, '/').nth(3).context("the webhook's address has a path")?;
        Ok(Self { connection, webhook: webhook.clone(), host: format!("127.0.0.1:{port}"), path: format!("/{path}") })
    }

    /// Returns once the post is acknowledged, which it is only after it was committed.
    pub async fn send(&mut self, id: &str, at: Timestamp) -> Result<()> {
        let body = post(id, at);
        let mut request =
            Request::post(&self.path).header("host", &self.host).header("content-type", "application/json");
        for (name, value) in self.webhook.headers(id, at, &body) {
            request = request.header(name, value);
        }
        self.connection.ready().await?;
        let answer = self.connection.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
        let status = answer.status();
        let text = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("a post was answered {status}: {}", String::from_utf8_lossy(&text));
        }
        Ok(())
    }
}

/// A complaint of ordinary length by somebody new, so that each post is a case of its own.
fn post(id: &str, at: Timestamp) -> Vec<u8> {
    let value = json!({
        "id": id, "at": at,
        "author": format!("author-{id}"),
        "text": format!("[{id}] My bag has not arrived and nobody at the desk could say where it is. \
                         Flight NW 482 from Oslo, two days ago. What am I supposed to do now?"),
    });
    value.to_string().into_bytes()
}
