//! `comity policy push`, `publish` and `rollback`.

use super::{
    place::{Place, Which, id_of},
    problem::{faults, refused},
    read,
};
use crate::{cli, exit::Code};
use comity_domain::life::Step;
use serde_json::Value;
use std::path::Path;

pub async fn push(data: &Path, arguments: cli::Push) -> anyhow::Result<Code> {
    let files = read(&arguments.dir)?.files;
    let place = Place::open(data, &arguments.place).await?;
    if arguments.draft {
        return end(place.save_draft(files).await?, arguments.place.json, |draft| {
            format!("saved as draft {}", draft["revision"])
        });
    }
    let base = match arguments.base {
        Some(number) => Some(id_of(&place.row(Which::Number(number)).await?)?),
        None => None,
    };
    end(place.propose(files, arguments.note, base).await?, arguments.place.json, |version| {
        let number = &version["number"];
        match version["may"]["publish"].as_str() {
            Some(why_not) => format!("proposed as version {number}. {why_not}"),
            None => format!("proposed as version {number}"),
        }
    })
}

pub async fn publish(data: &Path, arguments: cli::Publish) -> anyhow::Result<Code> {
    let place = Place::open(data, &arguments.place).await?;
    let row = place.row(Which::Number(arguments.version)).await?;
    let step = match arguments.break_glass {
        Some(reason) => Step::BreakGlass { reason },
        None => Step::Publish,
    };
    end(place.step(&row, step).await?, arguments.place.json, |version| format!("version {} is live", version["number"]))
}

pub async fn rollback(data: &Path, arguments: cli::Rollback) -> anyhow::Result<Code> {
    let place = Place::open(data, &arguments.place).await?;
    let row = place.row(Which::Number(arguments.version)).await?;
    let step = Step::Restore { reason: arguments.reason };
    let sentence = |version: &Value| format!("version {} is live again", version["number"]);
    end(place.step(&row, step).await?, arguments.place.json, sentence)
}

/// Prints what came of it. What is wrong with a bundle is a result, too.
fn end(result: Result<Value, Value>, json: bool, sentence: impl FnOnce(&Value) -> String) -> anyhow::Result<Code> {
    match result {
        Ok(mut done) => {
            if json {
                // Whoever pushes has the files.
                done.as_object_mut().map(|fields| fields.remove("files"));
                println!("{done}");
            } else {
                println!("{}", sentence(&done));
            }
            Ok(Code::Ok)
        }
        Err(problem) => {
            if json {
                println!("{problem}");
            } else {
                for fault in faults(&problem) {
                    println!("{fault}");
                }
            }
            Err(refused(&problem))
        }
    }
}
