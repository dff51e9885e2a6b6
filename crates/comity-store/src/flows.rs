//! Escalation flows at work: when each takes its next step, whom it told, and who took it up.
//!
//! A run is one row, and `next_at` in it is its timer: taking a step and setting the next is one write of that row, so that a
//! step is taken once however many look, and whoever acknowledges either comes before a step or after it.

use crate::{
    CaseCommit, Page, Store, StoreError,
    announcements::{self, Happened},
    audit::append_new,
    cases::page,
    channels,
    codec::{from_json, json, micros, time},
    entity::flow_run,
    notices,
    open::{commit, skip_locked},
    sql::{Rows, execute, query, query_in, rows},
};
use comity_domain::{
    CaseId, FlowRunId, OrganizationId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    flow::{Ended, Missed, Reach, Run, Target, Told},
    notify::Way,
};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;
use std::{collections::HashMap, fmt::Write as _};
use uuid::Uuid;

const DOING: &str = "escalate";
/// Longer lists are read in parts.
const MOST_LISTED: u64 = 200;

/// A flow of a case that is over, by its name and when it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowEnd {
    pub flow: String,
    pub started_at: Timestamp,
    pub ended: Ended,
}

/// Which runs are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowFilter {
    /// Those that nobody has acknowledged, that somebody has, or that are over; all of them without.
    pub state: Option<FlowState>,
    /// Those that told this person.
    pub told: Option<UserId>,
    pub case: Option<CaseId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowState {
    Waiting,
    Acknowledged,
    Ended,
}

/// A run with its history.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRow {
    pub run: Run,
    pub told: Vec<Told>,
    pub case_number: i64,
    pub case_subject: String,
}

/// Who there is to be told, and how.
#[derive(Clone, Copy)]
pub struct Recipients<'a> {
    pub reach: &'a (dyn Fn(&Target) -> Reach + Sync),
    /// When a mail to somebody may leave; nothing when they get none.
    pub ways: &'a (dyn Fn(UserId) -> Vec<(Way, Timestamp)> + Sync),
}

/// What a person does about a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowAct {
    Acknowledge,
    /// The same, unless somebody has done so before.
    TakeUp,
    /// Somebody else is to see to it.
    HandOver(UserId),
}

impl Store {
    /// Takes the steps that are due: whoever there is to be told is told once. The runs that moved, with what they told.
    pub async fn advance_flows(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        limit: u64,
        to: Recipients<'_>,
    ) -> Result<Vec<(Run, Vec<Told>)>, StoreError> {
        // Most of the time nothing is due, and asking takes no lock.
        if self.next_flow_at(organization).await?.is_none_or(|next| next > now) {
            return Ok(Vec::new());
        }
        let transaction = self.begin().await?;
        let sql = format!(
            "SELECT * FROM flow_runs WHERE organization_id = $1 AND next_at <= $2 ORDER BY next_at, id LIMIT $3{}",
            skip_locked(&transaction)
        );
        let values: [Value; 3] = [organization.0.into(), micros(now).into(), (limit as i64).into()];
        let due: Vec<flow_run::Model> = rows(&transaction, DOING, &sql, values).await?;
        let mut moved = Vec::with_capacity(due.len());
        for row in due {
            let mut run = row.run()?;
            let told = run.advance(now, to.reach);
            moved.push((run, told));
        }
        write_moved(&transaction, &moved).await?;
        notices::note(&transaction, organization, &moved, to.ways).await?;
        channels::note(&transaction, organization, &moved).await?;
        if self.announces() {
            let told = told_of(&moved);
            announcements::note(&transaction, organization, told).await?;
        }
        let entries = moved.iter().flat_map(|(run, told)| told.iter().map(|told| entry_of(run, told))).collect();
        append_new(&transaction, organization, entries).await?;
        commit(transaction).await?;
        Ok(moved)
    }

