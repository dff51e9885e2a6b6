//! Escalation flows at work, with the names of everybody in them.

use super::person;
use crate::dto::{self, EscalationTarget, EscalationTargetKind};
use comity_app::{App, AppError, cases::People, values::FlowRow};
use comity_domain::{UserId, flow::Target};

pub async fn escalation(app: &App, row: FlowRow, me: UserId) -> Result<dto::EscalationRun, AppError> {
    let mut runs = escalations(app, vec![row], me).await?;
    runs.pop().ok_or_else(|| AppError::internal("an escalation was lost"))
}

pub async fn escalations(app: &App, rows: Vec<FlowRow>, me: UserId) -> Result<Vec<dto::EscalationRun>, AppError> {
    let prefix = app.organization().await?.key_prefix;
    let people = app.people().await?;
    Ok(rows.into_iter().map(|row| run(row, &prefix, &people, Some(me))).collect())
}

/// `me` is whoever looks, if it is somebody who can be told.
pub fn run(row: FlowRow, prefix: &str, people: &People, me: Option<UserId>) -> dto::EscalationRun {
    let FlowRow { run, told, case_number, case_subject } = row;
    let targets: Vec<EscalationTarget> = run.coming().into_iter().map(|one| target(one, people)).collect();
    let next = run.next_at.filter(|_| run.waits() && !targets.is_empty());
    dto::EscalationRun {
        id: run.id.0,
        state: match (&run.ended, &run.acknowledged) {
            (Some(_), _) => dto::EscalationState::Ended,
            (None, Some(_)) => dto::EscalationState::Acknowledged,
            (None, None) => dto::EscalationState::Waiting,
        },
        case_id: run.case.0,
        case_key: format!("{prefix}-{case_number}"),
        case_subject,
        started_at: run.started_at,
        mine: me.is_some_and(|me| told.iter().any(|told| told.people.contains(&me))),
        told: told
            .into_iter()
            .map(|told| dto::EscalationTold {
                at: told.at,
                due_at: told.due_at,
                target: target(&told.target, people),
                missed: told.missed.map(Into::into),
                people: told.people.into_iter().map(|id| person(id, people)).collect(),
            })
            .collect(),
        next: next.map(|at| dto::EscalationNext { at, targets }),
        acknowledged: run
            .acknowledged
            .map(|one| dto::EscalationAcknowledged { at: one.at, by: person(one.by, people) }),
        ended: run.ended.map(|one| dto::EscalationEnded { at: one.at, how: one.how.into(), note: one.note }),
        flow: run.flow,
        because: run.because,
        rule: run.rule,
    }
}

fn target(target: &Target, people: &People) -> EscalationTarget {
    let (kind, name) = match target {
        Target::Team(name) => (EscalationTargetKind::Team, name.clone()),
        Target::Role(name) => (EscalationTargetKind::Role, name.clone()),
        Target::OnCall(name) => (EscalationTargetKind::OnCall, name.clone()),
        Target::Channel(name) => (EscalationTargetKind::Channel, name.clone()),
        Target::Owners => (EscalationTargetKind::Owners, String::new()),
        Target::Person(id) => (EscalationTargetKind::Person, person(*id, people).name),
    };
    EscalationTarget { kind, name }
}
