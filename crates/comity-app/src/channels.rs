//! Telling channels what escalates: a room, a mailbox, whatever a connection can send to.
//!
//! The policy names a channel; an administrator says where it is. A channel gets one message at a time, with everything that
//! is due by then; the next leaves a while later at the earliest. What has been taken up or is over by then is left out. A
//! message says which case and why, and nothing that somebody wrote; it has no link that takes anything up, since a room is
//! many people.

use crate::{
    App, AppError,
    accounts::secret,
    changes::Change,
    connections::{Leftovers, Runtime},
};
use comity_domain::{
    ConnectionId, Timestamp,
    audit::Actor,
    flow::{Missed, Reach, Run},
    inbound::InboundEvent,
    post::Visibility,
};
use comity_plugin_host::{CallOutput, Capability, ErrorCode, HostError, Plugin, Reply};
use comity_store::{Channel, ChannelMessage, ConnectionStatus, IngestBatch};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;

/// What a connector says of itself that can send messages which answer nothing.
pub const FEATURE: &str = "messages";
/// Most messages in one go.
const BATCH: u64 = 20;
/// Runs that a message tells of one by one.
const MOST_TOLD: usize = 20;
/// Bytes of the longest address; the host takes no longer ids.
const LONGEST_ADDRESS: usize = 1_024;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelConfig {
    /// The least time between two messages to one channel; what comes meanwhile goes together in the next.
    pub between_seconds: u64,
    pub most_attempts: i64,
    pub first_retry_seconds: u64,
    pub longest_retry_seconds: u64,
    /// How long one attempt may take before another worker may look.
    pub lease_seconds: u64,
    pub scan_seconds: u64,
}

impl Default for ChannelConfig {
    fn default() -> Self {
        Self {
            between_seconds: 60,
            most_attempts: 8,
            first_retry_seconds: 10,
            longest_retry_seconds: 600,
            lease_seconds: 120,
            scan_seconds: 5,
        }
    }
}

/// A channel of the policy and where it is.
pub struct ChannelView {
    pub name: String,
    /// What it is for, by the policy; empty for one that the policy no longer has.
    pub about: String,
    pub bound: Option<Channel>,
    /// Why a flow could not tell it now.
    pub missed: Option<Missed>,
}

/// How trying a channel out went.
pub enum Tried {
    Sent,
    Failed { message: String, advice: Option<String> },
}

/// What flows ask when they are to tell channels.
pub(crate) struct Reachable(BTreeMap<String, Result<(), Missed>>);

impl Reachable {
    pub(crate) fn reach(&self, name: &str) -> Reach {
        match self.0.get(name) {
            Some(Ok(())) => Reach::Channel,
            Some(Err(missed)) => Reach::Missed(*missed),
            None => Reach::Missed(Missed::Unbound),
        }
    }
}

/// What came of an attempt.
enum Outcome {
    Arrived {
        post: String,
    },
    /// It surely did not arrive, or nobody can say.
    Later {
        may_have_arrived: bool,
        why: String,
        asked: Option<Duration>,
    },
    Refused {
        why: String,
    },
}

pub async fn run(app: Arc<App>) {
    let scan = Duration::from_secs(app.config.channels.scan_seconds.max(1));
    while !app.stop.is_cancelled() {
        match app.tell_channels().await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "telling channels failed; it is tried again"),
        }
        tokio::select! {
            () = app.wake.channels.notified() => {}
            () = tokio::time::sleep(scan) => {}
            () = app.stop.cancelled() => {}
        }
    }
}

impl App {
    /// Every channel of the live policy, and those that are still bound.
    pub async fn channels(&self) -> Result<Vec<ChannelView>, AppError> {
        let mut bound: BTreeMap<String, Channel> =
            self.store.channels(self.organization).await?.into_iter().map(|one| (one.name.clone(), one)).collect();
        let reachable = self.reachable_channels().await?;
        let live = self.live_policy()?;
        let mut names = live.policy.settings().channels.clone();
        for name in bound.keys() {
            names.entry(name.clone()).or_default();
        }
        let view = |(name, about): (String, String)| {
            let missed = match reachable.reach(&name) {
                Reach::Missed(missed) => Some(missed),
                Reach::Channel | Reach::People(_) => None,
            };
            ChannelView { bound: bound.remove(&name), missed, name, about }
        };
        Ok(names.into_iter().map(view).collect())
    }

