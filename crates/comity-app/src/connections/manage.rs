//! What an administrator does with connections.

use crate::{App, AppError, changes::Change, connections::Health, error::FieldError, vault::VaultError};
use comity_domain::{ConnectionId, audit::Actor, inbound::InboundAuthor};
use comity_plugin_host::{Capability, Grants, Plugin, validate_config};
use comity_store::{Connection, ConnectionChange, ConnectionStatus, LogLevel, LogLine};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConnectionInput {
    pub connector: String,
    pub name: String,
    pub config: Value,
    pub secrets: BTreeMap<String, String>,
    /// The brand or account spoken to, for all posts that name none themselves.
    pub company: Option<String>,
    /// Networks outside the public internet that it may reach, such as `127.0.0.0/8` for a server on the same machine.
    pub private_networks: Vec<String>,
}

/// `None` stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct UpdateConnection {
    pub name: Option<String>,
    pub config: Option<Value>,
    /// Secrets to replace; those not named stay.
    pub secrets: BTreeMap<String, String>,
    pub private_networks: Option<Vec<String>>,
}

/// A connection as its page shows it; secrets only by name.
pub struct ConnectionView {
    pub connection: Connection,
    pub health: Health,
    pub plugin: Option<Arc<Plugin>>,
    /// Where the platform sends to, for connectors that take webhooks.
    pub webhook_url: Option<String>,
    /// Networks outside the public internet that it may reach.
    pub private_networks: Vec<String>,
}

/// What trying a connection out said.
pub enum Verified {
    Account(InboundAuthor),
    Failed { message: String, advice: Option<String> },
}

impl App {
    pub async fn list_connections(&self) -> Result<Vec<ConnectionView>, AppError> {
        let connections = self.store.connections(self.organization).await?;
        Ok(connections.into_iter().map(|connection| self.view(connection)).collect())
    }

    pub async fn connection(&self, id: ConnectionId) -> Result<ConnectionView, AppError> {
        let connection = self.store.connection(self.organization, id).await?;
        Ok(self.view(connection.ok_or(AppError::NotFound { what: "connection" })?))
    }

    pub async fn create_connection(&self, input: ConnectionInput, actor: &Actor) -> Result<ConnectionView, AppError> {
        let plugin = self.connections.plugins.get(&input.connector)?;
        check_name(&input.name)?;
        check(&plugin, &input.config, |name| input.secrets.contains_key(name))?;
        let id = ConnectionId::generate();
        let now = self.clock.now();
        let connection = Connection {
            id,
            organization: self.organization,
            connector: input.connector,
            name: input.name.trim().to_owned(),
            company: input.company,
            grants: grants(&plugin, &input.config, &input.private_networks)?,
            config: input.config,
            secret_names: input.secrets.keys().cloned().collect(),
            secrets: Some(self.vault.seal(id, &input.secrets)?),
            cursor: None,
            status: ConnectionStatus::Running,
            health: serde_json::json!({}),
            account: None,
            created_at: now,
            updated_at: now,
        };
        self.store.create_connection(&connection, actor).await?;
        self.connection_changed(id).await;
        Ok(self.view(connection))
    }

    pub async fn update_connection(
        &self,
        id: ConnectionId,
        update: UpdateConnection,
        actor: &Actor,
    ) -> Result<ConnectionView, AppError> {
        // A call under way may be renewing the secrets that are changed here.
        let turn = self.connections.turn(id);
        let _turn = turn.lock().await;
        let current = self.connection(id).await?.connection;
        let plugin = self.connections.plugins.get(&current.connector)?;
        if let Some(name) = &update.name {
            check_name(name)?;
        }
        let config = update.config.unwrap_or_else(|| current.config.clone());
        let secrets = if update.secrets.is_empty() {
            check(&plugin, &config, |name| current.secret_names.iter().any(|known| known == name))?;
            None
        } else {
            let mut secrets = match self.vault.open_secrets(id, current.secrets.as_deref().unwrap_or_default()) {
                // The key they were kept under is lost, so they are entered anew, all that are needed.
                Err(VaultError::WrongKey) => BTreeMap::new(),
                opened => opened?,
            };
            secrets.extend(update.secrets);
            check(&plugin, &config, |name| secrets.contains_key(name))?;
            Some(secrets)
        };
        let networks = match update.private_networks {
            Some(networks) => networks,
            None => private_networks(&current.grants),
        };
        let mut change = ConnectionChange {
            name: update.name.map(|name| name.trim().to_owned()),
            grants: Some(grants(&plugin, &config, &networks)?),
            config: Some(config),
            ..ConnectionChange::default()
        };
        if let Some(secrets) = secrets {
            change.secrets = Some((self.vault.seal(id, &secrets)?, secrets.into_keys().collect()));
        }
        self.change_connection(id, change, "update", actor).await
    }

    pub async fn pause_connection(&self, id: ConnectionId, actor: &Actor) -> Result<ConnectionView, AppError> {
        let change = ConnectionChange { status: Some(ConnectionStatus::Paused), ..ConnectionChange::default() };
        self.change_connection(id, change, "pause", actor).await
    }

