//! `comity doctor`: says what is in order and what is not, and what to do.

use crate::{cli, data, exit::Code, telemetry};
use comity_app::App;
use serde::Serialize;
use std::path::Path;

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    message: String,
}

pub async fn run(folder: &Path, arguments: cli::Doctor) -> anyhow::Result<Code> {
    telemetry::start("warn");
    let findings = examine(folder).await;
    let ok = findings.iter().all(|finding| finding.ok);
    if arguments.json {
        println!("{}", serde_json::json!({ "ok": ok, "checks": findings }));
    } else {
        for finding in &findings {
            println!("{}  {:<12} {}", if finding.ok { "ok  " } else { "FAIL" }, finding.check, finding.message);
        }
    }
    Ok(if ok { Code::Ok } else { Code::Faults })
}

async fn examine(folder: &Path) -> Vec<Finding> {
    if !folder.is_dir() {
        let message = format!("there is no folder {}; `comity serve` makes it", folder.display());
        return vec![Finding { check: "data folder", ok: false, message }];
    }
    let mut findings = vec![permissions(folder)];
    match data::open(folder, "starter").await {
        Ok(data) => findings.extend(inside(&data.app).await),
        Err(error) => findings.push(Finding { check: "opening", ok: false, message: format!("{error:#}") }),
    }
    findings
}

fn permissions(folder: &Path) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(folder).map(|metadata| metadata.permissions().mode() & 0o077);
    let (ok, message) = match mode {
        Ok(0) => (true, format!("{} is private", folder.display())),
        Ok(_) => (false, format!("others may look into {}; run chmod 700 on it", folder.display())),
        Err(error) => (false, error.to_string()),
    };
    Finding { check: "data folder", ok, message }
}

async fn inside(app: &App) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |check, result: Result<String, String>| {
        let ok = result.is_ok();
        findings.push(Finding { check, ok, message: result.unwrap_or_else(|message| message) });
    };
    add("database", app.store.check().await.map(|()| "answers".into()).map_err(|error| error.to_string()));
    let policy = app.live_policy();
    add("policy", policy.map(|live| format!("version {} decides", live.number)).map_err(|error| error.to_string()));
    let connectors = app.connections.plugins.all().count();
    let none = "no connector could be loaded; build them with `cargo xtask plugins`".to_owned();
    add("connectors", if connectors > 0 { Ok(format!("{connectors} loaded")) } else { Err(none) });
    let dead = app.dead_letters().await.map(|dead| dead.len());
    add(
        "replies",
        match dead {
            Ok(0) => Ok("none given up".into()),
            Ok(count) => Err(format!("{count} replies were given up; look at them under Connectors")),
            Err(error) => Err(error.to_string()),
        },
    );
    for view in app.list_connections().await.unwrap_or_default() {
        let name = view.connection.name;
        add(
            "connection",
            match view.health.last_error.filter(|_| view.health.failures > 0) {
                Some(error) => Err(format!("{name}: {}", error.message)),
                None => Ok(format!("{name}: no trouble")),
            },
        );
    }
    findings
}