    /// Says where a channel is.
    pub async fn bind_channel(
        &self,
        name: &str,
        connection: ConnectionId,
        address: &str,
        actor: &Actor,
    ) -> Result<(), AppError> {
        if !self.live_policy()?.policy.settings().channels.contains_key(name) {
            return Err(AppError::NotFound { what: "channel" });
        }
        let address = address.trim();
        if address.is_empty() || address.len() > LONGEST_ADDRESS || address.contains(char::is_control) {
            let message = format!("say in one line of up to {LONGEST_ADDRESS} bytes where the messages go");
            return Err(AppError::invalid("/address", message));
        }
        let found = self.store.connection(self.organization, connection).await?;
        let found = found.ok_or_else(|| AppError::invalid("/connection", "there is no such connection"))?;
        let plugin = self.connections.plugins.get(&found.connector)?;
        if !can_send(&plugin) {
            let name = &plugin.description().name;
            let message =
                format!("{name} can only answer posts, not send messages of its own; choose another connection");
            return Err(AppError::invalid("/connection", message));
        }
        let channel = Channel { name: name.to_owned(), connection, address: address.to_owned(), sent_at: None };
        self.store.bind_channel(self.organization, &channel, actor, self.clock.now()).await?;
        self.changes.tell(Change::Connection { id: connection });
        Ok(())
    }

    /// What it was still to be told reaches nobody; its flows go on.
    pub async fn unbind_channel(&self, name: &str, actor: &Actor) -> Result<(), AppError> {
        let was_bound = self.store.unbind_channel(self.organization, name, actor, self.clock.now()).await?;
        self.wake.timers.notify_one();
        was_bound.then_some(()).ok_or(AppError::NotFound { what: "channel that is bound" })
    }

    /// Sends a message that says that it is a test, now and once.
    pub async fn try_channel(&self, name: &str, actor: &Actor) -> Result<Tried, AppError> {
        let channels = self.store.channels(self.organization).await?;
        let channel = channels.into_iter().find(|channel| channel.name == name);
        let channel = channel.ok_or(AppError::NotFound { what: "channel that is bound" })?;
        let runtime = self.runtime(channel.connection).await?;
        if !can_send(&runtime.plugin) {
            let message = "this connection cannot send messages of its own".to_owned();
            return Ok(Tried::Failed { message, advice: Some("Bind the channel to another one.".into()) });
        }
        let url = self.config.public_url.trim_end_matches('/');
        let id = Uuid::now_v7();
        // The id makes two tests two messages, and tells what comes back of them from a post.
        let text = format!("This is a test of the channel {name}, number {}. {url}/escalations", id.simple());
        let (echo, now) = (echo(&text), self.clock.now());
        self.store.testing_channel(self.organization, id, &channel, echo, actor, now).await?;
        let turn = runtime.turn.lock().await;
        let context = runtime.context(now);
        let mut output = runtime.plugin.send(context, message(&channel.address, text), key(id), 1).await;
        let left = runtime.absorb(self, &mut output)?;
        drop(turn);
        self.keep_leftovers(&runtime, left).await?;
        Ok(match output {
            Ok(CallOutput { result: Ok(_), .. }) => Tried::Sent,
            Ok(CallOutput { result: Err(error), .. }) => Tried::Failed { message: error.message, advice: error.advice },
            Err(error) => Tried::Failed { message: error.to_string(), advice: None },
        })
    }

    pub(crate) async fn reachable_channels(&self) -> Result<Reachable, AppError> {
        let channels = self.store.channels(self.organization).await?;
        if channels.is_empty() {
            return Ok(Reachable(BTreeMap::new()));
        }
        let connections = self.store.connections(self.organization).await?;
        let connections: HashMap<ConnectionId, _> = connections.into_iter().map(|one| (one.id, one)).collect();
        let reach = |channel: &Channel| {
            let connection = connections.get(&channel.connection).ok_or(Missed::Unbound)?;
            if connection.status == ConnectionStatus::Paused {
                return Err(Missed::Paused);
            }
            let plugin = self.connections.plugins.get(&connection.connector).map_err(|_| Missed::CannotSend)?;
            if can_send(&plugin) { Ok(()) } else { Err(Missed::CannotSend) }
        };
        Ok(Reachable(channels.iter().map(|channel| (channel.name.clone(), reach(channel))).collect()))
    }

