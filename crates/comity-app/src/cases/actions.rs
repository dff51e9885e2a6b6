//! What an agent changes about a case.

use crate::{App, AppError, changes::Change, decide::plan::alarms, flows};
use comity_domain::{
    CaseId, NoteId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    case::{Case, Priority, Status},
    flow::Ending,
    ledger::{Moment, Move},
    step::{self, Snapshot},
};
use comity_store::{CaseCommit, CommitResult, Note, User};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CaseUpdate {
    pub assignee: Option<Option<UserId>>,
    pub team: Option<Option<String>>,
    pub priority: Option<Priority>,
    pub add_labels: BTreeSet<String>,
    pub remove_labels: BTreeSet<String>,
    /// The version the agent was looking at; a newer one is a conflict.
    pub version: Option<i64>,
}

/// How often a change is worked out again when the case changed underneath.
const TRIES: u32 = 5;
pub const LONGEST_NOTE: usize = 10_000;
pub const LONGEST_LABEL: usize = 60;
const LONGEST_REASON: usize = 200;

impl App {
    pub async fn update_case(&self, id: CaseId, update: CaseUpdate, user: UserId) -> Result<(), AppError> {
        let assignee = self.check_update(&update).await?;
        if let Some(assignee) = &assignee {
            let row = self.store.case_row(self.organization, id).await?.ok_or(AppError::NotFound { what: "case" })?;
            self.check_assignee(&row.case, assignee).await?;
        }
        self.change_case(id, user, "case.update", |snapshot, _| {
            let case = &mut snapshot.case;
            if let Some(version) = update.version.filter(|&version| version != case.version) {
                return Err(AppError::Conflict {
                    detail: format!("the case is at version {}, you were looking at version {version}", case.version),
                    advice: "Load it again and repeat your change.".into(),
                });
            }
            let before = (case.assignee, case.team.clone(), case.priority, case.labels.clone());
            if let Some(assignee) = update.assignee {
                case.assignee = assignee;
            }
            if let Some(team) = update.team.clone() {
                case.team = team;
            }
            case.priority = update.priority.unwrap_or(case.priority);
            case.labels.extend(update.add_labels.iter().cloned());
            case.labels.retain(|label| !update.remove_labels.contains(label));
            Ok(json!({
                "before": { "assignee": before.0, "team": before.1, "priority": before.2, "labels": before.3 },
                "after": {
                    "assignee": case.assignee, "team": case.team, "priority": case.priority, "labels": case.labels,
                },
            }))
        })
        .await
    }

