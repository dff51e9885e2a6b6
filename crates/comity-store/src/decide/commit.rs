//! Recording decisions: many cases in one transaction, each only if it is still as it was.

use super::{CaseCommit, CommitResult, snapshot::ledgers};
use crate::{
    Store, StoreError,
    audit::append_new,
    closings,
    codec::{from_json, json, micros},
    counts::Counts,
    entity::{
        case::{self, Standing},
        post::visibility_word,
    },
    flows,
    open::{commit, for_update},
    outcomes, policies,
    quotas::QuotaCounts,
    sql::{Rows, execute, execute_in, query, query_in},
    surge, timers,
};
use comity_domain::{
    CaseId, OrganizationId, Party, Timestamp,
    audit::{Actor, AuditEntry},
    delivery::Author,
    ledger::Obligation,
    outcome::is_contested,
};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

const DOING: &str = "record decisions";

/// A case as it is in the database.
struct Present {
    version: i64,
    status: String,
    turn: Option<String>,
    is_held: bool,
    is_overdue: bool,
    labels: BTreeSet<String>,
}

impl Store {
    /// Writes many cases in one transaction. A case that has changed since is left out and reported, and so is an agent's
    /// reply under a key that was used before, and what would pass a quota that others have used meanwhile.
    pub async fn commit_decisions(
        &self,
        organization: OrganizationId,
        commits: Vec<CaseCommit>,
        now: Timestamp,
    ) -> Result<Vec<CommitResult>, StoreError> {
        let transaction = self.begin().await?;
        let used_keys = used_keys(&transaction, organization, &commits).await?;
        let mut present = present(&transaction, organization, &commits).await?;
        let mut quotas = QuotaCounts::lock(&transaction, organization, &commits).await?;
        let mut results = Vec::with_capacity(commits.len());
        let mut accepted: Vec<(CaseCommit, Present)> = Vec::new();
        for commit in commits {
            // Taken out, so that a second commit of the same case conflicts with the first.
            match present.remove(&commit.case.id.0) {
                Some(present)
                    if present.version == commit.base_version
                        && agents_keys(&commit).all(|key| !used_keys.contains(key))
                        && quotas.take(&commit) =>
                {
                    results.push(CommitResult::Done);
                    accepted.push((commit, present));
                }
                _ => results.push(CommitResult::Conflict),
            }
        }
        let mut counts = Counts::default();
        write_cases(&transaction, &accepted, &mut counts).await?;
        let commits: Vec<CaseCommit> = accepted.into_iter().map(|(commit, _)| commit).collect();
        write_ledgers(&transaction, &commits).await?;
        timers::arm(&transaction, organization, &commits).await?;
        flows::write(&transaction, organization, &commits, self.announces()).await?;
        closings::write(&transaction, organization, &commits).await?;
        outcomes::write(&transaction, organization, &commits).await?;
        write_events(&transaction, &commits).await?;
        write_decisions(&transaction, organization, &commits).await?;
        write_deliveries(&transaction, organization, &commits).await?;
        surge::count(&transaction, organization, &commits, now).await?;
        quotas.write(&transaction, organization, now).await?;
        let stopped = policies::record(&transaction, organization, &commits, now).await?;
        let entries = commits.into_iter().flat_map(|commit| entries(commit, now)).chain(stopped).collect();
        append_new(&transaction, organization, entries).await?;
        counts.write(&transaction, organization).await?;
        commit(transaction).await?;
        Ok(results)
    }
}

