//! Where versions are: a running server, or the data folder of one that does not run. Both answer in the API's shapes and
//! refuse with the API's problems, so that a script sees no difference.

use super::problem::refused;
use crate::{cli, data, data::Data, exit, exit::Code, remote::Remote, telemetry};
use comity_app::{AppError, policies::Files};
use comity_domain::{
    PolicyVersionId,
    life::{Asker, Step},
};
use comity_http::errors::Problem;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use std::{fmt, path::Path};

pub enum Place {
    Here(Data),
    There(Remote),
}

/// A version by the name that people say.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    Live,
    Draft,
    Number(i64),
}

impl Place {
    pub async fn open(folder: &Path, arguments: &cli::Place) -> anyhow::Result<Self> {
        telemetry::start("warn");
        if let Some(server) = &arguments.server {
            return Ok(Self::There(Remote::new(server, arguments.token.as_deref())?));
        }
        if !folder.is_dir() {
            return Err(exit::fail(Code::NotFound, format!("there is no data folder {}", folder.display())));
        }
        Ok(Self::Here(data::open(folder, "starter").await?))
    }

    /// A version with its files, or the draft.
    pub async fn find(&self, which: Which) -> anyhow::Result<Value> {
        let found = match (self, which) {
            (Self::There(remote), Which::Draft) => remote.ask(Method::GET, "policy/draft", None).await?,
            (Self::Here(data), Which::Draft) => data
                .app
                .policy_draft()
                .await
                .map_err(problem)
                .map(|draft| json!({ "files": draft.files, "revision": draft.revision })),
            (Self::There(remote), _) => {
                let id = self.row(which).await?["id"].as_str().unwrap_or_default().to_owned();
                remote.ask(Method::GET, &format!("policy/versions/{id}"), None).await?
            }
            (Self::Here(data), _) => {
                let id = id_of(&self.row(which).await?)?;
                self.shown(data.app.policy_version(id).await).await
            }
        };
        found.map_err(|problem| refused(&problem))
    }

    /// A version without its files.
    pub async fn row(&self, which: Which) -> anyhow::Result<Value> {
        let rows = match self {
            Self::There(remote) => remote.ask(Method::GET, "policy/versions", None).await?,
            Self::Here(data) => data.app.policy_versions().await.map_err(problem).map(|versions| {
                let row = |version: &comity_store::PolicyVersion| {
                    json!({ "id": version.id, "number": version.number, "is_live": version.is_live() })
                };
                json!({ "items": versions.iter().map(row).collect::<Vec<_>>() })
            }),
        };
        let rows = rows.map_err(|problem| refused(&problem))?;
        let is_it = |row: &&Value| match which {
            Which::Number(number) => row["number"] == number,
            Which::Live | Which::Draft => row["is_live"] == true,
        };
        let found = rows["items"].as_array().and_then(|rows| rows.iter().find(is_it)).cloned();
        found.ok_or_else(|| exit::fail(Code::NotFound, format!("there is no {which}")))
    }

    pub async fn propose(
        &self,
        files: Files,
        note: String,
        base: Option<PolicyVersionId>,
    ) -> anyhow::Result<Result<Value, Value>> {
        match self {
            Self::There(remote) => {
                let body = json!({ "files": files, "note": note, "base": base });
                remote.ask(Method::POST, "policy/versions", Some(&body)).await
            }
            Self::Here(data) => Ok(self.shown(data.app.propose_policy(files, note, base, None).await).await),
        }
    }

    /// Saves the draft over the newest one.
    pub async fn save_draft(&self, files: Files) -> anyhow::Result<Result<Value, Value>> {
        let revision = self.find(Which::Draft).await?["revision"].as_i64().unwrap_or_default();
        match self {
            Self::There(remote) => {
                let body = json!({ "files": files, "base_revision": revision });
                remote.ask(Method::PUT, "policy/draft", Some(&body)).await
            }
            Self::Here(data) => {
                let saved = data.app.save_policy_draft(files, revision, None).await.map_err(problem);
                Ok(saved.map(|draft| json!({ "files": draft.files, "revision": draft.revision })))
            }
        }
    }

    /// Takes a step with the version of this row.
    pub async fn step(&self, row: &Value, step: Step) -> anyhow::Result<Result<Value, Value>> {
        let id = id_of(row)?;
        match self {
            Self::There(remote) => {
                let (path, body) = match step {
                    Step::BreakGlass { reason } => ("break-glass", json!({ "reason": reason })),
                    Step::Restore { reason } => ("restore", json!({ "reason": reason })),
                    _ => ("publish", json!({})),
                };
                remote.ask(Method::POST, &format!("policy/versions/{id}/{path}"), Some(&body)).await
            }
            Self::Here(data) => {
                Ok(self.shown(data.app.take_policy_step(id, &step, &Asker::installation()).await).await)
            }
        }
    }

    /// As the API shows it to whoever holds the data folder.
    async fn shown(&self, version: Result<comity_store::PolicyVersion, AppError>) -> Result<Value, Value> {
        let version = version.map_err(problem)?;
        let Self::Here(data) = self else { return Ok(Value::Null) };
        let shown = comity_http::policy_version(&data.app, version, &Asker::installation()).await;
        shown.map(|version| value(&version)).map_err(problem)
    }
}

impl Which {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "live" => Some(Self::Live),
            "draft" => Some(Self::Draft),
            _ => text.parse().ok().map(Self::Number),
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live version"),
            Self::Draft => f.write_str("draft"),
            Self::Number(number) => write!(f, "version {number}"),
        }
    }
}

pub fn files_of(found: &Value) -> anyhow::Result<Files> {
    Ok(serde_json::from_value(found["files"].clone())?)
}

pub fn id_of(row: &Value) -> anyhow::Result<PolicyVersionId> {
    Ok(serde_json::from_value(row["id"].clone())?)
}

fn problem(error: AppError) -> Value {
    value(&Problem::from(error))
}

/// Shapes of the API always have a JSON form.
fn value(shape: &impl Serialize) -> Value {
    serde_json::to_value(shape).unwrap_or_default()
}