    /// Also takes a connection out of quarantine.
    pub async fn resume_connection(&self, id: ConnectionId, actor: &Actor) -> Result<ConnectionView, AppError> {
        let change = ConnectionChange { status: Some(ConnectionStatus::Running), ..ConnectionChange::default() };
        let view = self.change_connection(id, change, "resume", actor).await?;
        // Replies may have waited for it.
        self.wake.deliver.notify_one();
        Ok(view)
    }

    /// Settings, secrets, state and log go; cases stay.
    pub async fn delete_connection(&self, id: ConnectionId, actor: &Actor) -> Result<(), AppError> {
        self.store.delete_connection(self.organization, id, actor, self.clock.now()).await?;
        self.connection_changed(id).await;
        Ok(())
    }

    /// Signs in and says whose account it is.
    pub async fn verify_connection(&self, id: ConnectionId, actor: &Actor) -> Result<Verified, AppError> {
        let runtime = self.runtime(id).await?;
        let turn = runtime.turn.lock().await;
        let mut output = runtime.plugin.verify(runtime.context(self.clock.now())).await;
        let left = runtime.absorb(self, &mut output)?;
        let verified = match output {
            Ok(output) => {
                self.keep_leftovers(&runtime, left).await?;
                match output.result {
                    Ok(account) => Verified::Account(account),
                    Err(error) => Verified::Failed { message: error.message, advice: error.advice },
                }
            }
            Err(error) => {
                self.keep_leftovers(&runtime, left).await?;
                Verified::Failed { message: error.to_string(), advice: None }
            }
        };
        drop(turn);
        if let Verified::Account(account) = &verified {
            let account = serde_json::to_value(account).map_err(|error| AppError::internal(error.to_string()))?;
            let change = ConnectionChange { account: Some(Some(account)), ..ConnectionChange::default() };
            let now = self.clock.now();
            self.store.update_connection(self.organization, id, change, "verify", actor, now).await?;
        }
        Ok(verified)
    }

    pub async fn connection_log(
        &self,
        id: ConnectionId,
        level: LogLevel,
        limit: u64,
    ) -> Result<Vec<LogLine>, AppError> {
        Ok(self.store.connection_log(self.organization, id, level, limit).await?)
    }

    async fn change_connection(
        &self,
        id: ConnectionId,
        change: ConnectionChange,
        verb: &str,
        actor: &Actor,
    ) -> Result<ConnectionView, AppError> {
        let now = self.clock.now();
        let connection = self.store.update_connection(self.organization, id, change, verb, actor, now).await?;
        self.connection_changed(id).await;
        Ok(self.view(connection))
    }

    async fn connection_changed(&self, id: ConnectionId) {
        self.connections.outdate(id).await;
        self.wake.connections.notify_one();
        self.changes.tell(Change::Connection { id });
    }

    fn view(&self, connection: Connection) -> ConnectionView {
        let plugin = self.connections.plugins.get(&connection.connector).ok();
        let takes_webhooks = plugin.as_ref().is_some_and(|plugin| plugin.can(Capability::Webhook));
        let base = self.config.public_url.trim_end_matches('/');
        ConnectionView {
            webhook_url: takes_webhooks.then(|| format!("{base}/hooks/{}", connection.id)),
            health: serde_json::from_value(connection.health.clone()).unwrap_or_default(),
            private_networks: private_networks(&connection.grants),
            plugin,
            connection,
        }
    }
}

fn check_name(name: &str) -> Result<(), AppError> {
    if name.trim().is_empty() { Err(AppError::invalid("/name", "give the connection a name")) } else { Ok(()) }
}

fn check(plugin: &Plugin, config: &Value, has_secret: impl Fn(&str) -> bool) -> Result<(), AppError> {
    let description = plugin.description();
    let wrong = validate_config(&description.config_schema, config);
    let mut fields: Vec<FieldError> = wrong
        .into_iter()
        .map(|wrong| FieldError { pointer: format!("/config{}", wrong.pointer), message: wrong.message })
        .collect();
    for secret in description.secrets.iter().filter(|secret| secret.required && !has_secret(&secret.name)) {
        let message = format!("{} is needed", secret.title);
        fields.push(FieldError { pointer: format!("/secrets/{}", secret.name), message });
    }
    if fields.is_empty() {
        return Ok(());
    }
    Err(AppError::Invalid { detail: "the connection's settings are not complete".into(), fields })
}

/// What the connector asks for, for these settings, with the networks that the administrator allows.
fn grants(plugin: &Plugin, config: &Value, networks: &[String]) -> Result<Value, AppError> {
    let origins = plugin.wanted_origins(config).map_err(|reason| AppError::invalid("/config", reason))?;
    let mut cidrs = Vec::new();
    for (index, network) in networks.iter().enumerate() {
        let pointer = format!("/private_networks/{index}");
        let wrong = |_| AppError::invalid(&pointer, format!("{network:?} is not a network; write it as 10.0.0.0/8"));
        cidrs.push(network.parse().map_err(wrong)?);
    }
    serde_json::to_value(Grants { origins, cidrs }).map_err(|error| AppError::internal(error.to_string()))
}

fn private_networks(grants: &Value) -> Vec<String> {
    let cidrs = grants.get("cidrs").and_then(Value::as_array);
    cidrs.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
