//! What the API refuses, at a terminal.

use crate::{exit, exit::Code};
use serde_json::Value;

/// A problem as what the command ends with.
pub fn refused(problem: &Value) -> anyhow::Error {
    let code = match problem["type"].as_str() {
        Some("/problems/policy-rejected" | "/problems/policy-tests-failed") => Code::Faults,
        Some("/problems/not-found") => Code::NotFound,
        _ => Code::Refused,
    };
    let text = ["detail", "advice"].iter().filter_map(|field| problem[*field].as_str());
    exit::fail(code, text.collect::<Vec<_>>().join(" "))
}

/// Diagnostics and failing tests, as `check` and `test` print them.
pub fn faults(problem: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let diagnostic = |one: Value| {
        let help = one["help"].as_str().map(|help| format!(" {help}")).unwrap_or_default();
        let (file, severity, message) = (text(&one["file"]), text(&one["severity"]), text(&one["message"]));
        format!("{file}:{}:{}: {severity}: {message}{help}", one["line"], one["column"])
    };
    let test = |one: Value| format!("{}: {}\n  {}", text(&one["file"]), text(&one["name"]), text(&one["message"]));
    let failing = list(&problem["tests"]["cases"]).into_iter().filter(|one| one["passed"] == false);
    list(&problem["diagnostics"]).into_iter().map(diagnostic).chain(failing.map(test)).collect()
}