    /// Ends the case; what still runs in its ledger ends with it.
    pub async fn close_case(&self, id: CaseId, reason: &str, user: UserId) -> Result<(), AppError> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(AppError::invalid("/reason", format!("give a reason of 1 to {LONGEST_REASON} characters")));
        }
        self.change_case(id, user, "case.close", |snapshot, now| {
            let case = &mut snapshot.case;
            if case.status != Status::Open {
                return Err(conflict("the case is already closed"));
            }
            case.status = Status::Closed;
            case.closed_reason = Some(reason.clone());
            case.moments.push(Moment { at: now, what: Move::Close });
            case.end_escalations(now, Ending::CaseClosed);
            Ok(json!({ "reason": reason }))
        })
        .await
    }

    /// Takes the matter up again; what its closing ended runs on from when it first began.
    pub async fn reopen_case(&self, id: CaseId, user: UserId) -> Result<(), AppError> {
        self.change_case(id, user, "case.reopen", |snapshot, now| {
            let case = &mut snapshot.case;
            if case.status != Status::Closed {
                return Err(conflict("the case is not closed"));
            }
            case.status = Status::Open;
            case.moments.push(Moment { at: now, what: Move::Reopen });
            let reason = case.closed_reason.take();
            Ok(json!({ "was_closed_as": reason }))
        })
        .await
    }

    /// Lets replies leave again that a rule held for a team.
    pub async fn release_replies(&self, id: CaseId, user: UserId) -> Result<(), AppError> {
        self.change_case(id, user, "case.release_replies", |snapshot, _| match snapshot.case.held_for.take() {
            Some(team) => Ok(json!({ "held_for": team })),
            None => Err(conflict("no replies are held in this case")),
        })
        .await?;
        // Replies may have waited for it.
        self.wake.deliver.notify_one();
        Ok(())
    }

    pub async fn add_note(&self, id: CaseId, text: &str, user: UserId) -> Result<Note, AppError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST_NOTE {
            return Err(AppError::invalid("/text", format!("a note has 1 to {LONGEST_NOTE} characters")));
        }
        let row = self.store.case_row(self.organization, id).await?.ok_or(AppError::NotFound { what: "case" })?;
        let at = self.clock.now();
        let note = Note { id: NoteId::generate(), case: row.case.id, at, author: user, text: text.to_owned() };
        self.store.add_note(self.organization, &note, &Actor::User { user }).await?;
        self.tell_case(row.case.id).await?;
        Ok(note)
    }

    /// Changes a case by a person's hand. `change` returns the detail of the audit entry.
    pub(crate) async fn change_case(
        &self,
        id: CaseId,
        user: UserId,
        action: &str,
        change: impl Fn(&mut Snapshot, Timestamp) -> Result<Value, AppError>,
    ) -> Result<(), AppError> {
        self.change_case_noting(id, user, action, None, change).await
    }

    /// The same, with what is noted of the flows that it ends.
    pub(crate) async fn change_case_noting(
        &self,
        id: CaseId,
        user: UserId,
        action: &str,
        note: Option<&str>,
        change: impl Fn(&mut Snapshot, Timestamp) -> Result<Value, AppError>,
    ) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let snapshot = self.store.snapshot(self.organization, id).await?;
            let mut snapshot = snapshot.ok_or(AppError::NotFound { what: "case" })?;
            let now = self.clock.now();
            let base_version = snapshot.case.version;
            let escalations = snapshot.case.escalations.clone();
            let detail = change(&mut snapshot, now)?;
            snapshot.case.version += 1;
            snapshot.case.updated_at = now;
            let audit = vec![audit_entry(&snapshot.case, now, Actor::User { user }, action, detail)];
            let flows_ended = flows::over(&escalations, &snapshot.case, note);
            let ends = !flows_ended.is_empty();
            let commit = self.case_commit(snapshot, base_version, audit, now).await?;
            let commit = CaseCommit { flows_ended, ..commit };
            if self.commit_one(commit, now).await? {
                if ends {
                    self.wake.announce.notify_one();
                    self.changes.tell(Change::Flows);
                }
                return self.tell_case(id).await;
            }
        }
        Err(conflict("the case keeps changing; try again"))
    }

    /// A commit of a case as it now is, without any decision.
    pub(crate) async fn case_commit(
        &self,
        snapshot: Snapshot,
        base_version: i64,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<CaseCommit, AppError> {
        let live = self.policy_of(snapshot.case.id).await?;
        let obligations = step::recount(&live.policy, &snapshot, now)
            .map_err(|error| AppError::internal(format!("the ledger cannot be worked out: {error}")))?;
        Ok(CaseCommit {
            alarms: alarms(&obligations, None, jiff::SignedDuration::ZERO),
            audit,
            policy_version: step::Policy::version(&live.policy).to_owned(),
            ..CaseCommit::new(snapshot.case, base_version, obligations)
        })
    }

    pub(crate) async fn commit_one(&self, commit: CaseCommit, now: Timestamp) -> Result<bool, AppError> {
        let results = self.store.commit_decisions(self.organization, vec![commit], now).await?;
        self.wake.timers.notify_one();
        Ok(results.first() == Some(&CommitResult::Done))
    }

    /// Whom the case is to be given to, if it is.
    async fn check_update(&self, update: &CaseUpdate) -> Result<Option<User>, AppError> {
        let wrong = |label: &String| label.trim().is_empty() || label.chars().count() > LONGEST_LABEL;
        if update.add_labels.iter().any(wrong) {
            return Err(AppError::invalid("/add_labels", format!("a label has 1 to {LONGEST_LABEL} characters")));
        }
        let Some(Some(assignee)) = update.assignee else { return Ok(None) };
        let user = self.store.user(self.organization, assignee).await?.filter(|user| user.is_active);
        user.map(Some).ok_or_else(|| AppError::invalid("/assignee", "there is no such person here"))
    }
}

pub(crate) fn audit_entry(case: &Case, at: Timestamp, actor: Actor, action: &str, detail: Value) -> AuditEntry {
    let subject = format!("case/{}", case.id);
    AuditEntry { at, actor, action: action.to_owned(), subject, case: Some(case.id), detail }
}

fn conflict(detail: &str) -> AppError {
    AppError::Conflict { detail: detail.to_owned(), advice: "Load the case again.".into() }
}
