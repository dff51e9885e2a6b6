//! The connectors this installation knows, loaded once.

use crate::AppError;
use comity_domain::Timestamp;
use comity_plugin_host::{Plugin, PluginHost};
use futures::future::join_all;
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
        let load = async |(file, bytes)| match host.load(bytes, now).await {
            Ok(plugin) => Some((plugin.description().id.clone(), plugin)),
            Err(error) => {
                tracing::error!(file, %error, "a connector cannot be loaded");
                None
            }
        };
        // Together, because compiling takes most of a first start and uses one processor each.
        let by_id = join_all(components.into_iter().map(load)).await.into_iter().flatten().collect();
        Self { by_id, host }
    }

    pub fn get(&self, id: &str) -> Result<Arc<Plugin>, AppError> {
        self.by_id.get(id).cloned().ok_or(AppError::NotFound { what: "connector" })
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.by_id.values()
    }
}
