//! `comity case list` and `comity case show`.

use crate::{cli, data, exit, exit::Code, telemetry};
use comity_app::{App, AppError};
use comity_domain::case::Status;
use comity_store::{CaseFilter, CaseSort};
use std::path::Path;

pub async fn run(folder: &Path, command: cli::Case) -> anyhow::Result<Code> {
    telemetry::start("warn");
    if !folder.is_dir() {
        return Err(exit::fail(Code::NotFound, format!("there is no data folder {}", folder.display())));
    }
    let data = data::open(folder, "starter").await?;
    match command {
        cli::Case::List(arguments) => list(&data.app, arguments).await,
        cli::Case::Show(arguments) => show(&data.app, arguments).await,
    }
}

async fn list(app: &App, arguments: cli::CaseList) -> anyhow::Result<Code> {
    let filter = CaseFilter {
        status: arguments.status.as_deref().and_then(Status::parse),
        label: arguments.label,
        company: arguments.company,
        ..CaseFilter::default()
    };
    let (page, _) = app.list_cases(&filter, CaseSort::Due, None, arguments.limit, None).await?;
    let rows = comity_http::case_rows(app, page.items).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&rows)?);
        return Ok(Code::Ok);
    }
    for row in rows {
        let due = row.next_due.as_ref().map_or(String::from("-"), |due| format!("{} {}", due.party, due.due_at));
        println!("{:>8}  {:<8}  {:<32}  {}", row.key, row.status, due, row.subject);
    }
    Ok(Code::Ok)
}

async fn show(app: &App, arguments: cli::CaseShow) -> anyhow::Result<Code> {
    let detail = match app.find_case(&arguments.case).await {
        Ok(id) => app.case_detail(id).await,
        Err(error) => Err(error),
    };
    let detail = match detail {
        Err(AppError::NotFound { .. }) => {
            return Err(exit::fail(Code::NotFound, format!("there is no case {}", arguments.case)));
        }
        other => other?,
    };
    let view = comity_http::case_view(app, detail).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&view)?);
        return Ok(Code::Ok);
    }
    println!("{}  {}  ({})", view.row.key, view.row.subject, view.row.status);
    println!("\nThread");
    for post in &view.posts {
        let text = if post.deleted_at.is_some() { "(deleted)" } else { post.text.as_str() };
        println!("  {}  {:<8}  @{}: {text}", post.at, post.party, post.author.handle);
    }
    println!("\nLedger");
    for line in &view.obligations {
        println!("  {:<8}  {:<14}  {:<9}  due {}", line.party, line.article, line.state, line.due_at);
    }
    println!("\nDecisions");
    for decision in &view.decisions {
        println!("  {}  {}", decision.as_of, decision.reason);
    }
    Ok(Code::Ok)
}
