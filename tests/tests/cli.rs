//! The command line as scripts use it: exit codes, and nothing but the result on standard output under `--json`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use anyhow::{Context, Result};
use comity_e2e::{
    api::Api,
    server::{self, Server},
    until,
};
use serde_json::{Value, json};

/// Faults in the input, nothing of that name, folder in use, refused by the server.
const FAULTS: i32 = 3;
const NOT_FOUND: i32 = 4;
const IN_USE: i32 = 5;
const REFUSED: i32 = 6;
const PATIENCE: Duration = Duration::from_mins(1);

/// A thread whose answer comes before its question, a post told twice, a line that is none, and an unanswered complaint.
const POSTS: &str = r#"{"id":"2","author":"northwind","party":"company","company":"northwind","at":"2026-03-02T09:30:00Z","text":"Sorry about that, Mara. It is on the next flight.","in_reply_to":"1","conversation":"c1"}
{"id":"1","author":"mara","at":"2026-03-02T09:00:00Z","text":"My bag has not arrived. Where is it?","company":"northwind","conversation":"c1"}
{"id":"1","author":"mara","at":"2026-03-02T09:00:00Z","text":"My bag has not arrived. Where is it?","company":"northwind","conversation":"c1"}
this is not a post
{"id":"3","author":"ben","at":"2026-03-03T10:00:00Z","text":"Nobody answers the phone. Why?","company":"northwind","conversation":"c2"}
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn posts(&self) -> Result<PathBuf> {
        let file = self.0.path().join("posts.jsonl");
        fs::write(&file, POSTS)?;
        Ok(file)
    }

    fn comity(&self, words: &[&str]) -> Result<Output> {
        let mut command = Command::new(server::program());
        command.arg("--data").arg(self.data()).args(words);
        for name in ["COMITY_SERVER", "COMITY_TOKEN", "COMITY_LOG", "COMITY_DATABASE"] {
            command.env_remove(name);
        }
        Ok(command.output()?)
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

/// Standard output has to be one JSON value and nothing else.
fn json(output: &Output) -> Result<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).with_context(|| format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in plain letters")
}

