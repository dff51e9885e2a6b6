//! What people are to be told about escalations outside of the pages, and the links in that.
//!
//! A notice is a row until it has left, by mail or by push. Taking one puts its next attempt off first, so that a worker that dies costs
//! a delay and a message that may come twice, and never one that is lost.

use crate::{
    Store, StoreError,
    audit::append_new,
    codec::{micros, time},
    entity::flow_run,
    open::commit,
    sql::{Rows, execute, query, rows_in},
};
use comity_domain::{
    FlowRunId, OrganizationId, Timestamp, UserId,
    audit::{Actor, AuditEntry},
    flow::{Run, Told},
    notify::Way,
};
use sea_orm::{ConnectionTrait, Value};
use serde_json::json;
use uuid::Uuid;

const DOING: &str = "tell people";

/// What goes to one person in one message.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticesDue {
    pub user: UserId,
    pub way: Way,
    /// Those that are still theirs to see to.
    pub runs: Vec<Run>,
    /// How often the one that was tried most has been tried, this time included.
    pub attempts: i64,
    taken: Vec<(Uuid, i64)>,
}

/// A link that takes a run up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowLink {
    pub run: FlowRunId,
    pub user: UserId,
    pub until: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl Store {
    /// People to whom something is due by a way, each with all of it; nobody who was sent anything by it after `not_since`. What is taken is due
    /// again at `again_at` unless it is settled before.
    pub async fn take_notices(
        &self,
        organization: OrganizationId,
        way: Way,
        now: Timestamp,
        not_since: Timestamp,
        again_at: Timestamp,
        limit: u64,
    ) -> Result<Vec<NoticesDue>, StoreError> {
        let last = last(way);
        let sql = format!(
            "SELECT DISTINCT user_id FROM notices JOIN users ON users.id = user_id WHERE notices.organization_id = $1 \
             AND send_at <= $2 AND ({last} IS NULL OR {last} <= $3) AND way = $5 LIMIT $4"
        );
        let values: [Value; 5] = [
            organization.0.into(),
            micros(now).into(),
            micros(not_since).into(),
            (limit as i64).into(),
            way.as_str().into(),
        ];
        let mut due = Vec::new();
        for row in query(&self.read, DOING, &sql, values).await? {
            let user: Uuid = column(&row, "user_id")?;
            let sql = "UPDATE notices SET send_at = $3, attempts = attempts + 1 \
                       WHERE user_id = $1 AND way = $4 AND send_at <= $2 RETURNING run_id, number, attempts";
            let values: [Value; 4] = [user.into(), micros(now).into(), micros(again_at).into(), way.as_str().into()];
            let transaction = self.begin().await?;
            let (mut taken, mut attempts) = (Vec::new(), 0);
            for row in query(&transaction, DOING, sql, values).await? {
                taken.push((column(&row, "run_id")?, column(&row, "number")?));
                attempts = attempts.max(column::<i64>(&row, "attempts")?);
            }
            commit(transaction).await?;
            if !taken.is_empty() {
                let runs = self.runs_for(&taken, UserId(user)).await?;
                due.push(NoticesDue { user: UserId(user), way, runs, attempts, taken });
            }
        }
        Ok(due)
    }

    async fn runs_for(&self, taken: &[(Uuid, i64)], user: UserId) -> Result<Vec<Run>, StoreError> {
        let mut ids: Vec<Uuid> = taken.iter().map(|(run, _)| *run).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows: Vec<flow_run::Model> =
            rows_in(&self.read, DOING, "SELECT * FROM flow_runs WHERE id IN {}", &ids).await?;
        let mut runs = rows.into_iter().map(flow_run::Model::run).collect::<Result<Vec<_>, _>>()?;
        runs.retain(|run| run.ended.is_none() && run.acknowledged.is_none_or(|taken| taken.by == user));
        runs.sort_by_key(|run| (run.started_at, run.id));
        Ok(runs)
    }

    /// When the next is due, if people could be told at any time.
    pub async fn next_notice_at(&self, organization: OrganizationId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(send_at) AS at FROM notices WHERE organization_id = $1";
        let found = query(&self.read, DOING, sql, [organization.0.into()]).await?;
        let at: Option<i64> = found.first().map_or(Ok(None), |row| column(row, "at"))?;
        Ok(at.map(time))
    }

    /// The message has left, or there was nothing left to say.
    pub async fn notices_done(&self, due: &NoticesDue, left_at: Option<Timestamp>) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        forget(&transaction, due).await?;
        if let Some(at) = left_at {
            let sql = format!("UPDATE users SET {} = $2 WHERE id = $1", last(due.way));
            execute(&transaction, DOING, &sql, [due.user.0.into(), micros(at).into()]).await?;
        }
        commit(transaction).await
    }

    /// The message did not leave. It is tried again then, or given up, which the audit log keeps.
    pub async fn notices_failed(
        &self,
        organization: OrganizationId,
        due: &NoticesDue,
        again_at: Option<Timestamp>,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        if let Some(again_at) = again_at {
            for (run, number) in &due.taken {
                let sql =
                    "UPDATE notices SET send_at = $4 WHERE user_id = $1 AND run_id = $2 AND number = $3 AND way = $5";
                let values: [Value; 5] = [
                    due.user.0.into(),
                    (*run).into(),
                    (*number).into(),
                    micros(again_at).into(),
                    due.way.as_str().into(),
                ];
                execute(&transaction, DOING, sql, values).await?;
            }
        } else {
            forget(&transaction, due).await?;
            let entry = |run: &Run| AuditEntry {
                at: now,
                actor: Actor::System,
                action: format!("flow.{}_failed", due.way.as_str()),
                subject: format!("case/{}", run.case),
                case: Some(run.case),
                detail: json!({ "flow": run.flow, "to": due.user, "why": why }),
            };
            append_new(&transaction, organization, due.runs.iter().map(entry).collect()).await?;
        }
        commit(transaction).await
    }

    /// Keeps the hashes of links before they leave.
    pub async fn add_flow_links(
        &self,
        organization: OrganizationId,
        links: Vec<(Vec<u8>, FlowLink)>,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let mut rows = Rows::insert("flow_links", "hash, organization_id, run_id, user_id, until", "");
        for (hash, link) in links {
            rows.push([
                hash.into(),
                organization.0.into(),
                link.run.0.into(),
                link.user.0.into(),
                micros(link.until).into(),
            ]);
        }
        rows.write(&transaction, DOING).await?;
        commit(transaction).await
    }

    pub async fn flow_link(&self, organization: OrganizationId, hash: &[u8]) -> Result<Option<FlowLink>, StoreError> {
        let sql = "SELECT * FROM flow_links WHERE organization_id = $1 AND hash = $2";
        let found = query(&self.read, DOING, sql, [organization.0.into(), hash.to_vec().into()]).await?;
        let Some(row) = found.first() else { return Ok(None) };
        Ok(Some(FlowLink {
            run: FlowRunId(column(row, "run_id")?),
            user: UserId(column(row, "user_id")?),
            until: time(column(row, "until")?),
            used_at: column::<Option<i64>>(row, "used_at")?.map(time),
        }))
    }

    /// Whether it was not used before, and is now.
    pub async fn use_flow_link(
        &self,
        organization: OrganizationId,
        hash: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE flow_links SET used_at = $3 WHERE organization_id = $1 AND hash = $2 AND used_at IS NULL \
                   AND until > $3";
        let values: [Value; 3] = [organization.0.into(), hash.to_vec().into(), micros(now).into()];
        let used = execute(&transaction, DOING, sql, values).await?;
        commit(transaction).await?;
        Ok(used > 0)
    }
}

