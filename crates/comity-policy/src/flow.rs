//! Escalation flows as data: who is told, when, until someone acknowledges.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub name: String,
    pub because: String,
    pub article: Option<String>,
    pub steps: Vec<Step>,
    pub file: String,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Tell a team or a role.
    Notify { target: Target },
    /// Go on only if nobody has acknowledged within these minutes.
    UnlessAcknowledged { minutes: u32 },
    /// Begin again from the first step, so many times.
    Repeat { times: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Team(String),
    Role(String),
}