/// Those of the agents' keys that stand for a reply already. A rule's reply has its own id for a key and needs no look.
async fn used_keys(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<HashSet<String>, StoreError> {
    let mut used = HashSet::new();
    let keys: Vec<&str> = commits.iter().flat_map(agents_keys).collect();
    if !keys.is_empty() {
        // So that no two transactions find the same key free.
        let sql = format!("SELECT id FROM organizations WHERE id = $1{}", for_update(db));
        query(db, DOING, &sql, [organization.0.into()]).await?;
    }
    for key in keys {
        let sql = "SELECT id FROM deliveries WHERE organization_id = $1 AND idempotency_key = $2";
        if !query(db, DOING, sql, [organization.0.into(), key.into()]).await?.is_empty() {
            used.insert(key.to_owned());
        }
    }
    Ok(used)
}

fn agents_keys(commit: &CaseCommit) -> impl Iterator<Item = &str> {
    let agents = commit.deliveries.iter().filter(|delivery| matches!(delivery.author, Author::Agent { .. }));
    agents.map(|delivery| delivery.idempotency_key.as_str())
}

async fn present(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<HashMap<Uuid, Present>, StoreError> {
    let mut ids: Vec<Uuid> = commits.iter().map(|commit| commit.case.id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let sql = format!(
        "SELECT id, organization_id, version, status, turn, held_for, is_overdue, labels FROM cases WHERE id IN {{}} \
         ORDER BY id{}",
        for_update(db)
    );
    let mut present = HashMap::with_capacity(ids.len());
    let failed = |source| StoreError::Database { doing: DOING, source };
    for row in query_in(db, DOING, &sql, &ids).await? {
        let of: Uuid = row.try_get("", "organization_id").map_err(failed)?;
        if of != organization.0 {
            continue;
        }
        let labels: String = row.try_get("", "labels").map_err(failed)?;
        let held_for: Option<String> = row.try_get("", "held_for").map_err(failed)?;
        present.insert(
            row.try_get("", "id").map_err(failed)?,
            Present {
                version: row.try_get("", "version").map_err(failed)?,
                status: row.try_get("", "status").map_err(failed)?,
                turn: row.try_get("", "turn").map_err(failed)?,
                is_held: held_for.is_some(),
                is_overdue: row.try_get("", "is_overdue").map_err(failed)?,
                labels: from_json("labels", &labels)?,
            },
        );
    }
    Ok(present)
}

async fn write_cases(
    db: &impl ConnectionTrait,
    accepted: &[(CaseCommit, Present)],
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let mut cases = Rows::update(
        "UPDATE cases SET status = v.column2, closed_reason = v.column3, priority = v.column4, labels = v.column5, \
         team = v.column6, assignee_id = v.column7, held_for = v.column8, data = v.column9, updated_at = v.column10, \
         version = v.column11, turn = v.column12, due_sort = v.column13, is_overdue = v.column14, \
         is_contested = v.column15",
        ") AS v WHERE cases.id = v.column1",
        15,
    );
    let mut labels = Rows::insert("case_labels", "organization_id, label, case_id", "ON CONFLICT DO NOTHING");
    for (CaseCommit { case, obligations, .. }, present) in accepted {
        let Standing { turn, due_sort, is_overdue } = Standing::of(case.status, obligations);
        let turn = turn.map(Party::as_str);
        counts.leave(&present.status, present.turn.as_deref(), present.is_held, present.is_overdue);
        counts.enter(case.status, turn, case.held_for.is_some(), is_overdue);
        cases.push([
            case.id.0.into(),
            case.status.as_str().into(),
            case.closed_reason.clone().into(),
            case.priority.as_str().into(),
            json(&case.labels).into(),
            case.team.clone().into(),
            case.assignee.map(|user| user.0).into(),
            case.held_for.clone().into(),
            case::data(case).into(),
            micros(case.updated_at).into(),
            case.version.into(),
            turn.into(),
            due_sort.into(),
            is_overdue.into(),
            is_contested(case).into(),
        ]);
        for label in case.labels.difference(&present.labels) {
            labels.push([case.organization.0.into(), label.as_str().into(), case.id.0.into()]);
        }
        for label in present.labels.difference(&case.labels) {
            let sql = "DELETE FROM case_labels WHERE organization_id = $1 AND label = $2 AND case_id = $3";
            let values: [Value; 3] = [case.organization.0.into(), label.as_str().into(), case.id.0.into()];
            execute(db, DOING, sql, values).await?;
        }
    }
    cases.write(db, DOING).await?;
    labels.write(db, DOING).await?;
    Ok(())
}

/// Writes what is different and removes what is no longer owed.
async fn write_ledgers(db: &impl ConnectionTrait, commits: &[CaseCommit]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = commits.iter().map(|commit| commit.case.id.0).collect();
    let recorded = ledgers(db, &ids).await?;
    let mut changed = Rows::insert(
        "obligations",
        "id, organization_id, case_id, article, party, state, started_at, started_by, promised_at, due_at, pauses, \
         settled_at, settled_by",
        "ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, state = excluded.state, \
         started_at = excluded.started_at, due_at = excluded.due_at, pauses = excluded.pauses, \
         settled_at = excluded.settled_at, \
         settled_by = excluded.settled_by",
    );
    let mut gone = Vec::new();
    for CaseCommit { case, obligations, .. } in commits {
        let before: HashMap<Uuid, &Obligation> =
            recorded.get(&case.id.0).into_iter().flatten().map(|obligation| (obligation.id.0, obligation)).collect();
        let after: HashSet<Uuid> = obligations.iter().map(|obligation| obligation.id.0).collect();
        gone.extend(before.keys().filter(|id| !after.contains(id)));
        for obligation in obligations.iter().filter(|o| before.get(&o.id.0).is_none_or(|before| before != o)) {
            changed.push([
                obligation.id.0.into(),
                case.organization.0.into(),
                case.id.0.into(),
                obligation.article.as_str().into(),
                obligation.party.as_str().into(),
                obligation.state.as_str().into(),
                micros(obligation.started_at).into(),
                obligation.started_by.map(|post| post.0).into(),
                micros(obligation.promised_at).into(),
                micros(obligation.due_at).into(),
                crate::entity::obligation::pauses(&obligation.pauses).into(),
                obligation.settled_at.map(micros).into(),
                obligation.settled_by.map(|post| post.0).into(),
            ]);
        }
    }
    execute_in(db, DOING, "DELETE FROM obligations WHERE id IN {}", &gone).await?;
    changed.write(db, DOING).await?;
    Ok(())
}

async fn write_events(db: &impl ConnectionTrait, commits: &[CaseCommit]) -> Result<(), StoreError> {
    let mut events = Rows::insert(
        "events",
        "id, organization_id, case_id, at, received_at, kind, pending",
        // The timer may have been quicker.
        "ON CONFLICT (id) DO NOTHING",
    );
    let mut decided: Vec<Uuid> = Vec::new();
    for commit in commits {
        for event in &commit.new_events {
            events.push([
                event.id.0.into(),
                commit.case.organization.0.into(),
                commit.case.id.0.into(),
                micros(event.at).into(),
                micros(event.received_at).into(),
                json(&event.kind).into(),
                true.into(),
            ]);
        }
        decided.extend(commit.decided.iter().map(|event| event.0));
    }
    events.write(db, DOING).await?;
    execute_in(db, DOING, "UPDATE events SET pending = FALSE WHERE pending AND id IN {}", &decided).await?;
    Ok(())
}

async fn write_decisions(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<(), StoreError> {
    let columns = "id, organization_id, case_id, event_id, decided_at, data";
    let mut decisions = Rows::insert("decisions", columns, "ON CONFLICT (id) DO NOTHING");
    for decision in commits.iter().flat_map(|commit| &commit.decisions) {
        decisions.push([
            decision.id.0.into(),
            organization.0.into(),
            decision.case.0.into(),
            decision.event.0.into(),
            micros(decision.decided_at).into(),
            json(decision).into(),
        ]);
    }
    decisions.write(db, DOING).await?;
    Ok(())
}

async fn write_deliveries(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<(), StoreError> {
    let mut deliveries = Rows::insert(
        "deliveries",
        "id, organization_id, case_id, connection_id, text, in_reply_to, root, visibility, idempotency_key, author, approval, \
         state, attempts, fence, due_at, created_at, look_up",
        // Decided twice, it is one reply.
        "ON CONFLICT DO NOTHING",
    );
    for delivery in commits.iter().flat_map(|commit| &commit.deliveries) {
        deliveries.push([
            delivery.id.0.into(),
            organization.0.into(),
            delivery.case.0.into(),
            delivery.connection.0.into(),
            delivery.text.as_str().into(),
            delivery.in_reply_to.clone().into(),
            delivery.root.clone().into(),
            visibility_word(delivery.visibility).into(),
            delivery.idempotency_key.as_str().into(),
            json(&delivery.author).into(),
            delivery.approval.as_ref().map(json).into(),
            delivery.state.as_str().into(),
            i64::from(delivery.attempts).into(),
            delivery.fence.into(),
            micros(delivery.due_at).into(),
            micros(delivery.created_at).into(),
            false.into(),
        ]);
    }
    deliveries.write(db, DOING).await?;
    Ok(())
}

/// What the audit log says of a commit.
fn entries(commit: CaseCommit, now: Timestamp) -> Vec<AuditEntry> {
    let case: CaseId = commit.case.id;
    let about = |action: &str, detail| AuditEntry {
        at: now,
        actor: Actor::System,
        action: action.to_owned(),
        subject: format!("case/{case}"),
        case: Some(case),
        detail,
    };
    let mut entries = Vec::new();
    for decision in &commit.decisions {
        let effects: Vec<_> = decision.effects.iter().map(|planned| &planned.effect).collect();
        let detail = json!({ "decision": decision.id, "event": decision.event, "effects": effects });
        entries.push(about("case.decide", detail));
    }
    for delivery in &commit.deliveries {
        let detail = json!({ "delivery": delivery.id, "author": delivery.author });
        entries.push(about("delivery.create", detail));
    }
    entries.extend(commit.audit);
    entries
}
