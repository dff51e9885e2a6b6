//! `comity policy backtest`: a bundle over everything that was decided, here or on a running server.

use super::problem::{faults, refused};
use crate::{cli, data, exit, exit::Code, remote::Remote, telemetry};
use comity_app::backtests::{Progress, Span};
use comity_domain::compare::Summary;
use comity_policy::Bundle;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Method;
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// How often a server is asked how far it is.
const BETWEEN: Duration = Duration::from_millis(300);

pub async fn run(folder: &Path, arguments: cli::Backtest) -> anyhow::Result<Code> {
    telemetry::start("warn");
    let bundle = super::read(&arguments.dir)?;
    let bar = ProgressBar::new(0).with_style(style());
    let summary = match &arguments.place.server {
        Some(server) => {
            let remote = Remote::new(server, arguments.place.token.as_deref())?;
            there(&remote, bundle, &arguments, &bar).await?
        }
        None => here(folder, bundle, &arguments, &bar).await?,
    };
    bar.finish_and_clear();
    if arguments.place.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        print(&summary);
    }
    let changed = summary.decided_differently > 0 && arguments.fail_on_change;
    Ok(if changed { Code::Faults } else { Code::Ok })
}

async fn here(folder: &Path, bundle: Bundle, arguments: &cli::Backtest, bar: &ProgressBar) -> anyhow::Result<Summary> {
    if !folder.is_dir() {
        return Err(exit::fail(Code::NotFound, format!("there is no data folder {}", folder.display())));
    }
    let data = data::open(folder, "starter").await?;
    let span = Span { from: arguments.from, until: arguments.until };
    let tried = data.app.try_files(bundle.files, span, |Progress { done, total }| {
        bar.set_length(total);
        bar.set_position(done);
    });
    tried.await.map_err(rejected)
}

/// The diagnostics are what somebody at a terminal needs.
fn rejected(error: comity_app::AppError) -> anyhow::Error {
    match error {
        comity_app::AppError::PolicyRejected { diagnostics } => {
            let errors = diagnostics.iter().filter(|one| one.is_error()).map(|one| format!("\n{one}"));
            exit::fail(Code::Faults, format!("the bundle has errors:{}", errors.collect::<String>()))
        }
        other => other.into(),
    }
}

async fn there(
    remote: &Remote,
    bundle: Bundle,
    arguments: &cli::Backtest,
    bar: &ProgressBar,
) -> anyhow::Result<Summary> {
    let wanted = json!({ "files": bundle.files, "from": arguments.from, "until": arguments.until });
    let mut backtest = ask(remote, Method::POST, "policy/backtests", Some(&wanted)).await?;
    let path = format!("policy/backtests/{}", backtest["id"].as_str().unwrap_or_default());
    while backtest["state"] == "running" {
        bar.set_length(backtest["total"].as_u64().unwrap_or(0));
        bar.set_position(backtest["done"].as_u64().unwrap_or(0));
        tokio::select! {
            () = tokio::time::sleep(BETWEEN) => {}
            _ = tokio::signal::ctrl_c() => {
                ask(remote, Method::POST, &format!("{path}/cancel"), Some(&json!({}))).await?;
            }
        }
        backtest = ask(remote, Method::GET, &path, None).await?;
    }
    match backtest["state"].as_str() {
        Some("done") => Ok(serde_json::from_value(backtest["summary"].take())?),
        Some("failed") => Err(exit::fail(Code::Faults, text(&backtest["error"]))),
        _ => Err(exit::fail(Code::Failure, "the backtest was cancelled")),
    }
}

async fn ask(remote: &Remote, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    remote.ask(method, path, body).await?.map_err(|problem| {
        for fault in faults(&problem) {
            eprintln!("{fault}");
        }
        refused(&problem)
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("no reason was given").to_owned()
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos} of {len} decisions").unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn print(summary: &Summary) {
    println!(
        "{} decisions looked at, {} made differently in {} cases, {} failed",
        summary.events, summary.decided_differently, summary.cases_differently, summary.failed
    );
    for effect in &summary.by_effect {
        println!("  {:<20}  +{} -{}", effect.effect, effect.more, effect.fewer);
    }
    for rule in &summary.by_rule {
        let (fired, unknown) = ((rule.fired_before, rule.fired_after), (rule.unknown_before, rule.unknown_after));
        println!(
            "  rule {:<28}  fired {} before, {} now; unknown {} before, {} now",
            rule.rule, fired.0, fired.1, unknown.0, unknown.1
        );
    }
    for outcome in &summary.by_outcome {
        println!("  ended {:<27}  {} of {} cases", outcome.outcome, outcome.different, outcome.cases);
    }
}
