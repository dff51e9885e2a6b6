//! The parts of a running server, held together.

use crate::{
    AppError, Clock, Config,
    accounts::SignInAttempts,
    announce::Announcer,
    changes::Changes,
    connections::{self, Connections, Plugins},
    ingest::{self, IngestQueue, Queued},
    notify::{Mailer, Push},
    policies::{self, Impacts, LivePolicy},
    vault::Vault,
    wake::Wake,
};
use comity_domain::OrganizationId;
use comity_store::{LogLine, Store};
use std::sync::{Arc, Mutex, atomic::AtomicI64};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What [`App::open`] needs.
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub config: Config,
    pub vault: Vault,
    pub plugins: Plugins,
    /// The bundle published when the installation has none yet.
    pub first_policy: &'static str,
    /// What mails leave through, if there is a mail server.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What another system is told of escalations through, if one wants to know.
    pub announcer: Option<Arc<dyn Announcer>>,
}

pub struct App {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub config: Config,
    /// An installation has one organization; every query is scoped by it all the same.
    pub organization: OrganizationId,
    pub changes: Changes,
    pub policy: LivePolicy,
    pub(crate) impacts: Impacts,
    pub connections: Connections,
    pub(crate) evidence: crate::evidence::State,
    pub(crate) attempts: SignInAttempts,
    pub(crate) page_limits: crate::case_page::Limits,
    pub(crate) promises: crate::promises::Counted,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) push: Push,
    pub(crate) announcer: Option<Arc<dyn Announcer>>,
    /// When timers were last looked at, in seconds since 1970.
    pub(crate) timers_ran_at: AtomicI64,
    pub(crate) wake: Wake,
    pub(crate) vault: Vault,
    pub(crate) ingest_queue: IngestQueue,
    pub(crate) log_queue: mpsc::Sender<LogLine>,
    receivers: Mutex<Option<(mpsc::Receiver<Queued>, mpsc::Receiver<LogLine>)>>,
    /// Names this process in leases.
    pub(crate) worker: String,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// Those that everybody else hands work to; they end last.
    writers: Writers,
}

/// What makes events and log lines durable.
#[derive(Default)]
struct Writers {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl App {
    /// Opens an installation: makes the organization and publishes a first policy when there is none, and compiles the live
    /// one. Nothing runs yet.
    pub async fn open(parts: Parts) -> Result<Arc<Self>, AppError> {
        let Parts { store, clock, config, vault, plugins, first_policy, mailer, announcer } = parts;
        if announcer.is_some() {
            store.announce();
        }
        let organization = store.ensure_organization(clock.now()).await?.id;
        let (ingest_queue, batches) = IngestQueue::new(config.ingest.queue);
        let (log_queue, lines) = mpsc::channel(connections::log::QUEUE);
        let app = Arc::new(Self {
            attempts: SignInAttempts::new(&config.accounts),
            page_limits: crate::case_page::Limits::new(&config.case_page),
            promises: crate::promises::Counted::default(),
            store,
            clock,
            config,
            organization,
            changes: Changes::default(),
            policy: LivePolicy::default(),
            impacts: Impacts::default(),
            connections: Connections::new(plugins),
            evidence: crate::evidence::State::default(),
            push: Push::new(&vault)?,
            mailer,
            announcer,
            timers_ran_at: AtomicI64::default(),
            wake: Wake::default(),
            vault,
            ingest_queue,
            log_queue,
            receivers: Mutex::new(Some((batches, lines))),
            worker: uuid::Uuid::now_v7().to_string(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            writers: Writers::default(),
        });
        if app.load_policies().await?.is_none() {
            let bundle = policies::bundled(first_policy);
            let bundle = bundle.ok_or_else(|| AppError::internal(format!("there is no bundle {first_policy}")))?;
            app.install_policy(bundle.files, format!("The {first_policy} bundle")).await?;
        }
        Ok(app)
    }

    /// Starts what makes events durable. Needed by everything that ingests, `comity import` included.
    pub fn start_ingest(self: &Arc<Self>) {
        let receivers = self.receivers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some((batches, lines)) = receivers {
            let Writers { stop, tasks } = &self.writers;
            tasks.spawn(ingest::run(Arc::clone(self), batches, stop.clone()));
            tasks.spawn(connections::log::run(Arc::clone(self), lines, stop.clone()));
        }
    }

    /// Starts every worker of a server.
    pub fn start(self: &Arc<Self>) {
        self.start_ingest();
        self.tasks.spawn(crate::decide::run(Arc::clone(self)));
        self.tasks.spawn(crate::timers::run(Arc::clone(self)));
        self.tasks.spawn(crate::timers::sweep(Arc::clone(self)));
        self.tasks.spawn(crate::deliver::run(Arc::clone(self)));
        self.tasks.spawn(crate::notify::run(Arc::clone(self)));
        self.tasks.spawn(crate::channels::run(Arc::clone(self)));
        self.tasks.spawn(crate::announce::run(Arc::clone(self)));
        self.tasks.spawn(connections::run(Arc::clone(self)));
        self.tasks.spawn(crate::backtests::run(Arc::clone(self)));
    }

    /// Cancelled when the workers are to end. Whoever serves requests ends before: they need the workers' queues.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Lets every worker finish what it holds, and then makes durable what they brought.
    pub async fn stop(&self) {
        for (stop, tasks) in [(&self.stop, &self.tasks), (&self.writers.stop, &self.writers.tasks)] {
            stop.cancel();
            tasks.close();
            tasks.wait().await;
        }
    }

    /// Runs work that keeps a processor busy away from the threads that answer requests.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| AppError::internal(format!("work ended early: {error}")))
    }
}

#[cfg(test)]
pub(crate) mod tests;
