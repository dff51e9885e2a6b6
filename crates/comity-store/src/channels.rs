//! Channels that flows tell, and the messages to them.
//!
//! What a step is to tell a channel is a row from the commit of the step on. It goes into one message with everything that is
//! due by then; a channel has one message on its way at a time. A message is counted and its text is kept before it is sent,
//! so that a worker that dies leaves one whose arrival is asked about, and never one that is lost.

use crate::{
    Store, StoreError,
    audit::{append_new, entry},
    codec::{from_json, json, micros, time},
    entity::flow_run,
    open::{commit, skip_locked},
    sql::{Rows, execute, query, rows, rows_in},
};
use comity_domain::{
    ConnectionId, OrganizationId, Timestamp,
    audit::{Actor, AuditEntry},
    flow::{Run, Target, Told},
};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::json;
use uuid::Uuid;

const DOING: &str = "tell channels";

/// Where a channel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub name: String,
    pub connection: ConnectionId,
    /// The room, the mailbox or whatever the connector sends to.
    pub address: String,
    /// When the last message left.
    pub sent_at: Option<Timestamp>,
}

/// A message that this worker is to send, or to ask about.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelMessage {
    pub id: Uuid,
    pub channel: String,
    pub connection: ConnectionId,
    pub address: String,
    /// As it was sent before; empty before the first attempt.
    pub text: String,
    /// Those that still wait for somebody.
    pub runs: Vec<Run>,
    /// This attempt included; whoever counts further has taken the message over.
    pub attempts: i64,
    /// It may have arrived, so that is asked first.
    pub look_up: bool,
    notices: Vec<(Uuid, i64)>,
}

impl Store {
    /// By name.
    pub async fn channels(&self, organization: OrganizationId) -> Result<Vec<Channel>, StoreError> {
        let sql = "SELECT * FROM channels WHERE organization_id = $1 ORDER BY name";
        query(&self.read, DOING, sql, [organization.0.into()]).await?.iter().map(channel).collect()
    }

    pub async fn bind_channel(
        &self,
        organization: OrganizationId,
        channel: &Channel,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO channels (organization_id, name, connection_id, address) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (organization_id, name) DO UPDATE SET connection_id = $3, address = $4";
        let values: [Value; 4] = [
            organization.0.into(),
            channel.name.as_str().into(),
            channel.connection.0.into(),
            channel.address.as_str().into(),
        ];
        execute(&transaction, DOING, sql, values).await?;
        let detail = json!({ "connection": channel.connection, "address": channel.address });
        let entry = entry(actor, now, "channel.bind", format!("channel/{}", channel.name), detail);
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }

    /// Whether it was bound. What it was still to be told reaches nobody.
    pub async fn unbind_channel(
        &self,
        organization: OrganizationId,
        name: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM channels WHERE organization_id = $1 AND name = $2";
        if execute(&transaction, DOING, sql, [organization.0.into(), name.into()]).await? == 0 {
            return Ok(false);
        }
        let notices = take_notices(&transaction, organization, name).await?;
        unheard(&transaction, organization, name, &notices, "the channel was taken off its connection", now).await?;
        let entry = entry(actor, now, "channel.unbind", format!("channel/{name}"), json!({}));
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await?;
        Ok(true)
    }

    /// Makes messages of what is due, for the channels that were told nothing after `not_since` and have none on its way.
    pub async fn compose_channel_messages(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        not_since: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "SELECT * FROM channels WHERE organization_id = $1 AND (sent_at IS NULL OR sent_at <= $2) \
                   AND EXISTS (SELECT 1 FROM channel_notices AS n WHERE n.organization_id = $1 AND n.channel = name) \
                   AND NOT EXISTS (SELECT 1 FROM channel_messages AS m WHERE m.organization_id = $1 \
                   AND m.channel = name AND m.next_at IS NOT NULL)";
        let values: [Value; 2] = [organization.0.into(), micros(not_since).into()];
        for row in query(&self.read, DOING, sql, values).await? {
            let channel = channel(&row)?;
            let transaction = self.begin().await?;
            let notices = take_notices(&transaction, organization, &channel.name).await?;
            let sql = "INSERT INTO channel_messages (id, organization_id, channel, connection_id, address, text, \
                       notices, state, attempts, next_at) VALUES ($1, $2, $3, $4, $5, '', $6, 'due', 0, $7) \
                       ON CONFLICT DO NOTHING";
            let values: [Value; 7] = [
                Uuid::now_v7().into(),
                organization.0.into(),
                channel.name.as_str().into(),
                channel.connection.0.into(),
                channel.address.as_str().into(),
                json(&notices).into(),
                micros(now).into(),
            ];
            // Another worker may have been quicker; what it left waits for the next message.
            if !notices.is_empty() && execute(&transaction, DOING, sql, values).await? == 1 {
                commit(transaction).await?;
            }
        }
        Ok(())
    }

