//! A policy with a promise of one minute, for suites that wait until it is broken.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::api::Api;

/// Makes the starter live with one minute instead of four working hours for an answer.
pub async fn publish(api: &Api) -> Result<()> {
    let version = api.post("/policy/versions", &json!({"files": files()?, "note": "A promise of one minute"})).await?;
    let id = version["id"].as_str().context("a version has an id")?;
    api.post(&format!("/policy/versions/{id}/publish"), &json!({})).await?;
    Ok(())
}

/// The answer that is owed in a case, if one is.
pub fn answer(case: &Value) -> Option<&Value> {
    case["obligations"].as_array()?.iter().find(|one| one["article"] == "answer")
}

/// The decisions of a case that were about a broken promise.
pub async fn breaches(api: &Api, case: &str) -> Result<Vec<Value>> {
    let mut decisions = api.list(&format!("/cases/{case}/decisions")).await?;
    decisions.retain(|decision| decision["event"]["kind"] == "breach");
    Ok(decisions)
}

fn files() -> Result<BTreeMap<String, String>> {
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/starter");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&starter)? {
        let path = entry?.path();
        // The bundle's own tests speak of its own times.
        if path.is_file() && path.extension().is_some_and(|kind| kind == "rhai" || kind == "toml") {
            let name = path.file_name().and_then(|name| name.to_str()).context("a plain name")?.to_owned();
            let text = fs::read_to_string(&path)?;
            files.insert(
                name,
                text.replace("due working_hours(4) from consumer_post", "due minutes(1) from consumer_post"),
            );
        }
    }
    ensure!(files.values().any(|text| text.contains("due minutes(1)")), "the starter's promise was found");
    Ok(files)
}
