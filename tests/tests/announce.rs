//! Another system hears of escalations: signed, once more when it was out of order, and until they are over.

use std::{fs, time::Duration};

use anyhow::Result;
use comity_e2e::{
    api::Api,
    now,
    receiver::{Manner, Receiver},
    server::Server,
    until,
    webhook::{self, Webhook},
};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_system_hears_of_an_escalation_from_its_beginning_to_its_end() -> Result<()> {
    let pager = Receiver::start().await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let settings = "[announce]\nsecret_file = \"announce-secret\"\nfirst_retry_seconds = 1\nscan_seconds = 1\n";
    fs::write(data.join("comity.toml"), format!("{settings}url = \"{}/replies\"\n", pager.url))?;
    fs::write(data.join("announce-secret"), webhook::SECRET)?;
    let server = Server::start(&data).await?;
    let api = Api::set_up(&server).await?;
    let platform = Webhook::connect(&api, &server.url(), json!({})).await?;
    pager.answer(Manner::Fail);
    let text = "You stole this from a small inventor. My lawyer will contact you.";
    platform.send("1", &json!({"id": "1", "at": now(), "author": "vera", "text": text})).await?.error_for_status()?;
    let tried_again = || async {
        let tried = pager.attempts();
        Ok((1..tried.len()).any(|at| tried[..at].contains(&tried[at])).then_some(()))
    };
    until("the same one is tried again", PATIENCE, tried_again).await?;
    pager.answer(Manner::Take);

    let heard = |kind: &'static str| {
        let pager = &pager;
        move || async move {
            Ok(pager.taken().into_iter().find(|one: &Value| {
                let people = &one["data"]["details"]["people"];
                // The team that it is for is empty, so that the owner hears of it next.
                one["type"] == kind && people.as_array().is_none_or(|people| !people.is_empty())
            }))
        }
    };
    let told = until("it hears who was told", PATIENCE, heard("escalation.told")).await?;
    let about = &told["data"];
    assert_eq!((&about["flow"], &about["case_key"]), (&json!("counsel"), &json!("NA-1")), "{told}");
    assert_eq!(about["details"]["people"][0]["name"], "Olga Owner", "{told}");
    assert_eq!(about["case_url"], format!("{}/cases/NA-1", server.url()));
    assert!(!told.to_string().contains("inventor"), "{told}");
    let run = about["escalation"].as_str().unwrap_or_default().to_owned();
    api.post(&format!("/escalations/{run}/acknowledge"), &json!({})).await?;
    let taken = until("it hears who took it up", PATIENCE, heard("escalation.acknowledged")).await?;
    assert_eq!(taken["data"]["escalation"], run.as_str(), "{taken}");
    api.post(&format!("/escalations/{run}/resolve"), &json!({ "note": "It was a misunderstanding." })).await?;
    let over = until("it hears that it is over", PATIENCE, heard("escalation.ended")).await?;
    assert_eq!(over["data"]["details"]["note"], "It was a misunderstanding.", "{over}");
    let all = pager.taken();
    let mut once: Vec<(String, String)> =
        all.iter().map(|one| (one["type"].to_string(), one["data"]["details"]["step"].to_string())).collect();
    let last: Vec<&Value> = all.iter().rev().take(2).map(|one| &one["type"]).collect();
    assert_eq!(last, ["escalation.ended", "escalation.acknowledged"], "{all:?}");
    once.sort();
    once.dedup();
    assert_eq!(once.len(), all.len(), "each once: {all:?}");
    assert!(!server.log().contains(webhook::SECRET), "the log keeps the secret to itself");
    Ok(())
}
