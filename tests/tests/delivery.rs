//! Replies that do not simply arrive: an answer lost on the way, a program killed in the middle of sending, a receiver that
//! refuses. The other side has each reply once, and nothing is given up without somebody being told.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use comity_e2e::{
    api::Api,
    now,
    receiver::{Manner, Receiver},
    server::{self, Server},
    until,
    webhook::Webhook,
};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(1);
/// Everything waits seconds here that waits longer in life.
const SETTINGS: &str = "[deliver]\nlease_seconds = 3\nfirst_retry_seconds = 1\nmost_attempts = 3\nscan_seconds = 1\n";

struct Desk {
    folder: tempfile::TempDir,
    server: Server,
    api: Api,
    webhook: Webhook,
    receiver: Receiver,
}

impl Desk {
    async fn open(can_be_asked: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        fs::create_dir(&data)?;
        fs::write(data.join("comity.toml"), SETTINGS)?;
        let server = Server::start_on(&data, server::free_port()?).await?;
        let api = Api::set_up(&server).await?;
        let receiver = Receiver::start().await?;
        let mut config = json!({"reply_url": format!("{}/replies", receiver.url)});
        if can_be_asked {
            config["lookup_url"] = json!(format!("{}/replies/{{key}}", receiver.url));
        }
        let webhook = Webhook::connect(&api, &server.url(), config).await?;
        Ok(Self { folder, server, api, webhook, receiver })
    }

    /// The id of a case that is about this.
    async fn case(&self, text: &str) -> Result<String> {
        let body = json!({"id": text, "at": now(), "author": text, "text": text});
        self.webhook.send(text, &body).await?.error_for_status()?;
        let case = until("the post is a decided case", PATIENCE, || async {
            let decided = |case: &Value| case["decisions"].as_u64().is_some_and(|count| count > 0);
            Ok(self.api.case_of(text).await?.filter(decided))
        })
        .await?;
        Ok(case["id"].as_str().context("a case has an id")?.to_owned())
    }

    async fn answer(&self, case: &str) -> Result<()> {
        let key = format!("{case}-answer");
        let reply = json!({"text": ANSWER, "visibility": "public", "idempotency_key": key});
        self.api.post(&format!("/cases/{case}/replies"), &reply).await?;
        Ok(())
    }

    /// Waits until the case's one reply is in this state.
    async fn reply_is(&self, case: &str, state: &str) -> Result<Value> {
        until(&format!("the reply is {state}"), PATIENCE, || async {
            let view = self.api.get(&format!("/cases/{case}")).await?;
            ensure!(view["deliveries"].as_array().is_some_and(|all| all.len() == 1), "one reply: {view}");
            Ok((view["deliveries"][0]["state"] == state).then_some(view))
        })
        .await
    }
}

const ANSWER: &str = "We have found it, and it comes with the next flight.";