/// The column that says when somebody was last told by a way.
fn last(way: Way) -> &'static str {
    match way {
        Way::Mail => "mailed_at",
        Way::Push => "pushed_at",
    }
}

/// Notes by which ways these tellings reach whom, and when.
pub async fn note(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    moved: &[(Run, Vec<Told>)],
    ways: &(dyn Fn(UserId) -> Vec<(Way, Timestamp)> + Sync),
) -> Result<(), StoreError> {
    let mut notices = Rows::insert(
        "notices",
        "user_id, way, run_id, number, organization_id, send_at, attempts",
        "ON CONFLICT (user_id, way, run_id, number) DO NOTHING",
    );
    for (run, told) in moved {
        for told in told {
            for user in &told.people {
                for (way, at) in ways(*user) {
                    notices.push([
                        user.0.into(),
                        way.as_str().into(),
                        run.id.0.into(),
                        i64::from(told.number).into(),
                        organization.0.into(),
                        micros(at).into(),
                        0_i64.into(),
                    ]);
                }
            }
        }
    }
    notices.write(db, DOING).await?;
    Ok(())
}

/// Whoever it is has seen that run by themselves.
pub async fn forget_of(db: &impl ConnectionTrait, run: FlowRunId, user: UserId) -> Result<(), StoreError> {
    let sql = "DELETE FROM notices WHERE run_id = $1 AND user_id = $2";
    execute(db, DOING, sql, [run.0.into(), user.0.into()]).await?;
    Ok(())
}

async fn forget(db: &impl ConnectionTrait, due: &NoticesDue) -> Result<(), StoreError> {
    for (run, number) in &due.taken {
        let sql = "DELETE FROM notices WHERE user_id = $1 AND run_id = $2 AND number = $3 AND way = $4";
        let values: [Value; 4] = [due.user.0.into(), (*run).into(), (*number).into(), due.way.as_str().into()];
        execute(db, DOING, sql, values).await?;
    }
    Ok(())
}

fn column<T: sea_orm::TryGetable>(row: &sea_orm::QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(|source| StoreError::Database { doing: DOING, source })
}
