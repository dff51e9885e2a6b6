//! The audit log and figures.

use super::cases::count;
use crate::dto;
use comity_app::{
    figures::{ArticlePromises, CompanyFirstAnswers, FirstAnswers, Outcomes, PromiseFigures},
    values::{AskedFigures, AuditRow, CaseCounts, ReasonFigures, SaidFigures},
};
use comity_domain::{audit::Actor, outcome::Ask};

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
            Actor::Consumer => Self::Consumer,
            Actor::System => Self::System,
        }
    }
}

impl From<FirstAnswers> for dto::FirstAnswer {
    fn from(figures: FirstAnswers) -> Self {
        Self { hours: figures.hours, companies: figures.companies.into_iter().map(Into::into).collect() }
    }
}

impl From<PromiseFigures> for dto::Promises {
    fn from(promises: PromiseFigures) -> Self {
        let times = promises.first_answers;
        let seconds = |index: usize| times.percentiles.get(index).copied().flatten().map(|time| time.as_secs());
        Self {
            days: promises.days,
            articles: promises.articles.into_iter().map(Into::into).collect(),
            first_answers: dto::FirstAnswerTimes {
                asked: times.asked,
                answered: times.answered,
                p50: seconds(0),
                p90: seconds(1),
                p99: seconds(2),
            },
        }
    }
}

impl From<Outcomes> for dto::Outcomes {
    fn from(Outcomes { days, figures, said }: Outcomes) -> Self {
        let seconds = |index: usize| figures.percentiles.get(index).copied().flatten().map(|time| time.as_secs());
        Self {
            days,
            closed: figures.reasons.iter().map(|one| one.closed).sum(),
            reopened: figures.reasons.iter().map(|one| one.reopened).sum(),
            p50: seconds(0),
            p90: seconds(1),
            p99: seconds(2),
            outcomes: figures.reasons.into_iter().map(Into::into).collect(),
            said: said.into_values().map(Into::into).collect(),
        }
    }
}

impl From<ReasonFigures> for dto::OutcomeRow {
    fn from(row: ReasonFigures) -> Self {
        let ReasonFigures { number, reason, closed, reopened, .. } = row;
        Self { policy_version: number, reason, closed, reopened }
    }
}

impl From<SaidFigures> for dto::SaidRow {
    fn from(row: SaidFigures) -> Self {
        let asked = |ask| {
            let AskedFigures { asked, granted, refused } = row.asked.get(&ask).copied().unwrap_or_default();
            dto::AskedCount { asked, granted, refused }
        };
        Self {
            policy_version: row.number,
            solved: row.solved,
            not_solved: row.not_solved,
            disputed: row.disputed,
            appeals: asked(Ask::Appeal),
            corrections: asked(Ask::Correction),
            erasures: asked(Ask::Erasure),
        }
    }
}

impl From<ArticlePromises> for dto::PromiseRow {
    fn from(row: ArticlePromises) -> Self {
        let kept_percent = row.kept_percent();
        let ArticlePromises { figures, owes } = row;
        Self {
            article: figures.article,
            party: figures.party.into(),
            owes,
            kept: figures.kept,
            broken: figures.broken,
            late: figures.late,
            waived: figures.waived,
            cancelled: figures.cancelled,
            running: figures.running,
            kept_percent,
        }
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
            contested: count(counts.contested),
        }
    }
}
