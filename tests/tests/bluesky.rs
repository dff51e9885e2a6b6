//! The first complete path on a real AT Protocol network: a mention becomes a case, an agent answers it in a real browser, the
//! answer stands in the person's thread; the person takes the post back; the token expires; the network goes away and comes
//! back.

mod proxy;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use comity_e2e::{
    api::{Api, EMAIL, PASSWORD},
    atproto::{Network, Options, Person},
    server::Server,
    until,
};
use proxy::Proxy;
use serde_json::{Value, json};
use tokio::process::Command;

/// How long anything but the first case may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// How soon a mention is a case.
const SOON: Duration = Duration::from_secs(5);
/// How long an access token lasts here.
const APP_SESSION: Duration = Duration::from_secs(20);

fn posts(case: &Value) -> impl Iterator<Item = &Value> {
    case["posts"].as_array().into_iter().flatten()
}

async fn connect(api: &Api, proxy: &Proxy, airline: &Person) -> Result<String> {
    let connection = json!({
        "connector": "bluesky", "name": "Northwind Air",
        "config": { "service": proxy.url(), "identifier": airline.handle },
        "secrets": { "app_password": airline.app_password().await? },
        "private_networks": ["127.0.0.0/8"],
    });
    let made = api.post("/connections", &connection).await?;
    let id = made["id"].as_str().context("a connection has an id")?.to_owned();
    let verified = api.post(&format!("/connections/{id}/verify"), &json!({})).await?;
    ensure!(verified["ok"] == true, "{verified}");
    Ok(id)
}

/// What an agent does, in a real browser.
async fn answer_in_browser(server: &Server, case: &str, text: &str) -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/support/answer.mjs");
    let output = Command::new("node").arg(script).args([&server.url(), EMAIL, PASSWORD, case, text]).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn has_reply(thread: &Value, text: &str) -> bool {
    let replies = thread["replies"].as_array().into_iter().flatten();
    replies.into_iter().any(|reply| reply.pointer("/post/record/text").and_then(Value::as_str) == Some(text))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mention_is_answered_and_taken_back_and_the_connection_lasts() -> Result<()> {
    let network = Network::start(Options { app_session: Some(APP_SESSION) }).await?;
    let (airline, mara) = (network.person("northwind").await?, network.person("mara").await?);
    let proxy = Proxy::start(&network.pds).await?;

    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    fs::write(data.join("comity.toml"), "[connections]\npoll_seconds = 1\nrecheck_seconds = 2\n")?;
    let server = Server::start(&data).await?;
    let api = Api::set_up(&server).await?;
    let connection = connect(&api, &proxy, &airline).await?;
    let connected_at = Instant::now();

    let said = "@northwind.test my bag has not arrived. Where is it?";
    let post = mara.say(said, &[&airline]).await?;
    let case = until("the mention is a decided case", SOON, || async {
        let owes =
            |case: &Value| case["obligations"].as_array().is_some_and(|o| o.iter().any(|o| o["party"] == "company"));
        Ok(api.case_of(said).await?.filter(owes))
    })
    .await?;

    let id = case["id"].as_str().context("a case has an id")?;
    let answer = "We are sorry, Mara. It is in Oslo and comes with the next flight.";
    answer_in_browser(&server, id, answer).await?;
    until("the answer is in her thread", PATIENCE, || async {
        Ok(has_reply(&mara.thread(&post).await?, answer).then_some(()))
    })
    .await?;
    let settled = until("the reply is sent and the obligation met", PATIENCE, || async {
        let case = api.get(&format!("/cases/{id}")).await?;
        let sent = case["deliveries"][0]["state"] == "sent";
        let met = case["obligations"].as_array().is_some_and(|owed| owed.iter().any(|one| one["state"] == "met"));
        Ok((sent && met).then_some(case))
    })
    .await?;
    assert_eq!(
        posts(&settled).filter(|post| post["party"] == "company").count(),
        1,
        "our reply is there once: {settled}"
    );

    mara.delete(&post).await?;
    let tombstone = until("the deleted post is a tombstone", PATIENCE, || async {
        let case = api.get(&format!("/cases/{id}")).await?;
        let gone = posts(&case).find(|one| !one["deleted_at"].is_null()).cloned();
        Ok(gone)
    })
    .await?;
    assert_eq!(tombstone["text"], "", "its words are gone");

    // The token that the first sign-in opened is over by now, or soon: a mention after that still arrives.
    tokio::time::sleep(APP_SESSION.saturating_sub(connected_at.elapsed())).await;
    let later = "@northwind.test and now it is damaged.";
    mara.say(later, &[&airline]).await?;
    until("a mention after the token expired", PATIENCE, || api.case_of(later)).await?;

    proxy.cut();
    let missed = "@northwind.test is anybody there?";
    mara.say(missed, &[&airline]).await?;
    until("the connection says that it fails", PATIENCE, || async {
        let view = api.get(&format!("/connections/{connection}")).await?;
        Ok((view["status"] == "failing").then_some(()))
    })
    .await?;
    proxy.mend();
    until("what was said meanwhile arrives", PATIENCE, || api.case_of(missed)).await?;
    let view = until("the connection is well again", PATIENCE, || async {
        let view = api.get(&format!("/connections/{connection}")).await?;
        Ok((view["status"] == "running").then_some(view))
    })
    .await?;
    assert_eq!(view["health"]["failures"], 0, "{view}");
    Ok(())
}
