//! `comity case list` and `comity case show`.

use crate::{cli, data, exit, exit::Code, telemetry};
use comity_app::{App, AppError, cases::CaseDetail};
use comity_domain::{case::Status, event::EventKind};
use comity_store::{CaseFilter, CaseRow, CaseSort};
use serde_json::{Value, json};
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
    let rows = rows(app, &filter, arguments.limit).await?;
    if arguments.json {
        println!("{}", serde_json::to_string(&comity_http::case_rows(app, rows).await?)?);
    } else {
        rows.iter().for_each(print_row);
    }
    Ok(Code::Ok)
}

/// Up to `limit` cases, page after page.
async fn rows(app: &App, filter: &CaseFilter, limit: u64) -> anyhow::Result<Vec<CaseRow>> {
    let mut rows: Vec<CaseRow> = Vec::new();
    let mut cursor = None;
    loop {
        let left = limit - rows.len() as u64;
        let (page, _) = app.list_cases(filter, CaseSort::Due, cursor.as_deref(), left, None).await?;
        rows.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || rows.len() as u64 >= limit {
            return Ok(rows);
        }
    }
}

fn print_row(row: &CaseRow) {
    let due = row.open_obligations.first();
    let due = due.map_or("-".to_owned(), |due| format!("{} owes {} by {}", due.party, due.article, due.due_at));
    println!("{:>6}  {:<6}  {due:<60}  {}", row.case.number, row.case.status.as_str(), row.case.subject);
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
    if arguments.json {
        let decided = decisions(&detail);
        let mut view = serde_json::to_value(comity_http::case_view(app, detail, None).await?)?;
        view["decided"] = decided;
        println!("{view}");
    } else {
        print(&detail);
    }
    Ok(Code::Ok)
}

/// What was decided about each event and why, oldest first.
fn decisions(detail: &CaseDetail) -> Value {
    let decided = detail.decisions.iter().rev().map(|explained| {
        let post = match explained.event.kind {
            EventKind::Post { post, .. } => Some(post),
            _ => None,
        };
        let decision = &explained.decision;
        let event = explained.event.kind.name();
        json!({
            "event": event, "post_id": post, "as_of": decision.as_of, "reason": decision.reason,
            "policy_version": decision.policy_version, "effects": decision.effects, "dropped": decision.dropped,
        })
    });
    Value::Array(decided.collect())
}

fn print(detail: &CaseDetail) {
    let case = &detail.row.case;
    println!("{}  {}  ({})", case.number, case.subject, case.status.as_str());
    println!("\nThread");
    for post in &detail.posts {
        let author = detail.contacts.iter().find(|contact| contact.id == post.author);
        let text = if post.deleted_at.is_some() { "(deleted)" } else { post.text.as_str() };
        println!("  {}  {:<8}  @{}: {text}", post.at, post.party, author.map_or("", |author| author.handle.as_str()));
    }
    println!("\nLedger");
    for line in &detail.ledger {
        let owed = &line.obligation;
        println!("  {:<8}  {:<14}  {:<9}  due {}", owed.party, owed.article, owed.state.as_str(), owed.due_at);
    }
    println!("\nDecisions");
    for explained in detail.decisions.iter().rev() {
        println!("  {}  {:<8}  {}", explained.decision.as_of, explained.event.kind.name(), explained.decision.reason);
    }
}