/// What a sent reply means: it stands in the thread once and the promise is kept.
fn is_answered(view: &Value) -> Result<()> {
    let ours = |post: &&Value| post["party"] == "company" && post["text"] == ANSWER;
    let posts = view["posts"].as_array().context("a case has posts")?;
    ensure!(posts.iter().filter(ours).count() == 1, "it stands in the thread once: {view}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_say_is_looked_up_and_arrives_once() -> Result<()> {
    let mut desk = Desk::open(true).await?;

    desk.receiver.answer(Manner::TakeAndBreakOff);
    let case = desk.case("Where is my bag?").await?;
    desk.answer(&case).await?;
    is_answered(&desk.reply_is(&case, "sent").await?)?;
    ensure!(
        desk.receiver.taken().len() == 1 && desk.receiver.attempts().len() == 1,
        "it was not brought a second time"
    );
    ensure!(desk.receiver.lookups() == 1, "it was asked");
    let view = until("the promise is kept", PATIENCE, || async {
        let view = desk.api.get(&format!("/cases/{case}")).await?;
        let met = view["obligations"].as_array().is_some_and(|owed| owed.iter().any(|one| one["state"] == "met"));
        Ok(met.then_some(view))
    })
    .await?;
    is_answered(&view)?;
    // The same words under the same key are the same reply; other words under it are told what really went out.
    desk.answer(&case).await?;
    let other = json!({"text": "Other words.", "visibility": "public", "idempotency_key": format!("{case}-answer")});
    let refused = desk.api.post(&format!("/cases/{case}/replies"), &other).await.err().context("it is refused")?;
    let refused = refused.to_string();
    ensure!(refused.contains("key-used") && refused.contains(ANSWER), "{refused}");

    // This one surely did not arrive; the receiver says so when asked, and it is brought again under the same key.
    desk.receiver.answer(Manner::BreakOff);
    let case = desk.case("Where is my other bag?").await?;
    desk.answer(&case).await?;
    until("the first attempt", PATIENCE, || async { Ok((desk.receiver.attempts().len() == 2).then_some(())) }).await?;
    desk.receiver.answer(Manner::Take);
    is_answered(&desk.reply_is(&case, "sent").await?)?;
    let attempts = desk.receiver.attempts();
    ensure!(attempts.len() == 3 && attempts[1] == attempts[2], "one key for all attempts: {attempts:?}");
    ensure!(desk.receiver.taken().len() == 2, "it arrived once");

    // Killed while the other side has the reply and has not answered yet.
    desk.receiver.answer(Manner::TakeAndHang);
    let case = desk.case("Where is my third bag?").await?;
    desk.answer(&case).await?;
    until("the reply is on the other side", PATIENCE, || async {
        Ok((desk.receiver.taken().len() == 3).then_some(()))
    })
    .await?;
    let port = desk.server.port();
    let data = desk.folder.path().join("data");
    desk.server.kill()?;
    desk.server = Server::start_on(&data, port).await?;
    is_answered(&desk.reply_is(&case, "sent").await?)?;
    ensure!(desk.receiver.attempts().len() == 4, "it was looked up and not brought again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_waits_for_a_person() -> Result<()> {
    let desk = Desk::open(false).await?;

    // Nobody can say, and the platform cannot be asked: a person decides, and here it is to send it again.
    desk.receiver.answer(Manner::BreakOff);
    let case = desk.case("Where is my bag?").await?;
    desk.answer(&case).await?;
    let view = desk.reply_is(&case, "dead").await?;
    let error = view["deliveries"][0]["last_error"].as_str().unwrap_or_default();
    ensure!(error.contains("Nobody can say whether this reply arrived"), "{error}");
    ensure!(desk.receiver.attempts().len() == 1, "nothing is sent twice unless somebody says so");
    let listed = desk.api.list("/deliveries").await?;
    ensure!(listed.len() == 1 && listed[0]["case_id"] == view["id"], "{listed:?}");
    let id = listed[0]["id"].as_str().context("a reply has an id")?;
    desk.receiver.answer(Manner::Take);
    desk.api.post(&format!("/deliveries/{id}/retry"), &Value::Null).await?;
    is_answered(&desk.reply_is(&case, "sent").await?)?;
    ensure!(desk.api.list("/deliveries").await?.is_empty(), "nothing waits any more");

    // Busy for too long, then no more.
    desk.receiver.answer(Manner::Busy);
    let case = desk.case("Where is my other bag?").await?;
    desk.answer(&case).await?;
    let view = desk.reply_is(&case, "dead").await?;
    ensure!(view["deliveries"][0]["attempts"] == 3, "as often as the settings say: {view}");
    desk.receiver.answer(Manner::Take);
    let id = view["deliveries"][0]["id"].as_str().context("a reply has an id")?;
    desk.api.post(&format!("/deliveries/{id}/retry"), &Value::Null).await?;
    is_answered(&desk.reply_is(&case, "sent").await?)?;

    // Refused: trying again is useless, and somebody drops it. The case is still owed an answer.
    desk.receiver.answer(Manner::Refuse);
    let case = desk.case("Where is my third bag?").await?;
    desk.answer(&case).await?;
    let view = desk.reply_is(&case, "dead").await?;
    ensure!(view["deliveries"][0]["attempts"] == 1, "a refusal is final: {view}");
    let id = view["deliveries"][0]["id"].as_str().context("a reply has an id")?;
    desk.api.post(&format!("/deliveries/{id}/drop"), &Value::Null).await?;
    let view = desk.reply_is(&case, "cancelled").await?;
    ensure!(view["turn"] == "company", "the answer is still owed: {view}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_connection_sends_nothing_until_it_goes_on() -> Result<()> {
    let desk = Desk::open(true).await?;
    let case = desk.case("Where is my bag?").await?;
    let connection = &desk.webhook.connection;
    desk.api.post(&format!("/connections/{connection}/pause"), &Value::Null).await?;
    desk.answer(&case).await?;
    // Longer than all attempts together would take.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let view = desk.reply_is(&case, "pending").await?;
    ensure!(view["deliveries"][0]["attempts"] == 0 && desk.receiver.attempts().is_empty(), "it waits: {view}");
    desk.api.post(&format!("/connections/{connection}/resume"), &Value::Null).await?;
    is_answered(&desk.reply_is(&case, "sent").await?)
}
