//! Asked to stop, the program finishes what it has begun: a webhook that is still on its way in is stored and acknowledged.

use std::{process::Command, time::Duration};

use anyhow::{Result, ensure};
use comity_e2e::{
    api::Api,
    now,
    server::{self, Server},
    until,
    webhook::Webhook,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_hand_is_acknowledged_and_there_afterwards() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let port = server::free_port()?;
    let server = Server::start_on(&data, port).await?;
    let api = Api::set_up(&server).await?;
    let webhook = Webhook::connect(&api, &server.url(), json!({})).await?;

    let body = json!({"id": "last", "at": now(), "author": "ada", "text": "Where is my bag?"}).to_string();
    let mut request = TcpStream::connect(("127.0.0.1", port)).await?;
    request.write_all(head(&webhook, &body).as_bytes()).await?;
    // The answer to `Expect: 100-continue`: the server has begun with the request and waits for the body.
    let mut begun = [0; 12];
    request.read_exact(&mut begun).await?;
    ensure!(&begun == b"HTTP/1.1 100", "{}", String::from_utf8_lossy(&begun));

    ensure!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status()?.success());
    until("nobody else is let in", PATIENCE, || async {
        Ok(TcpStream::connect(("127.0.0.1", port)).await.is_err().then_some(()))
    })
    .await?;
    // Longer than idle workers need to end.
    tokio::time::sleep(Duration::from_millis(300)).await;
    request.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    request.read_to_string(&mut answer).await?;
    ensure!(answer.contains("HTTP/1.1 202"), "{answer}");
    drop(server);

    let _server = Server::start_on(&data, port).await?;
    until("the post is a case", PATIENCE, || async { api.case_of("Where is my bag?").await }).await?;
    Ok(())
}

fn head(webhook: &Webhook, body: &str) -> String {
    let signed = webhook.headers("last", now(), body.as_bytes());
    let signed = signed.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    let length = body.len();
    format!(
        "POST /hooks/{} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         expect: 100-continue\r\n{signed}\r\n",
        webhook.connection
    )
}
