//! `comity import`.

use crate::{cli, data, exit::Code, remote, telemetry};
use anyhow::Context as _;
use comity_app::{
    App,
    import::{ImportReport, Progress},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{path::Path, sync::Arc};

pub async fn run(folder: &Path, arguments: cli::Import) -> anyhow::Result<Code> {
    telemetry::start("warn");
    let report = match &arguments.server {
        Some(server) => remote::import(server, arguments.token.as_deref(), &arguments.file).await?,
        None => import_here(folder, &arguments.file).await?,
    };
    print(&report, arguments.json)?;
    Ok(if report.rejected == 0 { Code::Ok } else { Code::Faults })
}

async fn import_here(folder: &Path, file: &Path) -> anyhow::Result<ImportReport> {
    let input = tokio::fs::File::open(file).await.with_context(|| format!("opening {}", file.display()))?;
    let bytes = input.metadata().await?.len();
    // The whole file is read before anything is decided, so no breach has to wait for posts that may still come.
    let data = data::open_with(folder, "starter", |config| config.decide.settle_seconds = 0).await?;
    let app = Arc::clone(&data.app);
    app.start_ingest();
    let bar = ProgressBar::new(bytes).with_style(style());
    let mut lines = tokio::io::BufReader::with_capacity(1 << 16, input);
    let report = app.import(&mut lines, |Progress { bytes, lines }| {
        bar.set_position(bytes);
        bar.set_message(format!("{lines} posts"));
    });
    let report = report.await?;
    bar.set_style(ProgressStyle::default_spinner());
    decide(&app, &bar).await?;
    bar.finish_and_clear();
    app.stop().await;
    Ok(report)
}

/// The whole file is in, so what is overdue now is overdue: breaches are announced and decided too.
async fn decide(app: &Arc<App>, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut decided = 0;
    loop {
        match app.decide_waiting().await? + app.fire_due_timers().await? {
            0 => return Ok(()),
            count => decided += count,
        }
        bar.set_message(format!("{decided} events decided"));
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {percent}% {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn print(report: &ImportReport, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
    } else {
        println!(
            "{} read, {} stored, {} duplicates, {} rejected, in {} cases",
            report.read, report.stored, report.duplicates, report.rejected, report.cases
        );
    }
    for problem in &report.problems {
        eprintln!("line {}: {}", problem.line, problem.reason);
    }
    Ok(())
}