    /// Sends what is due; how many messages that were.
    pub async fn tell_channels(&self) -> Result<usize, AppError> {
        let (config, now) = (&self.config.channels, self.clock.now());
        let not_since = later(now, -i64::try_from(config.between_seconds).unwrap_or(i64::MAX));
        self.store.compose_channel_messages(self.organization, now, not_since).await?;
        let until = later(now, config.lease_seconds.cast_signed());
        let taken = self.store.take_channel_messages(self.organization, now, until, BATCH).await?;
        let count = taken.len();
        for message in taken {
            self.tell_channel(&message).await?;
        }
        Ok(count)
    }

    async fn tell_channel(&self, due: &ChannelMessage) -> Result<(), AppError> {
        let mut left = Vec::new();
        let runtime = match self.runtime(due.connection).await {
            Ok(runtime) => runtime,
            Err(AppError::NotFound { what }) => {
                let why = format!("there is no such {what}");
                return self.channel_outcome(due, Outcome::Refused { why }).await;
            }
            Err(error) => {
                let why = error.to_string();
                let outcome = Outcome::Later { may_have_arrived: due.look_up, why, asked: None };
                return self.channel_outcome(due, outcome).await;
            }
        };
        if runtime.is_paused {
            let why = "the connection is paused".to_owned();
            let outcome = Outcome::Later { may_have_arrived: due.look_up, why, asked: None };
            return self.channel_outcome(due, outcome).await;
        }
        let turn = runtime.turn.lock().await;
        let outcome = self.carry_message_out(&runtime, due, &mut left).await;
        // What came of it is recorded before anything else is stored: a receipt that is lost would be a message sent twice.
        let recorded = match outcome {
            Ok(Some(outcome)) => self.channel_outcome(due, outcome).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        drop(turn);
        for left in left {
            self.keep_leftovers(&runtime, left).await?;
        }
        recorded
    }

    /// Nothing when there is nothing to record: another worker has it, or all of it was taken up.
    async fn carry_message_out(
        &self,
        runtime: &Runtime,
        due: &ChannelMessage,
        left: &mut Vec<Leftovers>,
    ) -> Result<Option<Outcome>, AppError> {
        if due.look_up {
            let context = runtime.context(self.clock.now());
            let sent = message(&due.address, due.text.clone());
            let mut output = runtime.plugin.lookup(context, sent, key(due.id)).await;
            left.push(runtime.absorb(self, &mut output)?);
            match output {
                Ok(CallOutput { result: Ok(Some(receipt)), .. }) => {
                    return Ok(Some(Outcome::Arrived { post: receipt.external_id }));
                }
                Ok(CallOutput { result: Ok(None), .. }) => {}
                Ok(CallOutput { result: Err(error), .. }) if error.code == ErrorCode::Unsupported => {
                    let why = "nobody can say whether the message arrived, and the platform cannot be asked".into();
                    return Ok(Some(Outcome::Refused { why }));
                }
                Ok(CallOutput { result: Err(error), .. }) => {
                    let (why, asked) = (error.message, error.retry_after);
                    return Ok(Some(Outcome::Later { may_have_arrived: true, why, asked }));
                }
                Err(error) => {
                    let why = error.to_string();
                    return Ok(Some(Outcome::Later { may_have_arrived: true, why, asked: None }));
                }
            }
        }
        if due.runs.is_empty() {
            self.store.channel_told(self.organization, due, None, self.clock.now()).await?;
            return Ok(None);
        }
        let text = self.write_message(&due.runs).await?;
        if !self.store.sending_to_channel(due, &text, echo(&text)).await? {
            return Ok(None);
        }
        let context = runtime.context(self.clock.now());
        let attempt = u32::try_from(due.attempts).unwrap_or(u32::MAX);
        let mut output = runtime.plugin.send(context, message(&due.address, text), key(due.id), attempt).await;
        left.push(runtime.absorb(self, &mut output)?);
        Ok(Some(match output {
            Ok(CallOutput { result: Ok(receipt), .. }) => Outcome::Arrived { post: receipt.external_id },
            Ok(CallOutput { result: Err(error), .. }) if error.ambiguous => {
                Outcome::Later { may_have_arrived: true, why: error.message, asked: error.retry_after }
            }
            Ok(CallOutput { result: Err(error), .. }) => match error.code {
                ErrorCode::Refused | ErrorCode::NotFound | ErrorCode::InvalidInput | ErrorCode::Unsupported => {
                    Outcome::Refused { why: error.message }
                }
                ErrorCode::Auth | ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::InvalidConfig => {
                    Outcome::Later { may_have_arrived: false, why: error.message, asked: error.retry_after }
                }
            },
            // Once a request has gone out, nobody can say what became of it.
            Err(error) => {
                let may_have_arrived = matches!(&error, HostError::Stopped(stopped) if stopped.usage.http_requests > 0);
                Outcome::Later { may_have_arrived, why: error.to_string(), asked: None }
            }
        }))
    }

    async fn channel_outcome(&self, due: &ChannelMessage, outcome: Outcome) -> Result<(), AppError> {
        let (config, now) = (&self.config.channels, self.clock.now());
        let result = match outcome {
            Outcome::Arrived { post } => {
                self.store.channel_told(self.organization, due, Some(&post), now).await?;
                "sent"
            }
            Outcome::Later { may_have_arrived, why, asked } if due.attempts < config.most_attempts => {
                let doublings = u32::try_from(due.attempts - 1).unwrap_or(0).min(20);
                let wait = config.first_retry_seconds.saturating_mul(1 << doublings).min(config.longest_retry_seconds);
                let wait = wait.max(asked.unwrap_or_default().as_secs());
                let at = later(now, wait.cast_signed());
                tracing::warn!(channel = due.channel, attempts = due.attempts, why, "a channel could not be told");
                self.store.channel_later(due, may_have_arrived, &why, at).await?;
                "retry"
            }
            Outcome::Later { why, .. } | Outcome::Refused { why } => {
                tracing::warn!(channel = due.channel, attempts = due.attempts, why, "telling a channel is given up");
                self.store.channel_not_told(self.organization, due, &why, now).await?;
                // Their flows go on without it.
                self.wake.timers.notify_one();
                self.changes.tell(Change::Flows);
                "given_up"
            }
        };
        metrics::counter!("comity_channel_messages_total", "result" => result).increment(1);
        Ok(())
    }

    async fn write_message(&self, runs: &[Run]) -> Result<String, AppError> {
        let prefix = self.organization().await?.key_prefix;
        let url = self.config.public_url.trim_end_matches('/');
        let mut parts = Vec::new();
        for run in runs.iter().take(MOST_TOLD) {
            let Some(row) = self.store.flow_run(self.organization, run.id).await? else { continue };
            let key = format!("{prefix}-{}", row.case_number);
            parts.push(format!("{key}: {} (flow {})\n{url}/cases/{key}", run.because, run.flow));
        }
        let more = runs.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            parts.push(format!("And {more} more: {url}/escalations?state=waiting"));
        }
        Ok(parts.join("\n\n"))
    }