    /// When the next step is due.
    pub async fn next_flow_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(next_at) AS at FROM flow_runs WHERE organization_id = $1 AND next_at IS NOT NULL";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let at = found.first().map(|row| row.try_get::<Option<i64>>("", "at")).transpose();
        Ok(at.map_err(|source| StoreError::Database { doing: DOING, source })?.flatten().map(time))
    }

    /// Newest first.
    pub async fn flow_runs(
        &self,
        organization: OrganizationId,
        filter: FlowFilter,
        cursor: Option<&str>,
        limit: u64,
    ) -> Result<Page<FlowRow>, StoreError> {
        let mut sql = "SELECT * FROM flow_runs WHERE organization_id = $1".to_owned();
        let mut values: Vec<Value> = vec![organization.0.into()];
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            // Writing to a string cannot fail.
            let _ = write!(sql, " AND {}", condition.replace('?', &format!("${}", values.len())));
        };
        if let Some(user) = filter.told {
            add("EXISTS (SELECT 1 FROM flow_people WHERE user_id = ? AND run_id = id)", user.0.into());
        }
        if let Some(case) = filter.case {
            add("case_id = ?", case.0.into());
        }
        sql.push_str(match filter.state {
            None => "",
            Some(FlowState::Waiting) => " AND ended_at IS NULL AND acknowledged_at IS NULL",
            Some(FlowState::Acknowledged) => " AND ended_at IS NULL AND acknowledged_at IS NOT NULL",
            Some(FlowState::Ended) => " AND ended_at IS NOT NULL",
        });
        if let Some((started_at, id)) = cursor.and_then(|cursor| cursor.split_once('.'))
            && let (Ok(started_at), Ok(id)) = (started_at.parse::<i64>(), id.parse::<Uuid>())
        {
            values.extend([started_at.into(), id.into()]);
            // Writing to a string cannot fail.
            let _ = write!(sql, " AND (started_at, id) < (${}, ${})", values.len() - 1, values.len());
        }
        let limit = limit.clamp(1, MOST_LISTED);
        values.push((limit as i64 + 1).into());
        let _ = write!(sql, " ORDER BY started_at DESC, id DESC LIMIT ${}", values.len());
        let found: Vec<flow_run::Model> = rows(&self.read, DOING, &sql, values).await?;
        let found = page(found, limit, |row| format!("{}.{}", row.started_at, row.id));
        let runs = found.items.into_iter().map(flow_run::Model::run).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items: self.with_history(runs).await?, next_cursor: found.next_cursor })
    }

    pub async fn flow_run(&self, organization: OrganizationId, id: FlowRunId) -> Result<Option<FlowRow>, StoreError> {
        let sql = "SELECT * FROM flow_runs WHERE organization_id = $1 AND id = $2";
        let found: Vec<flow_run::Model> = rows(&self.read, DOING, sql, [organization.0.into(), id.0.into()]).await?;
        let runs = found.into_iter().map(flow_run::Model::run).collect::<Result<Vec<_>, _>>()?;
        Ok(self.with_history(runs).await?.pop())
    }

    /// How many runs that told somebody wait to be acknowledged.
    pub async fn flows_waiting_for(&self, organization: OrganizationId, user: UserId) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS runs FROM flow_runs WHERE organization_id = $1 AND ended_at IS NULL \
                   AND acknowledged_at IS NULL AND EXISTS (SELECT 1 FROM flow_people WHERE user_id = $2 AND run_id = id)";
        let found = query(&self.read, DOING, sql, [organization.0.into(), user.0.into()]).await?;
        let runs: i64 = found.first().map_or(Ok(0), |row| column(row, "runs"))?;
        Ok(runs.unsigned_abs())
    }

    /// Somebody takes a run up, or gives it to somebody else: nobody further is told. The run as it is then; nothing when it is
    /// over, or had been acknowledged before by whoever does it. `ways` are those by which whoever gets it may be told, and when.
    pub async fn act_on_flow(
        &self,
        organization: OrganizationId,
        id: FlowRunId,
        act: FlowAct,
        by: UserId,
        now: Timestamp,
        ways: &[(Way, Timestamp)],
    ) -> Result<Option<Run>, StoreError> {
        let transaction = self.begin().await?;
        let to = match act {
            FlowAct::Acknowledge | FlowAct::TakeUp => by,
            FlowAct::HandOver(to) => to,
        };
        let sql = "UPDATE flow_runs SET next_at = NULL, acknowledged_at = $3, acknowledged_by = $4 \
                   WHERE organization_id = $1 AND id = $2 AND ended_at IS NULL \
                   AND (acknowledged_by IS NULL OR ($5 AND acknowledged_by <> $4)) RETURNING *";
        let takes_over = act != FlowAct::TakeUp;
        let values: [Value; 5] =
            [organization.0.into(), id.0.into(), micros(now).into(), to.0.into(), takes_over.into()];
        let found: Vec<flow_run::Model> = rows(&transaction, DOING, sql, values).await?;
        let Some(row) = found.into_iter().next() else { return Ok(None) };
        let mut run = row.run()?;
        let (action, detail) = match act {
            FlowAct::Acknowledge | FlowAct::TakeUp => ("flow.acknowledge", json!({ "flow": run.flow })),
            FlowAct::HandOver(to) => ("flow.hand_over", json!({ "flow": run.flow, "to": to })),
        };
        if let FlowAct::HandOver(to) = act {
            let number = run.place.told;
            run.place.told += 1;
            run.place.reached += 1;
            let told =
                Told { number, due_at: now, at: now, target: Target::Person(to), people: vec![to], missed: None };
            let moved = [(run.clone(), vec![told])];
            write_moved(&transaction, &moved).await?;
            notices::note(&transaction, organization, &moved, &|_| ways.to_vec()).await?;
            if self.announces() {
                let told = told_of(&moved);
                announcements::note(&transaction, organization, told).await?;
            }
        }
        if to == by {
            // Whoever has taken it up need not be told of it.
            notices::forget_of(&transaction, run.id, by).await?;
        }
        if self.announces() {
            let taken = vec![(&run, Happened::Acknowledged { by, at: now })];
            announcements::note(&transaction, organization, taken).await?;
        }
        let entry = AuditEntry {
            at: now,
            actor: Actor::User { user: by },
            action: action.to_owned(),
            subject: format!("case/{}", run.case),
            case: Some(run.case),
            detail,
        };
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(Some(run))
    }

    async fn with_history(&self, runs: Vec<Run>) -> Result<Vec<FlowRow>, StoreError> {
        let ids: Vec<Uuid> = runs.iter().map(|run| run.id.0).collect();
        let mut told: HashMap<Uuid, Vec<Told>> = HashMap::new();
        let sql = "SELECT * FROM flow_told WHERE run_id IN {} ORDER BY run_id, number";
        for row in query_in(&self.read, DOING, sql, &ids).await? {
            let number: i64 = column(&row, "number")?;
            told.entry(column(&row, "run_id")?).or_default().push(Told {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                due_at: time(column(&row, "due_at")?),
                at: time(column(&row, "at")?),
                target: from_json("whom a flow told", &column::<String>(&row, "target")?)?,
                people: from_json("whom a flow told", &column::<String>(&row, "people")?)?,
                missed: column::<Option<String>>(&row, "missed")?.as_deref().and_then(Missed::parse),
            });
        }
        let cases: Vec<Uuid> = runs.iter().map(|run| run.case.0).collect();
        let mut heads: HashMap<Uuid, (i64, String)> = HashMap::new();
        for row in query_in(&self.read, DOING, "SELECT id, number, subject FROM cases WHERE id IN {}", &cases).await? {
            heads.insert(column(&row, "id")?, (column(&row, "number")?, column(&row, "subject")?));
        }
        let row = |run: Run| {
            let (case_number, case_subject) = heads.get(&run.case.0).cloned().unwrap_or_default();
            FlowRow { told: told.remove(&run.id.0).unwrap_or_default(), run, case_number, case_subject }
        };
        Ok(runs.into_iter().map(row).collect())
    }
}

