//! A policy's life through the real program: a folder in Git goes in and comes out byte for byte, two people and the command
//! line bring a version live, and a canary that fails goes back by itself.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use comity_e2e::{
    api::Api,
    server::{self, Server},
    until,
};
use serde_json::{Value, json};

const FAULTS: i32 = 3;
const NOT_FOUND: i32 = 4;
const REFUSED: i32 = 6;
const PATIENCE: Duration = Duration::from_mins(1);

/// Fails whenever somebody says the word, which no test of the bundle does.
const BROKEN: &str = "\nrule \"broken\" because \"It divides by nothing\" when event.text.mentions(\"xyzzy\") \
                      && 1 / (case.consumer_posts - case.consumer_posts) > 0 then { label(\"loud\"); }\n";
const LOUD: &str =
    "\nrule \"loud\" because \"Calm is kind\" when event.text.mentions(\"xyzzy\") then { label(\"loud\"); }\n";

type Bytes = BTreeMap<String, Vec<u8>>;

struct Place {
    folder: tempfile::TempDir,
    /// Options that lead to the server, if one runs.
    through: Vec<String>,
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn comity(&self, words: &[&str]) -> Result<Output> {
        let mut command = Command::new(server::program());
        command.arg("--data").arg(self.path("data")).arg("policy").args(words).args(&self.through);
        for name in ["COMITY_SERVER", "COMITY_TOKEN", "COMITY_LOG", "COMITY_DATABASE"] {
            command.env_remove(name);
        }
        Ok(command.stdin(std::process::Stdio::null()).output()?)
    }

    /// Has to end like this; what it said as JSON.
    fn expect(&self, code: i32, words: &[&str]) -> Result<Value> {
        let output = self.comity(&[words, &["--json"]].concat())?;
        let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.code() == Some(code), "{words:?} ended with {}: {said}{errors}", output.status);
        Ok(serde_json::from_str(&said).unwrap_or_default())
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in plain letters")
}