    /// Messages that are due, for this worker alone until `until`.
    pub async fn take_channel_messages(
        &self,
        organization: OrganizationId,
        now: Timestamp,
        until: Timestamp,
        limit: u64,
    ) -> Result<Vec<ChannelMessage>, StoreError> {
        let due = "SELECT 1 AS found FROM channel_messages WHERE organization_id = $1 AND next_at <= $2 LIMIT 1";
        if query(&self.read, DOING, due, [organization.0.into(), micros(now).into()]).await?.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.begin().await?;
        let sql = format!(
            "SELECT * FROM channel_messages WHERE organization_id = $1 AND next_at <= $2 ORDER BY next_at, id LIMIT $3{}",
            skip_locked(&transaction)
        );
        let values: [Value; 3] = [organization.0.into(), micros(now).into(), (limit as i64).into()];
        let mut taken = Vec::new();
        for row in query(&transaction, DOING, &sql, values).await? {
            let notices: Vec<(Uuid, i64)> = from_json("what a channel is told", &column::<String>(&row, "notices")?)?;
            let mut ids: Vec<Uuid> = notices.iter().map(|(run, _)| *run).collect();
            ids.sort_unstable();
            ids.dedup();
            let found: Vec<flow_run::Model> =
                rows_in(&transaction, DOING, "SELECT * FROM flow_runs WHERE id IN {}", &ids).await?;
            let mut runs = found.into_iter().map(flow_run::Model::run).collect::<Result<Vec<_>, _>>()?;
            runs.retain(Run::waits);
            runs.sort_by_key(|run| (run.started_at, run.id));
            let message = ChannelMessage {
                id: column(&row, "id")?,
                channel: column(&row, "channel")?,
                connection: ConnectionId(column(&row, "connection_id")?),
                address: column(&row, "address")?,
                text: column(&row, "text")?,
                runs,
                attempts: column::<i64>(&row, "attempts")? + 1,
                look_up: column::<String>(&row, "state")? != "due",
                notices,
            };
            // One that is only taken has not been sent; it is `sending` from when its text is kept.
            let sql = "UPDATE channel_messages SET attempts = $2, next_at = $3 WHERE id = $1";
            let values: [Value; 3] = [message.id.into(), message.attempts.into(), micros(until).into()];
            execute(&transaction, DOING, sql, values).await?;
            taken.push(message);
        }
        commit(transaction).await?;
        Ok(taken)
    }

    /// Keeps the text that is about to leave, and that it may have left from now on. False when another worker has the message.
    pub async fn sending_to_channel(
        &self,
        message: &ChannelMessage,
        text: &str,
        echo: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE channel_messages SET state = 'sending', text = $3, echo = $4 WHERE id = $1 AND attempts = $2 \
                   AND next_at IS NOT NULL";
        let values: [Value; 4] = [message.id.into(), message.attempts.into(), text.into(), echo.into()];
        let changed = execute(&transaction, DOING, sql, values).await?;
        commit(transaction).await?;
        Ok(changed == 1)
    }

    /// It has arrived (`Some`), or there is nothing left to say.
    pub async fn channel_told(
        &self,
        organization: OrganizationId,
        message: &ChannelMessage,
        post: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let state = if post.is_some() { "sent" } else { "left_out" };
        let sql = "UPDATE channel_messages SET state = $3, post_id = $4, next_at = NULL, error = NULL, text = '' \
                   WHERE id = $1 AND attempts = $2 AND next_at IS NOT NULL";
        let values: [Value; 4] = [message.id.into(), message.attempts.into(), state.into(), post.into()];
        if execute(&transaction, DOING, sql, values).await? == 1 && post.is_some() {
            let sql = "UPDATE channels SET sent_at = $3 WHERE organization_id = $1 AND name = $2";
            let values: [Value; 3] = [organization.0.into(), message.channel.as_str().into(), micros(now).into()];
            execute(&transaction, DOING, sql, values).await?;
        }
        commit(transaction).await
    }

    /// Tried again then; asked about first when it may have arrived.
    pub async fn channel_later(
        &self,
        message: &ChannelMessage,
        may_have_arrived: bool,
        error: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let state = if may_have_arrived { "unknown" } else { "due" };
        let transaction = self.begin().await?;
        let sql = "UPDATE channel_messages SET state = $3, error = $4, next_at = $5 WHERE id = $1 AND attempts = $2 \
                   AND next_at IS NOT NULL";
        let values: [Value; 5] =
            [message.id.into(), message.attempts.into(), state.into(), error.into(), micros(at).into()];
        execute(&transaction, DOING, sql, values).await?;
        commit(transaction).await
    }

