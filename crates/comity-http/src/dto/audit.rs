//! What was done by whom, and the ledger's figures.

use comity_domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what was done to this.
    pub subject: Option<String>,
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    pub id: Uuid,
    pub at: Timestamp,
    pub actor: ActorView,
    /// `noun.verb`, such as `case.close`.
    pub action: String,
    pub subject: String,
    #[schema(value_type = Object)]
    pub detail: Value,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ActorView {
    User { user: Uuid },
    Rule { rule: String, policy_version: String },
    Connection { connection: Uuid },
    System,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FirstAnswerQuery {
    /// Within how many hours an answer counts; 4 unless told.
    pub hours: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FirstAnswer {
    pub hours: u32,
    pub companies: Vec<FirstAnswerRow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FirstAnswerRow {
    pub company: Option<String>,
    pub cases: u64,
    pub answered: u64,
    pub answered_within: u64,
    /// Answered within, of all cases; from 0 to 1.
    pub share: f64,
}