/// Every file of a policy folder.
fn read(folder: &Path) -> Result<Bytes> {
    let mut files = Bytes::new();
    for part in ["", "tests"] {
        for entry in fs::read_dir(folder.join(part))? {
            let path = entry?.path();
            if path.is_file() {
                files.insert(path.strip_prefix(folder)?.display().to_string(), fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

/// The starter bundle, written the way editors on several systems leave files behind.
fn awkward(folder: &Path) -> Result<Bytes> {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/starter");
    let mut files = read(&starter)?;
    files.retain(|path, _| Path::new(path).extension().is_some_and(|kind| kind == "rhai" || kind == "toml"));
    let of = |files: &Bytes, path: &str| String::from_utf8(files[path].clone());
    let charter = of(&files, "charter.rhai")?.replace('\n', "\r\n");
    files.insert("charter.rhai".into(), charter.into_bytes());
    let rules = format!("{}\n// Größe, 大きさ, 👋🏽 e\u{301}\u{a0}ß", of(&files, "engagement.rhai")?.trim_end());
    files.insert("engagement.rhai".into(), rules.into_bytes());
    files.insert("tests/empty.toml".into(), Vec::new());
    write(folder, &files)?;
    Ok(files)
}

fn write(folder: &Path, files: &Bytes) -> Result<()> {
    fs::create_dir_all(folder.join("tests"))?;
    files.iter().try_for_each(|(path, bytes)| Ok(fs::write(folder.join(path), bytes)?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_goes_through_its_life() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("data")).await?;
    let owner = Api::set_up(&server).await?;
    let author = owner.person("Paula", "policy_owner").await?;
    let approver = owner.person("Arne", "approver").await?;
    let through = ["--server", &server.url(), "--token", author.token()].map(str::to_owned).into();
    let mut place = Place { folder, through };
    let mine = place.path("mine");
    let files = awkward(&mine)?;

    // The folder goes in and comes out as it was.
    let proposed = place.expect(0, &["push", text(&mine)?, "--note", "As it is", "--base", "1"])?;
    ensure!(proposed["number"] == 2 && proposed["state"] == "candidate", "{proposed}");
    let back = place.path("back");
    place.expect(0, &["pull", text(&back)?, "--version", "2"])?;
    ensure!(read(&back)? == files, "pulled as pushed");
    let again = place.expect(0, &["push", text(&back)?])?;
    ensure!(again["id"] == proposed["id"], "the same content is the same version: {again}");
    place.expect(FAULTS, &["diff", "live", text(&mine)?])?;
    place.expect(0, &["diff", "2", text(&back)?])?;
    place.expect(NOT_FOUND, &["pull", text(&back)?, "--version", "17"])?;

    // It needs a second person.
    let refused = place.expect(REFUSED, &["publish", "2"])?;
    ensure!(refused["type"] == "/problems/approval-needed", "{refused}");
    approve(&approver, &proposed).await?;
    let live = place.expect(0, &["publish", "2"])?;
    ensure!(live["state"] == "live", "{live}");

    // One that fails as a canary goes back by itself.
    let rules = mine.join("engagement.rhai");
    let good = fs::read_to_string(&rules)?;
    fs::write(&rules, format!("{good}{BROKEN}"))?;
    let broken = place.expect(0, &["push", text(&mine)?, "--note", "Broken"])?;
    let path = format!("/policy/versions/{}", broken["id"].as_str().context("an id")?);
    approve(&approver, &broken).await?;
    author.post(&format!("{path}/canary"), &json!({"percent": 50})).await?;
    let line = |number: usize| json!({"id": number.to_string(), "author": format!("a{number}"), "at": "2026-03-02T09:00:00Z", "text": "It is xyzzy."});
    let lines: Vec<String> = (0..20).map(|number| line(number).to_string()).collect();
    owner.import(lines.join("\n")).await?;
    let stopped = until("the canary goes back", PATIENCE, || async {
        let version = author.get(&path).await?;
        Ok((version["state"] == "shadow").then_some(version))
    })
    .await?;
    let reason = stopped["canary_stopped"]["reason"].as_str().context("it says why")?;
    ensure!(reason.contains("decisions failed"), "{reason}");
    author.post(&format!("{path}/set-aside"), &json!({"reason": "It fails"})).await?;

    // Put right, published by hand, and taken back.
    fs::write(&rules, format!("{good}{LOUD}"))?;
    let fixed = place.expect(0, &["push", text(&mine)?, "--note", "Put right"])?;
    approve(&approver, &fixed).await?;
    place.expect(0, &["publish", "4"])?;
    place.expect(0, &["rollback", "2", "--reason", "Too loud"])?;
    let lines = author.get(&format!("/policy/versions/{}/history", fixed["id"].as_str().context("an id")?)).await?;
    let actions: Vec<_> =
        lines["items"].as_array().context("lines")?.iter().map(|line| line["action"].clone()).collect();
    ensure!(actions == ["policy.propose", "policy.approve", "policy.publish", "policy.retire"], "{actions:?}");

    // Without a server, the same from its folder.
    server.kill()?;
    place.through.clear();
    place.expect(0, &["diff", "live", text(&back)?])?;
    place.expect(0, &["push", text(&back)?, "--draft"])?;
    place.expect(0, &["diff", "draft", "2"])?;
    let patch = place.comity(&["diff", "2", "4"])?;
    ensure!(String::from_utf8_lossy(&patch.stdout).contains("+rule \"loud\""), "{patch:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pulling_removes_nothing_unasked_and_pushing_says_what_is_wrong() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("data")).await?;
    let owner = Api::set_up(&server).await?;
    let through = ["--server", &server.url(), "--token", owner.token()].map(str::to_owned).into();
    let place = Place { folder, through };
    let mine = place.path("mine");
    place.expect(0, &["pull", text(&mine)?])?;
    fs::write(mine.join("README.md"), "Ours.")?;
    fs::write(mine.join("extra.rhai"), "rule \"r\" because \"b\" when case.is_opne then { label(\"x\"); }\n")?;

    let faults = place.expect(FAULTS, &["push", text(&mine)?])?;
    ensure!(faults["diagnostics"].to_string().contains("is_open"), "it says what was meant: {faults}");
    place.expect(FAULTS, &["pull", text(&mine)?])?;
    ensure!(mine.join("extra.rhai").is_file(), "nobody was there to ask");
    let pulled = place.expect(0, &["pull", text(&mine)?, "--force"])?;
    ensure!(pulled["removed"] == json!(["extra.rhai"]) && pulled["written"] == json!([]), "{pulled}");
    ensure!(mine.join("README.md").is_file() && !mine.join("extra.rhai").is_file(), "other files are left alone");

    let rules = mine.join("engagement.rhai");
    fs::write(&rules, format!("{}{LOUD}", fs::read_to_string(&rules)?))?;
    place.expect(0, &["push", text(&mine)?, "--note", "Alone here"])?;
    place.expect(REFUSED, &["rollback", "2", "--reason", "It was never live"])?;
    let live = place.expect(0, &["publish", "2", "--break-glass", "It cannot wait"])?;
    ensure!(live["break_glass"]["reason"] == "It cannot wait", "{live}");
    Ok(())
}

async fn approve(approver: &Api, version: &Value) -> Result<()> {
    let path = format!("/policy/versions/{}", version["id"].as_str().context("a version has an id")?);
    let report = approver.get(&format!("{path}/impact")).await?;
    approver.post(&format!("{path}/approve"), &json!({"impact_hash": report["hash"], "note": "Looked at"})).await?;
    Ok(())
}
