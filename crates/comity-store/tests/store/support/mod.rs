//! An open store with an organization and a connection, and short ways to say what arrives.

mod events;
mod policy;

pub use events::{deleted, edited, post, reply};
pub use policy::Hours;

use comity_domain::{
    CaseId, ConnectionId, OrganizationId, PostId, Timestamp,
    audit::Actor,
    inbound::InboundEvent,
    ledger::State,
    step::{self, Snapshot},
};
use comity_store::{
    CaseCommit, CommitResult, Connection, ConnectionStatus, IngestBatch, IngestOutcome, Store, StoreConfig, Undecided,
};
use std::ops::Deref;

/// `on_both! { async fn name(db: Db) { … } }` makes a module with one test for each database.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($db:ident: Db) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn check($db: crate::support::Db) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check(crate::support::Db::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(url) = crate::support::postgres().await {
                    check(crate::support::Db::open(&url, None).await).await;
                    crate::support::remove(&url).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both;

pub struct Db {
    store: Store,
    pub organization: OrganizationId,
    pub connection: ConnectionId,
    _folder: Option<tempfile::TempDir>,
}

impl Deref for Db {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Seconds after some morning.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// A file that no database is in yet.
pub fn sqlite() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (format!("sqlite://{}", folder.path().join("comity.db").display()), folder)
}

/// An empty database of its own in the PostgreSQL of the test run.
pub async fn postgres() -> Option<String> {
    use sea_orm::ConnectionTrait;
    let Ok(server) = std::env::var("COMITY_TEST_POSTGRES") else {
        let is_required = std::env::var("COMITY_TEST_POSTGRES_REQUIRED").is_ok_and(|value| value == "1");
        assert!(!is_required, "COMITY_TEST_POSTGRES must say where PostgreSQL is");
        return None;
    };
    let name = format!("comity_{}", uuid::Uuid::now_v7().simple());
    let admin = sea_orm::Database::connect(&server).await.unwrap();
    // Copied as files: writing it all to the log as well would cost the disk twice.
    admin.execute_unprepared(&format!("CREATE DATABASE {name} STRATEGY file_copy")).await.unwrap();
    admin.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

/// Removes a database of [`postgres`] when its test has passed: hundreds of them fill a disk.
pub async fn remove(url: &str) {
    use sea_orm::ConnectionTrait;
    let (_, name) = url.rsplit_once('/').unwrap();
    let admin = sea_orm::Database::connect(std::env::var("COMITY_TEST_POSTGRES").unwrap()).await.unwrap();
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    admin.close().await.unwrap();
}

impl Db {
    pub async fn sqlite() -> Self {
        let (url, folder) = sqlite();
        Self::open(&url, Some(folder)).await
    }

    pub async fn open(url: &str, folder: Option<tempfile::TempDir>) -> Self {
        let store = Store::open(StoreConfig::new(url)).await.unwrap();
        let organization = store.ensure_organization(at(0)).await.unwrap().id;
        let mut db = Self { store, organization, connection: ConnectionId::generate(), _folder: folder };
        db.connection = db.connect("webhook").await;
        db
    }

    pub async fn connect(&self, connector: &str) -> ConnectionId {
        let connection = Connection {
            id: ConnectionId::generate(),
            organization: self.organization,
            connector: connector.to_owned(),
            name: "Northwind Air".to_owned(),
            company: None,
            config: serde_json::json!({ "path": "in" }),
            grants: serde_json::Value::Null,
            secret_names: vec!["token".to_owned()],
            secrets: Some(vec![1, 2, 3]),
            cursor: None,
            status: ConnectionStatus::Running,
            health: serde_json::Value::Null,
            account: None,
            created_at: at(0),
            updated_at: at(0),
        };
        self.create_connection(&connection, &Actor::System).await.unwrap();
        connection.id
    }

    pub fn batch(&self, events: Vec<InboundEvent>) -> IngestBatch {
        IngestBatch {
            organization: self.organization,
            connection: self.connection,
            events,
            received_at: at(100_000),
            cursor: None,
            state: Vec::new(),
            secrets: None,
            account: None,
        }
    }

    /// Ingests in one batch.
    pub async fn take(&self, events: Vec<InboundEvent>) -> IngestOutcome {
        self.ingest(vec![self.batch(events)]).await.unwrap().remove(0)
    }

    /// The case of the one thread that these events belong to.
    pub async fn case_of(&self, events: Vec<InboundEvent>) -> CaseId {
        let cases = self.take(events).await.cases;
        assert_eq!(cases.len(), 1);
        cases[0]
    }

    pub async fn waiting(&self) -> Vec<Undecided> {
        self.undecided(self.organization, 1_000).await.unwrap()
    }

    /// Decides everything that waits; how many cases were committed.
    pub async fn decide(&self, now: Timestamp) -> usize {
        let commits: Vec<CaseCommit> =
            self.waiting().await.into_iter().map(|undecided| decided(undecided, now)).collect();
        let results = self.commit_decisions(self.organization, commits, now).await.unwrap();
        results.iter().filter(|result| **result == CommitResult::Done).count()
    }

    pub async fn snapshot_of(&self, case: CaseId) -> Snapshot {
        self.snapshot(self.organization, case).await.unwrap().unwrap()
    }

    /// An agent's change to a case, on the newest version.
    pub async fn change(&self, case: CaseId, change: impl FnOnce(&mut CaseCommit)) -> CommitResult {
        let mut commit = action(self.snapshot_of(case).await);
        change(&mut commit);
        self.commit_decisions(self.organization, vec![commit], at(200_000)).await.unwrap()[0]
    }
}

/// A commit that changes nothing but the version.
pub fn action(snapshot: Snapshot) -> CaseCommit {
    let mut case = snapshot.case;
    let base_version = case.version;
    case.version += 1;
    let running = snapshot.obligations.iter().filter(|obligation| obligation.state == State::Running);
    let alarms = running.map(|obligation| (obligation.clone(), obligation.due_at)).collect();
    CaseCommit { alarms, ..CaseCommit::new(case, base_version, snapshot.obligations) }
}

/// What the policy of these tests makes of what waits.
pub fn decided(undecided: Undecided, now: Timestamp) -> CaseCommit {
    let Undecided { mut snapshot, events, posts } = undecided;
    let base_version = snapshot.case.version;
    let (mut decisions, mut decided) = (Vec::new(), Vec::new());
    for event in &events {
        let about = |id: PostId| posts.iter().find(move |post| post.id == id);
        let post = match event.kind {
            comity_domain::event::EventKind::Post { post, .. } => about(post),
            _ => None,
        };
        let outcome =
            step::step(&Hours, &snapshot, event, post, post.ok_or(comity_domain::refusal::NoAnswer::NothingLeft), now)
                .unwrap();
        snapshot.case = outcome.case;
        snapshot.obligations = outcome.obligations;
        decisions.push(outcome.decision);
        decided.push(event.id);
    }
    snapshot.case.version = base_version;
    CaseCommit { decisions, decided, ..action(snapshot) }
}
