//! The program is killed a few hundred times while posts come in, each time at another moment. What it acknowledged is there
//! afterwards, once, and decided; senders that got no answer send again, as platforms do, and that stores nothing twice. Promises
//! fall due meanwhile: none is broken early, none is forgotten, and of none the policy hears twice.
//!
//! `COMITY_TEST_KILLS` sets how often.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

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

const KILLS: u64 = 200;
const SENDERS: u64 = 6;
const CONVERSATIONS: u64 = 30;
/// Every so many, an acknowledged post is sent once more.
const REPEAT_EVERY: u64 = 7;
/// Posts before the conversations are new ones, so that promises fall due all the time.
const GENERATION: u64 = 600;
/// How old posts are when they come: what they are promised is due soon after.
const AGE: SignedDuration = SignedDuration::from_secs(45);
const SETTLE: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Sent {
    acknowledged: Mutex<BTreeSet<String>>,
    next: AtomicU64,
    unanswered: AtomicU64,
    stop: AtomicBool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_nothing_is_stored_twice_and_timers_fire_once() -> Result<()> {
    let kills = std::env::var("COMITY_TEST_KILLS").map_or(Ok(KILLS), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let port = server::free_port()?;
    fs::create_dir(&data)?;
    fs::write(data.join("comity.toml"), "[decide]\nsettle_seconds = 0\n")?;
    let mut server = Server::start_on(&data, port).await?;
    let api = Api::set_up(&server).await?;
    impatient::publish(&api).await?;
    let webhook = Webhook::connect(&api, &server.url(), json!({})).await?;

    let sent = Arc::new(Sent::default());
    let senders: Vec<_> =
        (0..SENDERS).map(|_| tokio::spawn(send_until_stopped(webhook.clone(), Arc::clone(&sent)))).collect();
    for round in 0..kills {
        // Another moment each time, the same ones on every run: from the middle of a start to well into the work.
        let moment = Duration::from_millis((round * 7_919) % 240);
        if round % 5 != 0 {
            server.ready().await.with_context(|| format!("after {round} kills"))?;
        }
        tokio::time::sleep(moment).await;
        server.kill()?;
        server = Server::launch(&data, port)?;
    }
    server.ready().await?;
    sent.stop.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await??;
    }

    let acknowledged = sent.acknowledged.lock().expect("no sender panicked").clone();
    let stored = all_decided(&api, acknowledged.len()).await?;
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !stored.contains_key(*id)).collect();
    ensure!(lost.is_empty(), "{} acknowledged posts are gone: {lost:?}", lost.len());
    let twice: Vec<_> = stored.iter().filter(|(_, times)| **times != 1).collect();
    ensure!(twice.is_empty(), "stored more than once: {twice:?}");
    // The test is only worth something if there was work under way when the kills came.
    let unanswered = sent.unanswered.load(Ordering::Relaxed);
    ensure!(
        acknowledged.len() as u64 > kills && unanswered > kills / 4,
        "too little was under way: {unanswered} cut off"
    );
    let broken = every_promise_is_broken_once(&api).await?;
    ensure!(broken > CONVERSATIONS as usize, "only {broken} promises fell due");
    println!("{kills} kills, {} posts, {broken} broken promises", acknowledged.len());
    Ok(())
}

/// How many promises of an answer there are, all of which are late by now.
async fn every_promise_is_broken_once(api: &Api) -> Result<usize> {
    // What came last is due by then, and has been fired.
    let wait = SignedDuration::from_mins(1) - AGE + SignedDuration::from_secs(5);
    tokio::time::sleep(wait.unsigned_abs()).await;
    let cases = cases(api).await?;
    for case in &cases {
        let id = case["id"].as_str().context("a case without an id")?;
        let broken = until("the promise is broken", SETTLE, || async {
            let case = api.get(&format!("/cases/{id}")).await?;
            Ok(answer(&case).filter(|owed| owed["state"] == "breached").cloned())
        })
        .await?;
        let told = breaches(api, id).await?;
        ensure!(told.len() == 1, "the policy heard {} times of {broken}: {told:?}", told.len());
        let time = |value: &Value| -> Result<jiff::Timestamp> { Ok(value.as_str().context("a time")?.parse()?) };
        let (due, decided) = (time(&broken["due_at"])?, time(&told[0]["decided_at"])?);
        ensure!(decided >= due, "{broken} was broken early, at {decided}");
    }
    Ok(cases.len())
}

async fn cases(api: &Api) -> Result<Vec<Value>> {
    let mut cases = api.list("/cases?status=open").await?;
    cases.extend(api.list("/cases?status=closed").await?);
    Ok(cases)
}

/// Sends numbered posts, each until it is acknowledged.
async fn send_until_stopped(webhook: Webhook, sent: Arc<Sent>) -> Result<()> {
    while !sent.stop.load(Ordering::Relaxed) {
        let number = sent.next.fetch_add(1, Ordering::Relaxed);
        let id = format!("post-{number}");
        while !send(&webhook, number, &id).await? {
            sent.unanswered.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sent.acknowledged.lock().expect("no sender panicked").insert(id.clone());
        if number.is_multiple_of(REPEAT_EVERY) {
            // Whether this one is answered does not matter.
            send(&webhook, number, &id).await?;
        }
    }
    Ok(())
}

/// Whether it was acknowledged; an answer that never came is no error here, and a refusal is.
async fn send(webhook: &Webhook, number: u64, id: &str) -> Result<bool> {
    let who = format!("author-{}", number % CONVERSATIONS);
    let conversation = format!("conversation-{}-{}", number / GENERATION, number % CONVERSATIONS);
    let body = json!({
        "id": id, "at": now() - AGE, "text": format!("Post number {number}: where is my bag?"),
        "author": who, "conversation": conversation,
    });
    let Ok(answer) = webhook.send(id, &body).await else { return Ok(false) };
    let status = answer.status();
    ensure!(status.is_success() || status.is_server_error(), "{id} was answered {status}: {}", answer.text().await?);
    Ok(status.is_success())
}

/// How often each post is stored, once at least so many are there and every one of them is decided.
async fn all_decided(api: &Api, at_least: usize) -> Result<BTreeMap<String, usize>> {
    let started = Instant::now();
    loop {
        let posts = posts(api).await?;
        let undecided = posts.iter().filter(|post| !post["decision_id"].is_string()).count();
        if posts.len() >= at_least && undecided == 0 {
            let mut times = BTreeMap::new();
            for post in posts {
                let id = post["external_id"].as_str().context("a post without an external id")?;
                *times.entry(id.to_owned()).or_default() += 1;
            }
            return Ok(times);
        }
        let found = posts.len();
        ensure!(started.elapsed() < SETTLE, "{found} posts of {at_least} after {SETTLE:?}, {undecided} undecided");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn posts(api: &Api) -> Result<Vec<Value>> {
    let mut posts = Vec::new();
    for case in cases(api).await? {
        let id = case["id"].as_str().context("a case without an id")?;
        let view = api.get(&format!("/cases/{id}")).await?;
        posts.extend(view["posts"].as_array().context("a case without posts")?.iter().cloned());
    }
    Ok(posts)
}
