//! Due times that become events.
//!
//! A timer belongs to an obligation and to the due time that it had when the timer was armed; both together fire once. The
//! event's id follows from the two, so that there is one breach of it, whoever notices first.

use crate::{
    CaseCommit, Store, StoreError,
    audit::append_new,
    codec::{json, micros, party, time},
    entity::timer,
    open::{commit, skip_locked},
    sql::{Rows, execute, query, rows, rows_in},
};
use comity_domain::{
    CaseId, ObligationId, OrganizationId, Timestamp,
    audit::{Actor, AuditEntry},
    case::Priority,
    event::{Event, EventKind},
};
use sea_orm::{ConnectionTrait, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const DOING: &str = "set timers";
/// The only kind of timer there is so far.
const DUE: &str = "due";

impl Store {
    /// Fires what is due: each timer becomes a breach event, once. A timer whose case still has undecided events is left for
    /// later, because one of them may settle the obligation. When more is due than `limit`, the cases of the highest priority come
    /// first, and of one priority what was due first. How many were fired.
    pub async fn fire_due(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        limit: u64,
    ) -> Result<usize, StoreError> {
        // Most of the time nothing is due, and asking takes no lock.
        if self.next_timer_at(organization).await?.is_none_or(|next| next > now) {
            return Ok(0);
        }
        let transaction = self.begin().await?;
        let due = most_pressing(&transaction, organization, now, limit as usize).await?;
        let mut entries = Vec::with_capacity(due.len());
        let mut events = Rows::insert(
            "events",
            "id, organization_id, case_id, at, received_at, kind, pending",
            "ON CONFLICT (id) DO NOTHING",
        );
        let mut fired = fired_rows();
        for timer in &due {
            let kind = EventKind::Breach {
                obligation: ObligationId(timer.subject),
                article: timer.article.clone(),
                party: party(&timer.party)?,
            };
            events.push([
                Event::breach_id(ObligationId(timer.subject), time(timer.due_at)).0.into(),
                organization.0.into(),
                timer.case_id.into(),
                timer.due_at.into(),
                micros(now).into(),
                json(&kind).into(),
                true.into(),
            ]);
            fired.push([timer.subject.into(), timer.kind.as_str().into(), timer.generation.into(), micros(now).into()]);
            entries.push(AuditEntry {
                at: now,
                actor: Actor::System,
                action: "obligation.breach".to_owned(),
                subject: format!("case/{}", timer.case_id),
                case: Some(CaseId(timer.case_id)),
                detail: serde_json::json!({
                    "obligation": timer.subject, "article": timer.article, "due_at": time(timer.due_at),
                }),
            });
        }
        events.write(&transaction, DOING).await?;
        fired.write(&transaction, DOING).await?;
        append_new(&transaction, organization, entries).await?;
        commit(transaction).await?;
        Ok(due.len())
    }

    /// When the next timer may fire.
    pub async fn next_timer_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(fire_at) AS at FROM timers WHERE organization_id = $1 AND fired_at IS NULL";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let at = found.first().map(|row| row.try_get::<Option<i64>>("", "at")).transpose();
        Ok(at.map_err(|source| StoreError::Database { doing: DOING, source })?.flatten().map(time))
    }
}

/// Asked for one priority after the other, because then an index gives what is wanted however much is due.
async fn most_pressing(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<timer::Model>, StoreError> {
    let sql = format!(
        "SELECT * FROM timers WHERE organization_id = $1 AND priority = $2 AND fired_at IS NULL AND fire_at <= $3 \
         AND NOT EXISTS (SELECT 1 FROM events WHERE pending AND events.case_id = timers.case_id) \
         ORDER BY fire_at LIMIT $4{}",
        skip_locked(db)
    );
    let mut due: Vec<timer::Model> = Vec::new();
    for priority in Priority::ALL.into_iter().rev() {
        let left = limit - due.len();
        if left == 0 {
            break;
        }
        let values: [Value; 4] =
            [organization.0.into(), rank(priority).into(), micros(now).into(), (left as i64).into()];
        due.extend(rows::<timer::Model>(db, DOING, &sql, values).await?);
    }
    Ok(due)
}

/// How a priority is written beside a timer.
pub fn rank(priority: Priority) -> i64 {
    Priority::ALL.iter().position(|one| *one == priority).unwrap_or_default() as i64
}

fn fired_rows() -> Rows {
    Rows::update(
        "UPDATE timers SET fired_at = v.column4",
        ") AS v WHERE subject = v.column1 AND kind = v.column2 AND generation = v.column3",
        4,
    )
}

/// Makes the cases' timers what the commits want them to be. One that has fired is not armed again.
pub async fn arm(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
) -> Result<(), StoreError> {
    let cases: Vec<Uuid> = commits.iter().map(|commit| commit.case.id.0).collect();
    let found: Vec<timer::Model> = rows_in(db, DOING, "SELECT * FROM timers WHERE case_id IN {}", &cases).await?;
    let present: HashMap<(Uuid, i64), &timer::Model> =
        found.iter().map(|timer| ((timer.subject, timer.generation), timer)).collect();
    let mut armed = Rows::insert(
        "timers",
        "subject, kind, generation, organization_id, case_id, article, party, due_at, fire_at, priority",
        "ON CONFLICT (subject, kind, generation) DO UPDATE SET case_id = excluded.case_id, fire_at = excluded.fire_at, \
         priority = excluded.priority",
    );
    let mut wanted = HashSet::new();
    for CaseCommit { case, alarms, .. } in commits {
        for (obligation, fire_at) in alarms {
            let (due_at, fire_at) = (micros(obligation.due_at), micros(*fire_at));
            // The due time counts the generations: when it moves, the timer is another one.
            let key = (obligation.id.0, due_at);
            wanted.insert(key);
            let priority = rank(case.priority);
            let as_wanted = |timer: &&timer::Model| timer.fire_at == fire_at && timer.priority == priority;
            if present.get(&key).is_some_and(|timer| as_wanted(timer) || timer.fired_at.is_some()) {
                continue;
            }
            armed.push([
                obligation.id.0.into(),
                DUE.into(),
                due_at.into(),
                organization.0.into(),
                case.id.0.into(),
                obligation.article.as_str().into(),
                obligation.party.as_str().into(),
                due_at.into(),
                fire_at.into(),
                priority.into(),
            ]);
        }
    }
    for timer in found.iter().filter(|timer| !wanted.contains(&(timer.subject, timer.generation))) {
        let sql = "DELETE FROM timers WHERE subject = $1 AND kind = $2 AND generation = $3";
        let values: [Value; 3] = [timer.subject.into(), timer.kind.as_str().into(), timer.generation.into()];
        execute(db, DOING, sql, values).await?;
    }
    armed.write(db, DOING).await?;
    Ok(())
}
