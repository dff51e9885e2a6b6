//! The audit log and figures.

use super::cases::count;
use crate::dto;
use comity_app::{
    figures::{CompanyFirstAnswers, FirstAnswers},
    values::{AuditRow, CaseCounts},
};
use comity_domain::audit::Actor;

impl From<AuditRow> for dto::AuditView {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id.0,
            at: row.entry.at,
            actor: row.entry.actor.into(),
            action: row.entry.action,
            subject: row.entry.subject,
            detail: row.entry.detail,
        }
    }
}

impl From<Actor> for dto::ActorView {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::User { user } => Self::User { user: user.0 },
            Actor::Rule { rule, policy_version } => Self::Rule { rule, policy_version },
            Actor::Connection { connection } => Self::Connection { connection: connection.0 },
            Actor::System => Self::System,
        }
    }
}

impl From<FirstAnswers> for dto::FirstAnswer {
    fn from(figures: FirstAnswers) -> Self {
        Self { hours: figures.hours, companies: figures.companies.into_iter().map(Into::into).collect() }
    }
}

impl From<CompanyFirstAnswers> for dto::FirstAnswerRow {
    fn from(row: CompanyFirstAnswers) -> Self {
        Self {
            company: (!row.company.is_empty()).then_some(row.company),
            cases: row.cases,
            answered: row.answered,
            answered_within: row.answered_within,
            share: row.share,
        }
    }
}

impl From<CaseCounts> for dto::CaseCounts {
    fn from(counts: CaseCounts) -> Self {
        Self {
            open: count(counts.open),
            ours: count(counts.ours),
            theirs: count(counts.theirs),
            held: count(counts.held),
            awaits_approval: count(counts.awaits_approval),
            mine: count(counts.mine),
            overdue: count(counts.overdue),
        }
    }
}
