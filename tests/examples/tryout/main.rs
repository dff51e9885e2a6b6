//! How soon the policy studio answers, for `cargo xtask bench policy`: the real program over a hundred thousand decided
//! events. Evidence over the latest thousand is timed from outside, request to answer, each time for a draft that the server
//! has not seen; a backtest is timed by its own record, and the server's memory is looked at while it runs.
//!
//! `tryout [EVENTS]` prints one JSON object a line. Meant for a release build.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use comity_e2e::{api::Api, server, server::Server};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const EVENTS: usize = 100_000;
const DRAFTS: usize = 20;
const LOOK: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() -> Result<()> {
    let events = std::env::args().nth(1).map_or(Ok(EVENTS), |count| count.parse())?;
    // On the disk of the project: a temporary folder may be memory.
    let target = std::env::current_dir()?.join("target");
    fs::create_dir_all(&target)?;
    let folder = tempfile::tempdir_in(target)?;
    let data = folder.path().join("data");
    let first = Server::start(&data).await?;
    let api = Api::set_up(&first).await?;
    let port = first.port();
    first.kill()?;
    import(&data, &folder.path().join("posts.jsonl"), events)?;
    let server = Server::start_on(&data, port).await?;
    println!("{}", evidence(&api).await?);
    println!("{}", backtest(&api, server.id()).await?);
    Ok(())
}

/// Posts of a year, two of five in conversations that were begun before, all decided.
fn import(data: &Path, file: &Path, events: usize) -> Result<()> {
    let texts = [
        "My bag did not arrive with flight NW 4821 and nobody at the desk could tell me where it is. Can you help?",
        "Thank you, that was quick.",
        "This is the worst service I have ever had. Three weeks and nothing works!",
        "You should hear from my lawyer about this fraud, write to me at person@example.com",
        "A shop in town let me down today.",
    ];
    let start: Timestamp = "2025-01-06T09:00:00Z".parse()?;
    let mut lines = std::io::BufWriter::new(fs::File::create(file)?);
    for number in 0..events {
        let at = start + SignedDuration::from_secs(number as i64 * 300);
        let conversation = if number % 5 >= 3 { number - 3 } else { number };
        let line = json!({
            "id": format!("post-{number}"), "author": format!("person{}", conversation / 2), "at": at,
            "text": texts[number % texts.len()], "conversation": format!("talk-{conversation}"),
            "company": "Northwind Air", "lang": "en",
        });
        writeln!(lines, "{line}")?;
    }
    lines.flush()?;
    let status = Command::new(server::program()).arg("import").arg(file).arg("--data").arg(data).status()?;
    ensure!(status.success(), "the import ended with {status}");
    Ok(())
}

/// The live files with one more rule, another one each time.
async fn draft(api: &Api, number: usize) -> Result<Value> {
    let mut files = api.get("/policy/draft").await?["files"].clone();
    let rules = files["engagement.rhai"].as_str().context("the bundle has rules")?;
    let more = format!(
        "\nrule \"bench-{number}\" because \"Bags\" when event.text.mentions(\"bag\") || event.kind == \"breach\" then {{ label(\"bags\"); }}\n"
    );
    files["engagement.rhai"] = format!("{rules}{more}").into();
    Ok(files)
}

async fn evidence(api: &Api) -> Result<Value> {
    let mut taken = Vec::new();
    let mut first = None;
    for number in 0..=DRAFTS {
        let question = json!({ "files": draft(api, number).await? });
        let asked = Instant::now();
        let answer = api.post("/policy/evidence", &question).await?;
        let took = millis(asked.elapsed());
        ensure!(answer["events"] == 1_000 && answer["different"].as_u64() > Some(0), "{answer}");
        // The first one reads the facts; everybody after it finds them in memory.
        if first.is_none() {
            first = Some(took);
        } else {
            taken.push(took);
        }
    }
    taken.sort_by(f64::total_cmp);
    Ok(json!({
        "name": "evidence", "events": 1_000, "drafts": DRAFTS, "first_ms": first, "p50_ms": taken[DRAFTS / 2],
        "max_ms": taken[DRAFTS - 1],
    }))
}

async fn backtest(api: &Api, process: u32) -> Result<Value> {
    let mut backtest = api.post("/policy/backtests", &json!({ "files": draft(api, 0).await? })).await?;
    let path = format!("/policy/backtests/{}", backtest["id"].as_str().context("a backtest has an id")?);
    let (mut own, mut all) = (0.0_f64, 0.0_f64);
    while backtest["state"] == "running" {
        own = own.max(mib(process, "RssAnon:")?);
        all = all.max(mib(process, "VmRSS:")?);
        tokio::time::sleep(LOOK).await;
        backtest = api.get(&path).await?;
    }
    ensure!(backtest["state"] == "done", "{backtest}");
    let time = |field: &str| -> Result<Timestamp> { Ok(backtest[field].as_str().context("a time")?.parse()?) };
    let took = time("finished_at")?.duration_since(time("started_at")?).as_secs_f64();
    Ok(json!({
        "name": "backtest", "events": backtest["summary"]["events"], "seconds": took,
        "different": backtest["summary"]["decided_differently"], "listed": backtest["listed"],
        // The rest is pages of files, the database's among them, that the kernel takes back when it needs them.
        "peak_own_mib": own, "peak_rss_mib": all,
    }))
}

fn mib(process: u32, field: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with(field)).with_context(|| format!("no {field}"))?;
    let kib: f64 = line.split_whitespace().nth(1).with_context(|| format!("{field} has no number"))?.parse()?;
    Ok((kib / 102.4).round() / 10.0)
}

fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 10_000.0).round() / 10.0
}