/// Starts and ends what the commits say; with `announces`, what ended is kept for another system.
pub async fn write(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    commits: &[CaseCommit],
    announces: bool,
) -> Result<(), StoreError> {
    let mut started = Rows::insert(
        "flow_runs",
        "id, organization_id, case_id, flow, because, rule, steps, started_at, round, step, told, reached, next_at",
        "ON CONFLICT (id) DO NOTHING",
    );
    for CaseCommit { case, flows, flows_ended, .. } in commits {
        for run in flows {
            started.push([
                run.id.0.into(),
                organization.0.into(),
                case.id.0.into(),
                run.flow.as_str().into(),
                run.because.as_str().into(),
                run.rule.as_str().into(),
                json(&run.steps).into(),
                micros(run.started_at).into(),
                0_i64.into(),
                0_i64.into(),
                0_i64.into(),
                0_i64.into(),
                run.next_at.map(micros).into(),
            ]);
        }
        for FlowEnd { flow, started_at, ended } in flows_ended {
            let sql = "UPDATE flow_runs SET next_at = NULL, ended_at = $4, ended_how = $5, ended_note = $6 \
                       WHERE case_id = $1 AND flow = $2 AND started_at = $3 AND ended_at IS NULL RETURNING *";
            let values: [Value; 6] = [
                case.id.0.into(),
                flow.as_str().into(),
                micros(*started_at).into(),
                micros(ended.at).into(),
                ended.how.as_str().into(),
                ended.note.clone().into(),
            ];
            let over: Vec<flow_run::Model> = rows(db, DOING, sql, values).await?;
            if announces {
                let over = over.into_iter().map(flow_run::Model::run).collect::<Result<Vec<_>, _>>()?;
                let over = over.iter().map(|run| (run, Happened::Ended(ended))).collect();
                announcements::note(db, organization, over).await?;
            }
        }
    }
    started.write(db, DOING).await?;
    Ok(())
}

