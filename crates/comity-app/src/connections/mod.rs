//! Connections: configured accounts of connectors, kept running.
//!
//! [`Connections`] holds what is in memory: the loaded connectors and one [`Runtime`] for each connection in use. The
//! database stays the truth; a runtime is thrown away and made again when its connection is changed.

mod health;
pub(crate) mod log;
mod manage;
mod plugins;
mod poll;
mod runtime;
mod webhook;

pub use health::Health;
pub use manage::{ConnectionInput, ConnectionView, UpdateConnection, Verified};
pub use plugins::Plugins;
pub use poll::sentence;
pub use runtime::{Leftovers, Runtime};

use crate::{App, AppError};
use comity_domain::ConnectionId;
use comity_store::{Connection, ConnectionStatus};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// How often connections that another node changed are looked for.
const SCAN: Duration = Duration::from_secs(30);

pub struct Connections {
    pub plugins: Plugins,
    runtimes: RwLock<HashMap<ConnectionId, Arc<Runtime>>>,
    turns: std::sync::Mutex<HashMap<ConnectionId, Arc<Mutex<()>>>>,
    /// Held while a runtime is made from the database, so that there is one, and none from before a change.
    making: Mutex<()>,
}

/// What a polling task was started for: another runtime or another status ends it.
struct Task {
    runtime: Arc<Runtime>,
    stop: CancellationToken,
}

impl Connections {
    #[must_use]
    pub fn new(plugins: Plugins) -> Self {
        Self { plugins, runtimes: RwLock::default(), turns: std::sync::Mutex::default(), making: Mutex::new(()) }
    }

    /// The lock of this connection's calls, which outlives its runtimes.
    fn turn(&self, id: ConnectionId) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(id).or_default())
    }

    /// Whether this is still the runtime in use, with the settings that stand in the database.
    fn is_current(&self, runtime: &Runtime) -> bool {
        self.known(runtime.id).is_some_and(|known| std::ptr::eq(&raw const *known, runtime))
    }

    fn known(&self, id: ConnectionId) -> Option<Arc<Runtime>> {
        self.runtimes.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    fn keep(&self, runtime: Arc<Runtime>) {
        self.runtimes.write().unwrap_or_else(PoisonError::into_inner).insert(runtime.id, runtime);
    }

    /// Throws the runtime away, so that the next use begins from the database.
    async fn outdate(&self, id: ConnectionId) {
        let _making = self.making.lock().await;
        self.runtimes.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

impl App {
    /// The connection at work, made ready when it is not.
    pub(crate) async fn runtime(&self, id: ConnectionId) -> Result<Arc<Runtime>, AppError> {
        if let Some(runtime) = self.connections.known(id) {
            return Ok(runtime);
        }
        let _making = self.connections.making.lock().await;
        if let Some(runtime) = self.connections.known(id) {
            return Ok(runtime);
        }
        let connection = self.store.connection(self.organization, id).await?;
        let connection = connection.ok_or(AppError::NotFound { what: "connection" })?;
        self.make_runtime(connection).await
    }

    async fn make_runtime(&self, connection: Connection) -> Result<Arc<Runtime>, AppError> {
        let plugin = self.connections.plugins.get(&connection.connector)?;
        let kv = self.store.connection_state(self.organization, connection.id).await?;
        let runtime = Arc::new(Runtime::new(self, connection, kv, plugin)?);
        self.connections.keep(Arc::clone(&runtime));
        Ok(runtime)
    }
}

/// Keeps one polling task for every running connection.
pub async fn run(app: Arc<App>) {
    let mut tasks = HashMap::new();
    loop {
        if let Err(error) = reconcile(&app, &mut tasks).await {
            tracing::error!(%error, "connections cannot be started; it is tried again");
        }
        tokio::select! {
            () = app.wake.connections.notified() => {}
            () = tokio::time::sleep(SCAN) => {}
            () = app.stop.cancelled() => return,
        }
    }
}

async fn reconcile(app: &Arc<App>, tasks: &mut HashMap<ConnectionId, Task>) -> Result<(), AppError> {
    let connections = app.store.connections(app.organization).await?;
    let running: HashMap<ConnectionId, Connection> =
        connections.into_iter().filter(is_running).map(|connection| (connection.id, connection)).collect();
    tasks.retain(|id, task| {
        let current = app.connections.known(*id).is_some_and(|known| Arc::ptr_eq(&known, &task.runtime));
        let keep = current && running.contains_key(id);
        if !keep {
            task.stop.cancel();
        }
        keep
    });
    for id in running.into_keys() {
        if tasks.contains_key(&id) {
            continue;
        }
        match app.runtime(id).await {
            Ok(runtime) => {
                let stop = app.stop.child_token();
                app.tasks.spawn(poll::run(Arc::clone(app), Arc::clone(&runtime), stop.clone()));
                tasks.insert(id, Task { runtime, stop });
            }
            Err(error) => tracing::error!(connection = %id, %error, "a connection cannot be started"),
        }
    }
    Ok(())
}

/// A failing connection goes on being asked, at the pace its breaker allows.
fn is_running(connection: &Connection) -> bool {
    matches!(connection.status, ConnectionStatus::Running | ConnectionStatus::Failing)
}
