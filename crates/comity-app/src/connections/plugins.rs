//! The connectors this installation knows, loaded once.

use crate::AppError;
use comity_domain::Timestamp;
use comity_plugin_host::{Plugin, PluginHost};
use std::{collections::BTreeMap, sync::Arc};

/// Loaded connectors by their id, with the host that runs them.
pub struct Plugins {
    by_id: BTreeMap<String, Arc<Plugin>>,
    /// Kept because its clock is what stops connectors that run too long.
    pub host: PluginHost,
}

impl Plugins {
    /// Loads components. One that cannot be loaded is left out with a line in the log; the others are not its concern.
    pub async fn load(host: PluginHost, components: Vec<(String, Vec<u8>)>, now: Timestamp) -> Self {
        let mut by_id = BTreeMap::new();
        for (file, bytes) in components {
            match host.load(bytes, now).await {
                Ok(plugin) => drop(by_id.insert(plugin.description().id.clone(), plugin)),
                Err(error) => tracing::error!(file, %error, "a connector cannot be loaded"),
            }
        }
        Self { by_id, host }
    }

    pub fn get(&self, id: &str) -> Result<Arc<Plugin>, AppError> {
        self.by_id.get(id).cloned().ok_or(AppError::NotFound { what: "connector" })
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.by_id.values()
    }
}
