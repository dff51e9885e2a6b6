//! One connection at work: its connector, and the state that calls change.
//!
//! Calls that may change state (sign-in tokens, counters) run one at a time; webhooks, which come in crowds, run side by side
//! on a copy. The state is loaded once and written back with the events of the call that changed it.

use crate::{App, AppError, connections::Health};
use comity_domain::{ConnectionId, Timestamp, inbound::InboundEvent};
use comity_plugin_host::{
    Breaker, BreakerSettings, CallContext, CallOutput, CallResult, Description, Grants, HostError, LogLine, Plugin,
    SecretText,
};
use comity_store::{Connection, ConnectionStatus, IngestBatch};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

pub struct Runtime {
    pub id: ConnectionId,
    pub plugin: Arc<Plugin>,
    pub config: serde_json::Value,
    pub grants: Grants,
    pub is_paused: bool,
    company: Option<String>,
    /// Held while a call runs that may change the state; one for the connection, whichever runtime is in use.
    pub turn: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

struct State {
    secrets: BTreeMap<String, SecretText>,
    kv: BTreeMap<String, Vec<u8>>,
    cursor: Option<String>,
    breaker: Breaker,
    health: Health,
    /// Posts from here back are looked at next; from the newest when there is none.
    recheck_before: Option<Timestamp>,
}

/// What a call left to be stored.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// Changes to the connector's own state.
    pub state: Vec<(String, Option<Vec<u8>>)>,
    /// The sealed secrets, when the call changed them.
    pub secrets: Option<Vec<u8>>,
    pub log: Vec<LogLine>,
}

impl Leftovers {
    /// Whether there is anything to store besides log lines.
    pub fn changes_anything(&self) -> bool {
        !self.state.is_empty() || self.secrets.is_some()
    }
}

impl Runtime {
    pub fn new(
        app: &App,
        connection: Connection,
        kv: BTreeMap<String, Vec<u8>>,
        plugin: Arc<Plugin>,
    ) -> Result<Self, AppError> {
        let secrets = app.vault.open_secrets(connection.id, connection.secrets.as_deref().unwrap_or_default())?;
        let restore = |(name, text): (String, String)| {
            let secret = restored(plugin.description(), &name, text)?;
            Some((name, secret))
        };
        let secrets = secrets.into_iter().filter_map(restore).collect();
        let grants = serde_json::from_value(connection.grants)
            .map_err(|error| AppError::internal(format!("the grants of a connection cannot be read: {error}")))?;
        Ok(Self {
            id: connection.id,
            plugin,
            config: connection.config,
            grants,
            is_paused: connection.status == ConnectionStatus::Paused,
            company: connection.company,
            turn: app.connections.turn(connection.id),
            state: Mutex::new(State {
                secrets,
                kv,
                cursor: connection.cursor,
                breaker: Breaker::default(),
                health: serde_json::from_value(connection.health).unwrap_or_default(),
                recheck_before: None,
            }),
        })
    }

    pub fn cursor(&self) -> Option<String> {
        self.state().cursor.clone()
    }

    pub fn set_cursor(&self, cursor: Option<String>) {
        self.state().cursor = cursor;
    }

    pub fn recheck_before(&self) -> Option<Timestamp> {
        self.state().recheck_before
    }

    pub fn set_recheck_before(&self, before: Option<Timestamp>) {
        self.state().recheck_before = before;
    }

    pub fn health<T>(&self, use_it: impl FnOnce(&mut Health) -> T) -> T {
        use_it(&mut self.state().health)
    }

    /// What a call brought, ready to be made durable.
    pub fn batch(
        &self,
        app: &App,
        mut events: Vec<InboundEvent>,
        cursor: Option<Option<String>>,
        left: Leftovers,
    ) -> IngestBatch {
        if let Some(company) = &self.company {
            name_company(&mut events, company);
        }
        app.log_lines(self.id, left.log);
        IngestBatch {
            organization: app.organization,
            connection: self.id,
            events,
            received_at: app.clock.now(),
            cursor,
            state: left.state,
            secrets: left.secrets,
            account: None,
        }
    }

    pub fn context(&self, now: Timestamp) -> CallContext {
        let state = self.state();
        CallContext {
            connection: self.id,
            config: self.config.clone(),
            secrets: state.secrets.clone(),
            kv: state.kv.clone(),
            grants: self.grants.clone(),
            now,
        }
    }

    /// How long nothing is to be asked of this connection, after it failed.
    pub fn refuses(&self, now: Timestamp) -> Option<Duration> {
        let mut state = self.state();
        if state.breaker.admit(now, &BreakerSettings::default()) {
            return None;
        }
        let until = state.breaker.next_try().unwrap_or(now);
        Some(until.duration_since(now).try_into().unwrap_or_default())
    }

    /// Tells the breaker how a call went; how long to wait now, and whether the connection is in quarantine.
    pub fn report(&self, result: CallResult, now: Timestamp, chance: f64) -> (Duration, bool) {
        let mut state = self.state();
        state.breaker.report(result, now, chance, &BreakerSettings::default());
        let until = state.breaker.next_try().unwrap_or(now);
        (until.duration_since(now).try_into().unwrap_or_default(), state.breaker.is_quarantined())
    }

    /// Takes over what a call changed and says what is to be stored.
    pub fn absorb<T>(&self, app: &App, output: &mut Result<CallOutput<T>, HostError>) -> Result<Leftovers, AppError> {
        let (kv, secrets, log) = match output {
            Ok(output) => {
                (std::mem::take(&mut output.kv), std::mem::take(&mut output.secrets), std::mem::take(&mut output.log))
            }
            Err(HostError::Stopped(stopped)) => {
                (BTreeMap::new(), std::mem::take(&mut stopped.secrets), std::mem::take(&mut stopped.log))
            }
            Err(_) => return Ok(Leftovers::default()),
        };
        let changes = kv.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut left = Leftovers { log, state: changes, secrets: None };
        let mut state = self.state();
        apply(&mut state.kv, kv);
        if !secrets.is_empty() {
            apply(&mut state.secrets, secrets);
            let plain = state.secrets.iter().map(|(name, secret)| (name.clone(), stored(secret))).collect();
            let sealed = app.vault.seal(self.id, &plain)?;
            // Settings that were changed meanwhile are not written over with what they replaced.
            left.secrets = app.connections.is_current(self).then_some(sealed);
        }
        Ok(left)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Posts that name no company are addressed to the connection's.
fn name_company(events: &mut [InboundEvent], company: &str) {
    for event in events {
        if let InboundEvent::PostCreated(post) | InboundEvent::PostEdited(post) = event {
            post.company.get_or_insert_with(|| company.to_owned());
        }
    }
}

/// A captured secret is kept with a first line that says where it came from.
fn stored(secret: &SecretText) -> String {
    match secret.captured_from() {
        Some(origin) => format!("{origin}\n{}", secret.expose()),
        None => secret.expose().to_owned(),
    }
}

/// What people enter is declared, so all else was captured. Without an origin it is worth nothing: the connector signs in again.
fn restored(description: &Description, name: &str, text: String) -> Option<SecretText> {
    if description.secrets.iter().any(|declared| declared.name == name) {
        return Some(SecretText::new(text));
    }
    let (origin, text) = text.split_once('\n')?;
    Some(SecretText::captured(text, origin.parse().ok()?))
}

fn apply<T>(state: &mut BTreeMap<String, T>, changes: BTreeMap<String, Option<T>>) {
    for (key, value) in changes {
        match value {
            Some(value) => drop(state.insert(key, value)),
            None => drop(state.remove(&key)),
        }
    }
}

#[cfg(test)]
mod tests;
