//! Two cases turn out to be one matter: everything of the one with the higher number moves to the other.

use super::engine::Engine;
use crate::{
    StoreError,
    counts::Counts,
    entity::case,
    sql::{Rows, execute, rows},
};
use comity_domain::case::{Case, Status};
use sea_orm::{ConnectionTrait, Value};
use uuid::Uuid;

const DOING: &str = "merge cases";

/// What belongs to a case and moves with it. Timers do not: the ledger is worked out again from all posts, and from what was
/// recorded of it, when the event that brought the cases together is decided.
const MOVED: [&str; 13] = [
    "UPDATE obligations SET case_id = $1 WHERE case_id = $2",
    "UPDATE posts SET case_id = $1 WHERE case_id = $2",
    // Decided events are found by their decisions, undecided ones by their own index.
    "UPDATE events SET case_id = $1 WHERE id IN (SELECT event_id FROM decisions WHERE case_id = $2)",
    "UPDATE events SET case_id = $1 WHERE pending AND case_id = $2",
    "UPDATE decisions SET case_id = $1 WHERE case_id = $2",
    "UPDATE deliveries SET case_id = $1 WHERE case_id = $2",
    "INSERT INTO closings (case_id, at, organization_id, reason, policy_version, reopened_at) \
     SELECT $1, at, organization_id, reason, policy_version, reopened_at FROM closings WHERE case_id = $2 \
     ON CONFLICT (case_id, at) DO NOTHING",
    "INSERT INTO attestations (case_id, party, at, organization_id, solved, policy_version) \
     SELECT $1, party, at, organization_id, solved, policy_version FROM attestations WHERE case_id = $2 \
     ON CONFLICT (case_id, party, at) DO NOTHING",
    "UPDATE requests SET case_id = $1 WHERE case_id = $2",
    "UPDATE case_links SET case_id = $1 WHERE case_id = $2",
    "UPDATE flow_runs SET case_id = $1 WHERE case_id = $2",
    "UPDATE notes SET case_id = $1 WHERE case_id = $2",
    "UPDATE cases SET merged_into = $1 WHERE merged_into = $2",
];
const ENDED: [&str; 4] = [
    "DELETE FROM timers WHERE case_id = $1",
    "DELETE FROM case_labels WHERE case_id = $1",
    "DELETE FROM closings WHERE case_id = $1",
    "DELETE FROM attestations WHERE case_id = $1",
];

impl Engine {
    pub(super) async fn merge_cases(&self, db: &impl ConnectionTrait, counts: &mut Counts) -> Result<(), StoreError> {
        for &(from, _) in &self.merges {
            let into = self.find(from);
            let found: Vec<case::Model> =
                rows(db, DOING, "SELECT * FROM cases WHERE id IN ($1, $2)", [from.into(), into.into()]).await?;
            let (mut gone, mut kept) = (None, None);
            for row in found {
                let slot = if row.id == from { &mut gone } else { &mut kept };
                *slot = Some(row);
            }
            let (Some(gone), Some(kept)) = (gone, kept) else { continue };
            for row in [&gone, &kept] {
                counts.leave(&row.status, row.turn.as_deref(), row.held_for.is_some(), row.is_overdue);
            }
            let standing = (kept.turn.clone(), kept.is_overdue);
            let case = united(kept.case()?, gone.case()?);
            counts.enter(case.status, standing.0.as_deref(), case.held_for.is_some(), standing.1);
            for sql in MOVED {
                execute(db, DOING, sql, [into.into(), from.into()]).await?;
            }
            for sql in ENDED {
                execute(db, DOING, sql, [from.into()]).await?;
            }
            let sql = "UPDATE cases SET status = 'merged', merged_into = $1, version = version + 1, turn = NULL, \
                       due_sort = $3, is_overdue = FALSE, held_for = NULL WHERE id = $2";
            execute(db, DOING, sql, [into.into(), from.into(), case::NEVER.into()]).await?;
            write_united(db, &case).await?;
            write_labels(db, &case).await?;
        }
        Ok(())
    }
}

/// What people and rules did to either case holds for the one.
fn united(kept: Case, gone: Case) -> Case {
    let status = if gone.status == Status::Open { Status::Open } else { kept.status };
    let mut case = Case {
        status,
        closed_reason: kept.closed_reason.filter(|_| status == Status::Closed),
        priority: kept.priority.max(gone.priority),
        team: kept.team.or(gone.team),
        assignee: kept.assignee.or(gone.assignee),
        held_for: kept.held_for.or(gone.held_for),
        draft: kept.draft.or(gone.draft),
        ..kept
    };
    case.labels.extend(gone.labels);
    case.skills.extend(gone.skills);
    case.briefs.extend(gone.briefs);
    case.escalations.extend(gone.escalations);
    case.escalations.sort_by_key(|escalation| escalation.at);
    case.questions.extend(gone.questions);
    case.questions.sort_by_key(|question| question.at);
    case.moments.extend(gone.moments);
    case.moments.sort_by_key(|moment| moment.at);
    case.attestations.extend(gone.attestations);
    case.attestations.sort_by_key(|attestation| attestation.at);
    case.requests.extend(gone.requests);
    case.requests.sort_by_key(|request| request.at);
    case
}

async fn write_united(db: &impl ConnectionTrait, case: &Case) -> Result<(), StoreError> {
    let sql = "UPDATE cases SET status = $2, closed_reason = $3, priority = $4, labels = $5, team = $6, assignee_id = $7, \
               held_for = $8, data = $9 WHERE id = $1";
    let values: [Value; 9] = [
        case.id.0.into(),
        case.status.as_str().into(),
        case.closed_reason.clone().into(),
        case.priority.as_str().into(),
        crate::codec::json(&case.labels).into(),
        case.team.clone().into(),
        case.assignee.map(|user| user.0).into(),
        case.held_for.clone().into(),
        case::data(case).into(),
    ];
    execute(db, DOING, sql, values).await?;
    Ok(())
}

async fn write_labels(db: &impl ConnectionTrait, case: &Case) -> Result<(), StoreError> {
    let mut labels = Rows::insert(
        "case_labels",
        "organization_id, label, case_id",
        "ON CONFLICT (organization_id, label, case_id) DO NOTHING",
    );
    for label in &case.labels {
        let id: Uuid = case.id.0;
        labels.push([case.organization.0.into(), label.as_str().into(), id.into()]);
    }
    labels.write(db, DOING).await?;
    Ok(())
}
