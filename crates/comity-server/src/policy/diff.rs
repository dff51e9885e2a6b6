//! `comity policy diff`.

use super::{
    place::{Place, Which, files_of},
    read,
};
use crate::{cli, exit::Code};
use comity_app::policies::{Files, changed_files, unified_diff};
use serde_json::{Value, json};
use std::path::Path;

pub async fn run(data: &Path, arguments: cli::Diff) -> anyhow::Result<Code> {
    let sides = [&arguments.before, &arguments.after];
    // Two folders need nobody to be asked.
    let place = if sides.iter().any(|side| Which::parse(side).is_some()) {
        Some(Place::open(data, &arguments.place).await?)
    } else {
        None
    };
    let before = files(place.as_ref(), sides[0]).await?;
    let after = files(place.as_ref(), sides[1]).await?;
    let changes = changed_files(&before, &after);
    let patch =
        |path: &str| unified_diff(path, before.get(path).map(String::as_str), after.get(path).map(String::as_str));
    if arguments.place.json {
        let change = |change: &comity_app::policies::FileChange| {
            let mut shown = json!(change);
            shown["diff"] = patch(&change.path).into();
            shown
        };
        println!("{}", Value::Array(changes.iter().map(change).collect()));
    } else {
        for change in &changes {
            print!("{}", patch(&change.path));
        }
    }
    Ok(if changes.is_empty() { Code::Ok } else { Code::Faults })
}

/// A version, when it is the name of one, else a folder: `./3` is the folder.
async fn files(place: Option<&Place>, side: &str) -> anyhow::Result<Files> {
    match (place, Which::parse(side)) {
        (Some(place), Some(which)) => files_of(&place.find(which).await?),
        _ => Ok(read(Path::new(side))?.files),
    }
}