async fn write_moved(db: &impl ConnectionTrait, moved: &[(Run, Vec<Told>)]) -> Result<(), StoreError> {
    let mut history = Rows::insert(
        "flow_told",
        "run_id, number, due_at, at, target, people, missed",
        // The row of the run says how far it is; the same step twice is a defect that must not go unseen.
        "",
    );
    let mut people = Rows::insert("flow_people", "user_id, run_id", "ON CONFLICT (user_id, run_id) DO NOTHING");
    for (run, told) in moved {
        let sql = "UPDATE flow_runs SET round = $2, step = $3, told = $4, reached = $5, next_at = $6 WHERE id = $1";
        let values: [Value; 6] = [
            run.id.0.into(),
            i64::from(run.place.round).into(),
            i64::from(run.place.step).into(),
            i64::from(run.place.told).into(),
            i64::from(run.place.reached).into(),
            run.next_at.map(micros).into(),
        ];
        execute(db, DOING, sql, values).await?;
        for told in told {
            history.push([
                run.id.0.into(),
                i64::from(told.number).into(),
                micros(told.due_at).into(),
                micros(told.at).into(),
                json(&told.target).into(),
                json(&told.people).into(),
                told.missed.map(Missed::as_str).into(),
            ]);
        }
        let mut reached: Vec<UserId> = told.iter().flat_map(|told| told.people.iter().copied()).collect();
        reached.sort_unstable();
        reached.dedup();
        for user in reached {
            people.push([user.0.into(), run.id.0.into()]);
        }
    }
    history.write(db, DOING).await?;
    people.write(db, DOING).await?;
    Ok(())
}

fn told_of(moved: &[(Run, Vec<Told>)]) -> Vec<(&Run, Happened<'_>)> {
    let mut all = Vec::new();
    for (run, told) in moved {
        all.extend(told.iter().map(|told| (run, Happened::Told(told))));
    }
    all
}

fn entry_of(run: &Run, told: &Told) -> AuditEntry {
    let mut detail = json!({ "flow": run.flow, "target": told.target, "people": told.people, "due_at": told.due_at });
    if let (Some(missed), Some(detail)) = (told.missed, detail.as_object_mut()) {
        detail.insert("missed".to_owned(), json!(missed));
    }
    AuditEntry {
        at: told.at,
        actor: Actor::System,
        action: "flow.tell".to_owned(),
        subject: format!("case/{}", run.case),
        case: Some(run.case),
        detail,
    }
}

fn column<T: sea_orm::TryGetable>(row: &sea_orm::QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(|source| StoreError::Database { doing: DOING, source })
}