    /// Takes out of a batch what channels were told: it is no post of anybody.
    pub(crate) async fn leave_channel_messages_out(&self, batch: &mut IngestBatch) -> Result<(), AppError> {
        // Every such message has a link to these pages, and hardly anything else has, so that others are not looked up.
        let url = self.config.public_url.trim_end_matches('/');
        let mut at = 0;
        while let Some(event) = batch.events.get(at) {
            let (InboundEvent::PostCreated(post) | InboundEvent::PostEdited(post)) = event else {
                at += 1;
                continue;
            };
            if post.text.contains(url)
                && self.store.is_channel_message(batch.connection, &post.external_id, echo(&post.text)).await?
            {
                batch.events.remove(at);
            } else {
                at += 1;
            }
        }
        Ok(())
    }
}

/// Whether a connector sends messages that answer nothing.
fn can_send(plugin: &Plugin) -> bool {
    plugin.can(Capability::Actions) && plugin.description().features.iter().any(|feature| feature == FEATURE)
}

/// A message is a reply to nothing, in the conversation that it goes to.
fn message(address: &str, text: String) -> Reply {
    let conversation = Some(address.to_owned());
    Reply { text, parent: None, root: None, conversation, visibility: Visibility::Private, lang: None }
}

fn key(id: Uuid) -> String {
    format!("channel-{}", id.simple())
}

/// Names a text however a platform breaks its lines.
fn echo(text: &str) -> Vec<u8> {
    secret::hash(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    let end = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(end)
}
