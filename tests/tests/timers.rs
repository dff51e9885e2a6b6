//! A promise that falls due while the program is not running is broken all the same: at the minute it was due, told to the
//! policy once, whatever happened in between.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use comity_e2e::{
    api::Api,
    impatient::{self, answer, breaches},
    now,
    server::{self, Server},
    until,
    webhook::Webhook,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const PATIENCE: Duration = Duration::from_mins(1);
/// How long the promise still has when the post comes.
const LEFT: SignedDuration = SignedDuration::from_secs(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_due_while_nothing_runs_is_broken_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    // A late post is not given time to be caught up with here.
    fs::write(data.join("comity.toml"), "[decide]\nsettle_seconds = 0\n")?;
    let port = server::free_port()?;
    let server = Server::start_on(&data, port).await?;
    let api = Api::set_up(&server).await?;
    impatient::publish(&api).await?;
    let webhook = Webhook::connect(&api, &server.url(), json!({})).await?;

    let at = now() - SignedDuration::from_mins(1) + LEFT;
    let due = at + SignedDuration::from_mins(1);
    let said = "Where is my bag?";
    webhook.send("1", &json!({"id": "1", "at": at, "author": "ada", "text": said})).await?.error_for_status()?;
    let case = until("the promise runs", PATIENCE, || async {
        let case = api.case_of(said).await?;
        Ok(case.filter(|case| answer(case).is_some_and(|owed| owed["state"] != "met")))
    })
    .await?;
    let owed = answer(&case).context("an answer is owed")?;
    ensure!(owed["state"] == "running" && instant(&owed["due_at"])? == instant(&json!(due))?, "{owed}");
    server.kill()?;

    let wait = due.duration_since(now()) + SignedDuration::from_secs(2);
    tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
    let server = Server::start_on(&data, port).await?;
    let id = case["id"].as_str().context("a case has an id")?;
    let broken = until("the promise is broken and the policy has heard of it", PATIENCE, || async {
        let case = api.get(&format!("/cases/{id}")).await?;
        let is_late = case["labels"].as_array().is_some_and(|labels| labels.iter().any(|label| label == "late"));
        Ok(is_late.then_some(case))
    })
    .await?;
    let owed = answer(&broken).context("an answer is owed")?;
    ensure!(owed["state"] == "breached" && instant(&owed["due_at"])? == instant(&json!(due))?, "{owed}");
    let decisions = breaches(&api, id).await?.len();
    ensure!(decisions == 1, "the policy heard of it {decisions} times");

    // And once more, with nothing left to fire.
    server.kill()?;
    let _server = Server::start_on(&data, port).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    ensure!(breaches(&api, id).await?.len() == 1, "a restart fires nothing twice");
    Ok(())
}

/// To the second: what is stored is no finer than a millisecond.
fn instant(value: &Value) -> Result<i64> {
    let text = value.as_str().with_context(|| format!("{value} is no time"))?;
    Ok(text.parse::<jiff::Timestamp>()?.as_second())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_monitor_hears_that_the_timers_run() -> Result<()> {
    let monitor = TcpListener::bind("127.0.0.1:0").await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let url = format!("http://{}/beat/of-this-installation", monitor.local_addr()?);
    fs::write(data.join("comity.toml"), format!("[timers]\nheartbeat_url = \"{url}\"\nheartbeat_seconds = 1\n"))?;
    let server = Server::start(&data).await?;
    for _ in 0..2 {
        let (mut asked, _) = tokio::time::timeout(PATIENCE, monitor.accept()).await??;
        let mut request = [0; 512];
        let length = asked.read(&mut request).await?;
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        assert!(request.starts_with("GET /beat/of-this-installation HTTP/1.1"), "{request}");
        asked.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await?;
    }
    assert!(!server.log().contains("of-this-installation"), "the address may hold a secret: {}", server.log());
    Ok(())
}