#[test]
fn every_command_explains_itself() -> Result<()> {
    let folder = Folder::new()?;
    let policy = ["check", "test", "eval", "backtest", "pull", "push", "publish", "rollback", "diff"]
        .map(|word| format!("policy {word}"));
    let others = ["serve", "import", "clock due", "case list", "case show", "doctor"].map(str::to_owned);
    for words in policy.into_iter().chain(others) {
        let words: Vec<&str> = words.split(' ').chain(["--help"]).collect();
        let output = folder.comity(&words)?;
        assert_eq!(code(&output), 0, "{words:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("--data"), "{words:?}");
    }
    assert_eq!(code(&folder.comity(&["frobnicate"])?), 2);
    assert!(!folder.data().exists(), "looking at help makes no data folder");
    Ok(())
}

#[test]
fn import_accounts_for_every_line_and_stores_nothing_twice() -> Result<()> {
    let folder = Folder::new()?;
    let posts = folder.posts()?;
    let first = folder.comity(&["import", text(&posts)?, "--json"])?;
    assert_eq!(code(&first), FAULTS, "{}", errors(&first));
    let report = json(&first)?;
    let figures = ["read", "stored", "duplicates", "rejected", "cases"].map(|name| report[name].as_u64());
    assert_eq!(figures, [5, 3, 1, 1, 2].map(Some), "{report}");
    assert_eq!(report["problems"][0]["line"], 4, "{report}");
    assert!(errors(&first).contains("line 4"), "{}", errors(&first));

    let again = json(&folder.comity(&["import", text(&posts)?, "--json"])?)?;
    assert_eq!((again["stored"].as_u64(), again["duplicates"].as_u64()), (Some(0), Some(4)), "{again}");
    Ok(())
}

#[test]
fn cases_are_listed_and_shown_with_ledger_and_reasons() -> Result<()> {
    let folder = Folder::new()?;
    folder.comity(&["import", text(&folder.posts()?)?])?;
    let list = folder.comity(&["case", "list", "--json"])?;
    assert_eq!(code(&list), 0, "{}", errors(&list));
    let list = json(&list)?;
    let rows = list.as_array().or_else(|| list["items"].as_array()).context("a list of cases")?;
    assert_eq!(rows.len(), 2, "{list}");

    let answered = rows.iter().find(|row| row["posts"] == 2).context("the thread has both posts")?;
    let number = answered["number"].to_string();
    let shown = json(&folder.comity(&["case", "show", &number, "--json"])?)?;
    assert_eq!(shown["posts"][0]["external_id"], "1", "the thread is in order of time: {shown}");
    let answer = shown["obligations"].as_array().and_then(|all| all.iter().find(|one| one["party"] == "company"));
    assert_eq!(answer.context("the company owed an answer")?["state"], "met", "{shown}");
    let plain = folder.comity(&["case", "show", &number])?;
    assert!(String::from_utf8_lossy(&plain.stdout).contains("My bag has not arrived"));

    assert_eq!(code(&folder.comity(&["case", "show", "4711", "--json"])?), NOT_FOUND);
    Ok(())
}

#[test]
fn a_policy_is_checked_and_tested() -> Result<()> {
    let folder = Folder::new()?;
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/starter");
    let checked = folder.comity(&["policy", "check", text(&starter)?, "--json"])?;
    assert_eq!((code(&checked), json(&checked)?["errors"].as_u64()), (0, Some(0)), "{}", errors(&checked));
    let tested = folder.comity(&["policy", "test", text(&starter)?, "--json"])?;
    let report = json(&tested)?;
    assert_eq!((code(&tested), report["failed"].as_u64()), (0, Some(0)), "{report}");
    assert!(report["passed"].as_u64().is_some_and(|passed| passed > 0), "{report}");

    let broken = folder.0.path().join("broken");
    copy(&starter, &broken)?;
    let script = broken.join("extra.rhai");
    fs::write(script, "rule \"r\" because \"b\" when case.coompany_replies >= 1 then { label(\"x\"); }\n")?;
    let checked = folder.comity(&["policy", "check", text(&broken)?, "--json"])?;
    let report = json(&checked)?;
    assert_eq!(code(&checked), FAULTS, "{report}");
    assert!(report["diagnostics"].to_string().contains("company_replies"), "it says what was meant: {report}");
    assert_eq!(code(&folder.comity(&["policy", "check", "nowhere", "--json"])?), NOT_FOUND);
    Ok(())
}

/// The starter with a rule about bags.
fn with_bags(folder: &Folder) -> Result<PathBuf> {
    let changed = folder.0.path().join("changed");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/starter"), &changed)?;
    let rule =
        "rule \"bags\" because \"Bags go to care\" when event.text.mentions(\"bag\") then { label(\"bags\"); }\n";
    fs::write(changed.join("more.rhai"), rule)?;
    Ok(changed)
}

#[test]
fn one_set_of_facts_is_decided() -> Result<()> {
    let folder = Folder::new()?;
    let changed = with_bags(&folder)?;
    let facts = folder.0.path().join("facts.json");
    fs::write(&facts, r#"{"event": {"text": "Where is my bag?", "names_us": true}}"#)?;
    let words = ["policy", "eval", text(&changed)?, "--facts", text(&facts)?];
    let decided = folder.comity(&[words.as_slice(), &["--json"]].concat())?;
    let evaluation = json(&decided)?;
    assert_eq!((code(&decided), &evaluation["failure"]), (0, &Value::Null), "{}", errors(&decided));
    let effects = evaluation["effects"].as_array().context("effects")?;
    assert!(effects.iter().any(|one| one["rule"] == "bags" && one["label"] == "bags"), "{evaluation}");
    let plain = folder.comity(&words)?;
    assert!(String::from_utf8_lossy(&plain.stdout).contains("fires     bags: Bags go to care"));

    fs::write(&facts, r#"{"event": {"txet": "Where?"}}"#)?;
    let wrong = folder.comity(&words)?;
    assert_eq!(code(&wrong), FAULTS);
    assert!(errors(&wrong).contains("There is no fact event.txet."), "{}", errors(&wrong));
    assert_eq!(code(&folder.comity(&["policy", "eval", "nowhere", "--facts", text(&facts)?])?), NOT_FOUND);
    assert!(!folder.data().exists(), "no data folder is needed for it");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_tried_over_what_was_decided_here_and_through_a_server() -> Result<()> {
    let folder = Folder::new()?;
    let changed = with_bags(&folder)?;
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/starter");
    assert_eq!(code(&folder.comity(&["policy", "backtest", text(&changed)?])?), NOT_FOUND, "there is nothing yet");
    folder.comity(&["import", text(&folder.posts()?)?])?;
    let backtest = |dir: &Path, more: &[&str]| -> Result<Output> {
        folder.comity(&[["policy", "backtest", text(dir)?, "--json"].as_slice(), more].concat())
    };
    let here = backtest(&changed, &[])?;
    let summary = json(&here)?;
    assert_eq!((code(&here), summary["cases_differently"].as_u64()), (0, Some(1)), "{summary}");
    assert_eq!(summary["by_effect"][0]["effect"], "label", "{summary}");
    assert_eq!(code(&backtest(&changed, &["--fail-on-change"])?), FAULTS);
    assert_eq!(code(&backtest(&starter, &["--fail-on-change"])?), 0);
    let later = json(&backtest(&changed, &["--from", "2026-03-03"])?)?;
    assert_eq!(later["cases_differently"], 0, "the bag was asked for the day before: {later}");
    assert_eq!(code(&backtest(&changed, &["--from", "yesterday"])?), 2);
    fs::write(changed.join("wrong.rhai"), "rule \"r\" because \"b\" when case.nothing then { label(\"x\"); }\n")?;
    let broken = backtest(&changed, &[])?;
    assert_eq!(code(&broken), FAULTS);
    assert!(errors(&broken).contains("wrong.rhai"), "{}", errors(&broken));
    fs::remove_file(changed.join("wrong.rhai"))?;

    let server = Server::start(&folder.data()).await?;
    let api = Api::set_up(&server).await?;
    assert_eq!(code(&backtest(&changed, &[])?), IN_USE);
    let (url, token) = (server.url(), api.token());
    let there = backtest(&changed, &["--server", &url, "--token", token])?;
    assert_eq!((code(&there), json(&there)?), (0, summary), "{}", errors(&there));
    assert_eq!(code(&backtest(&changed, &["--server", &url, "--token", "not-a-token"])?), REFUSED);
    Ok(())
}

#[test]
fn the_doctor_finds_what_is_wrong() -> Result<()> {
    let folder = Folder::new()?;
    let none = folder.comity(&["doctor", "--json"])?;
    assert_eq!((code(&none), json(&none)?["ok"].as_bool()), (FAULTS, Some(false)));
    folder.comity(&["import", text(&folder.posts()?)?])?;
    let healthy = folder.comity(&["doctor", "--json"])?;
    assert_eq!((code(&healthy), json(&healthy)?["ok"].as_bool()), (0, Some(true)), "{}", json(&healthy)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_belongs_to_one_process_and_the_server_takes_imports() -> Result<()> {
    let folder = Folder::new()?;
    let posts = folder.posts()?;
    let server = Server::start(&folder.data()).await?;
    let api = Api::set_up(&server).await?;
    let refused = folder.comity(&["import", text(&posts)?, "--json"])?;
    assert_eq!(code(&refused), IN_USE, "{}", errors(&refused));
    assert!(refused.stdout.is_empty());

    let url = server.url();
    let through = |token: &str| folder.comity(&["import", text(&posts)?, "--json", "--server", &url, "--token", token]);
    assert_eq!(code(&through("not-a-token")?), REFUSED);
    let report = json(&through(api.token())?)?;
    assert_eq!((report["stored"].as_u64(), report["rejected"].as_u64()), (Some(3), Some(1)), "{report}");

    // What was said long ago is looked at, and nobody is called because of it.
    let accused =
        r#"{"id": "old", "author": "vera", "at": "2024-03-02T09:00:00Z", "text": "You stole this, says my lawyer."}"#;
    fs::write(&posts, accused)?;
    json(&through(api.token())?)?;
    let case =
        until("the old post is decided about", PATIENCE, || api.case_of("You stole this, says my lawyer.")).await?;
    let id = case["id"].as_str().unwrap_or_default();
    let case = until("its flow is noted", PATIENCE, || async {
        let case = api.get(&format!("/cases/{id}")).await?;
        Ok(case["escalations"].as_array().is_some_and(|flows| !flows.is_empty()).then_some(case))
    })
    .await?;
    assert_eq!(
        (&case["escalations"][0]["flow"], &case["escalations"][0]["run"]),
        (&Value::from("counsel"), &Value::Null)
    );
    assert_eq!(api.get("/escalations").await?["items"], Value::Array(Vec::new()));
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[test]
fn what_is_due_when_comes_with_the_time_that_counted() -> Result<()> {
    let folder = Folder::new()?;
    let path = folder.0.path().join("calendar.toml");
    fs::write(
        &path,
        "time_zone = \"Europe/Berlin\"\nholidays = [\"2026-03-11\"]\nopen = [{ day = \"tuesday\", from = \"09:00\", to = \"17:00\" }, \
         { day = \"wednesday\", from = \"09:00\", to = \"17:00\" }, { day = \"thursday\", from = \"09:00\", to = \"17:00\" }]\n",
    )?;
    let calendar = text(&path)?;
    let due = |more: &[&str]| {
        let words = ["clock", "due", "--calendar", calendar, "--from", "2026-03-10T15:00", "--due"];
        folder.comity(&[&words, more].concat())
    };
    let found = json(&due(&["working_hours(4)", "--json"])?)?;
    assert_eq!(found["due_at"], "2026-03-12T10:00:00Z", "the Wednesday is a holiday: {found}");
    assert_eq!(found["counted"][1]["seconds"], 7_200, "{found}");
    let paused = json(&due(&["working_hours(4)", "--pause", "2026-03-12T09:30/2026-03-12T10:30", "--json"])?)?;
    assert_eq!(paused["local"], "2026-03-12T12:00:00+01:00[Europe/Berlin]", "{paused}");
    assert_eq!(found["holidays"], json!([{ "date": "2026-03-11", "name": "" }]), "{found}");
    let plain = due(&["working_days(1)"])?;
    assert!(String::from_utf8_lossy(&plain.stdout).starts_with("due      Thu 2026-03-12 17:00"), "{plain:?}");
    assert_eq!(code(&due(&["working_hours(4)", "--pause", "now/then"])?), FAULTS);
    assert_eq!(code(&due(&["weeks(4)"])?), 2);
    let missing = ["clock", "due", "--calendar", "nowhere.toml", "--from", "2026-03-10T15:00", "--due", "days(1)"];
    assert_eq!(code(&folder.comity(&missing)?), NOT_FOUND);
    Ok(())
}

#[test]
fn holidays_go_from_a_calendar_file_into_settings() -> Result<()> {
    let folder = Folder::new()?;
    let (file, settings) = (folder.0.path().join("days.ics"), folder.0.path().join("settings.toml"));
    let year = jiff::Zoned::now().year();
    fs::write(
        &file,
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{year}1225\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nDTSTART:{year}1225T090000Z\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ),
    )?;
    let before = "# ours\n[calendar]\ntime_zone = \"UTC\"\nopen = [{ day = \"monday\", from = \"09:00\", to = \"17:00\" }] # so far\n";
    fs::write(&settings, before)?;
    let printed = folder.comity(&["clock", "holidays", text(&file)?])?;
    assert_eq!(String::from_utf8(printed.stdout)?, format!("[calendar.holidays]\n{year}-12-25 = \"Christmas\"\n"));
    assert!(String::from_utf8(printed.stderr)?.contains("left out  1 with a time of day"));
    for added in [1, 0] {
        let into = folder.comity(&["clock", "holidays", text(&file)?, "--into", text(&settings)?])?;
        assert_eq!(String::from_utf8(into.stdout)?, format!("{added} added, 1 in all\n"));
    }
    let expected = format!("{before}\n[calendar.holidays]\n{year}-12-25 = \"Christmas\"\n");
    assert_eq!(fs::read_to_string(&settings)?, expected);
    assert_eq!(code(&folder.comity(&["clock", "holidays", text(&settings)?])?), FAULTS);
    assert_eq!(code(&folder.comity(&["clock", "holidays", "nowhere.ics"])?), NOT_FOUND);
    Ok(())
}
