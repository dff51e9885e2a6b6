//! What was done by whom, and the ledger's figures.

use super::Party;
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
    User {
        user: Uuid,
    },
    Rule {
        rule: String,
        policy_version: String,
    },
    Connection {
        connection: Uuid,
    },
    /// The person concerned, on the private page of the case.
    Consumer,
    System,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromiseQuery {
    /// Over the last so many days; 28 unless told.
    pub days: Option<u32>,
}

/// What was promised by each side, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Promises {
    pub days: u32,
    pub articles: Vec<PromiseRow>,
    pub first_answers: FirstAnswerTimes,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseRow {
    pub article: String,
    pub party: Party,
    /// The sentence of the charter; empty when the charter no longer has the article.
    pub owes: String,
    /// Met in time.
    pub kept: u64,
    /// Fell due before they were met.
    pub broken: u64,
    /// Of all broken ones, whenever they fell due, those that are still owed.
    pub late: u64,
    pub waived: u64,
    /// Ended with their case before they were due.
    pub cancelled: u64,
    /// Not due yet.
    pub running: u64,
    /// Of a hundred that were kept or broken, to one decimal.
    pub kept_percent: Option<f64>,
}

/// How long people waited for the first answer to their first post, in seconds; a percentile is a time that somebody waited.
#[derive(Debug, Serialize, ToSchema)]
pub struct FirstAnswerTimes {
    /// Cases in which somebody first wrote in this time.
    pub asked: u64,
    /// Of those, the ones with an answer.
    pub answered: u64,
    pub p50: Option<i64>,
    pub p90: Option<i64>,
    pub p99: Option<i64>,
}

/// How cases ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outcomes {
    pub days: u32,
    /// How often a case was closed in this time.
    pub closed: u64,
    /// Of those, the times after which it was opened again.
    pub reopened: u64,
    /// From when a case was opened to when it was closed for good, in seconds; a percentile is a time that a case took.
    pub p50: Option<i64>,
    pub p90: Option<i64>,
    pub p99: Option<i64>,
    /// The most frequent first.
    pub outcomes: Vec<OutcomeRow>,
    /// What people said on the private pages of their cases, by policy version.
    pub said: Vec<SaidRow>,
}

/// What people said and asked for under one policy version.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaidRow {
    /// The number of the policy version; `null` where that is not known.
    pub policy_version: Option<i64>,
    /// How often they said that it is solved, and that it is not.
    pub solved: u64,
    pub not_solved: u64,
    /// Cases that our side said are solved and they said afterwards are not.
    pub disputed: u64,
    pub appeals: AskedCount,
    pub corrections: AskedCount,
    pub erasures: AskedCount,
}

/// What was asked for in this time, and what became of it by now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedCount {
    pub asked: u64,
    pub granted: u64,
    pub refused: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeRow {
    /// The number of the policy version under which they were closed; `null` where that is not known.
    pub policy_version: Option<i64>,
    pub reason: String,
    pub closed: u64,
    pub reopened: u64,
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