    /// Given up: it reached nobody, which its flows learn and the audit log keeps.
    pub async fn channel_not_told(
        &self,
        organization: OrganizationId,
        message: &ChannelMessage,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "UPDATE channel_messages SET state = 'given_up', error = $3, next_at = NULL, text = '' \
                   WHERE id = $1 AND attempts = $2 AND next_at IS NOT NULL";
        let values: [Value; 3] = [message.id.into(), message.attempts.into(), why.into()];
        if execute(&transaction, DOING, sql, values).await? == 1 {
            unheard(&transaction, organization, &message.channel, &message.notices, why, now).await?;
        }
        commit(transaction).await
    }

    /// Keeps a message that is sent to try a channel out, so that it is known when it comes back.
    pub async fn testing_channel(
        &self,
        organization: OrganizationId,
        id: Uuid,
        channel: &Channel,
        echo: Vec<u8>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let sql = "INSERT INTO channel_messages (id, organization_id, channel, connection_id, address, text, echo, \
                   notices, state, attempts) VALUES ($1, $2, $3, $4, $5, '', $6, '[]', 'test', 1)";
        let values: [Value; 6] = [
            id.into(),
            organization.0.into(),
            channel.name.as_str().into(),
            channel.connection.0.into(),
            channel.address.as_str().into(),
            echo.into(),
        ];
        execute(&transaction, DOING, sql, values).await?;
        let entry = entry(actor, now, "channel.test", format!("channel/{}", channel.name), json!({}));
        append_new(&transaction, organization, vec![entry]).await?;
        commit(transaction).await
    }

    /// Whether a post is a message to a channel that comes back.
    pub async fn is_channel_message(
        &self,
        connection: ConnectionId,
        post: &str,
        echo: Vec<u8>,
    ) -> Result<bool, StoreError> {
        let sql =
            "SELECT 1 AS found FROM channel_messages WHERE connection_id = $1 AND (post_id = $2 OR echo = $3) LIMIT 1";
        let values: [Value; 3] = [connection.0.into(), post.into(), echo.into()];
        Ok(!query(&self.read, DOING, sql, values).await?.is_empty())
    }
}

/// Notes which channels these tellings are for.
pub async fn note(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    moved: &[(Run, Vec<Told>)],
) -> Result<(), StoreError> {
    let mut notices = Rows::insert(
        "channel_notices",
        "organization_id, channel, run_id, number",
        "ON CONFLICT (organization_id, channel, run_id, number) DO NOTHING",
    );
    for (run, told) in moved {
        for told in told.iter().filter(|told| told.missed.is_none()) {
            if let Target::Channel(name) = &told.target {
                let number = i64::from(told.number);
                notices.push([organization.0.into(), name.as_str().into(), run.id.0.into(), number.into()]);
            }
        }
    }
    notices.write(db, DOING).await?;
    Ok(())
}

async fn take_notices(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    channel: &str,
) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let sql = "DELETE FROM channel_notices WHERE organization_id = $1 AND channel = $2 RETURNING run_id, number";
    let found = query(db, DOING, sql, [organization.0.into(), channel.into()]).await?;
    found.iter().map(|row| Ok((column(row, "run_id")?, column(row, "number")?))).collect()
}

/// Tells the flows that wait that nobody heard them there.
async fn unheard(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    channel: &str,
    notices: &[(Uuid, i64)],
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut entries = Vec::new();
    for (id, _) in notices {
        // Writing what is there keeps a step that is being taken elsewhere out until this is committed.
        let sql = "UPDATE flow_runs SET reached = reached WHERE organization_id = $1 AND id = $2 RETURNING *";
        let found: Vec<flow_run::Model> = rows(db, DOING, sql, [organization.0.into(), (*id).into()]).await?;
        let Some(row) = found.into_iter().next() else { continue };
        let mut run = row.run()?;
        if !run.waits() {
            continue;
        }
        run.unheard(now);
        let sql = "UPDATE flow_runs SET reached = $2, next_at = $3 WHERE id = $1";
        let values: [Value; 3] = [(*id).into(), i64::from(run.place.reached).into(), run.next_at.map(micros).into()];
        execute(db, DOING, sql, values).await?;
        entries.push(AuditEntry {
            at: now,
            actor: Actor::System,
            action: "flow.channel_failed".to_owned(),
            subject: format!("case/{}", run.case),
            case: Some(run.case),
            detail: json!({ "flow": run.flow, "channel": channel, "why": why }),
        });
    }
    append_new(db, organization, entries).await
}

fn channel(row: &QueryResult) -> Result<Channel, StoreError> {
    Ok(Channel {
        name: column(row, "name")?,
        connection: ConnectionId(column(row, "connection_id")?),
        address: column(row, "address")?,
        sent_at: column::<Option<i64>>(row, "sent_at")?.map(time),
    })
}

fn column<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<T, StoreError> {
    row.try_get("", name).map_err(|source| StoreError::Database { doing: DOING, source })
}
