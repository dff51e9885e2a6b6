//! An opened installation with the connector for webhooks, and the order in which it ends.

use super::*;
use comity_domain::{
    CaseId, ConnectionId, Party, Timestamp,
    audit::Actor,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    post::Visibility,
};
use comity_plugin_host::{HostConfig, PluginHost};
use comity_store::{Connection, ConnectionStatus, IngestBatch, StoreConfig};
use jiff::SignedDuration;

pub struct Hand(Mutex<Timestamp>);

impl Hand {
    pub fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Ingests, and does nothing else unless it is asked to.
pub struct Opened {
    pub app: Arc<App>,
    pub clock: Arc<Hand>,
    _folder: tempfile::TempDir,
}

impl Opened {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(Mutex::new(Timestamp::constant(1_762_765_200, 0))));
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/dist/webhook.wasm");
        let component = std::fs::read(file).expect("the connectors are built: run `cargo xtask plugins`");
        let host = PluginHost::new(HostConfig::new(folder.path().join("compiled"), [7; 32])).unwrap();
        let url = format!("sqlite://{}/test.sqlite", folder.path().display());
        let parts = Parts {
            store: Store::open(StoreConfig::new(url)).await.unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            config: Config::default(),
            vault: Vault::new([7; 32]),
            plugins: Plugins::load(host, vec![("webhook.wasm".into(), component)], clock.now()).await,
            first_policy: "starter",
            mailer: None,
            announcer: None,
        };
        let app = App::open(parts).await.unwrap();
        app.start_ingest();
        Self { app, clock, _folder: folder }
    }

    /// A connection of this connector, which need not be there.
    pub async fn connection(&self, connector: &str) -> ConnectionId {
        let now = self.clock.now();
        let connection = Connection {
            id: ConnectionId::generate(),
            organization: self.app.organization,
            connector: connector.into(),
            name: "Forms".into(),
            company: None,
            config: serde_json::json!({ "allow_unsigned": true, "reply_url": "https://example.org/replies" }),
            grants: serde_json::json!({}),
            secret_names: Vec::new(),
            secrets: None,
            cursor: None,
            status: ConnectionStatus::Running,
            health: serde_json::json!({}),
            account: None,
            created_at: now,
            updated_at: now,
        };
        self.app.store.create_connection(&connection, &Actor::System).await.unwrap();
        connection.id
    }

    /// The case that a post begins.
    pub async fn case(&self, connection: ConnectionId) -> CaseId {
        self.app.ingest(self.batch(connection)).await.unwrap().cases[0]
    }

    fn batch(&self, connection: ConnectionId) -> IngestBatch {
        let now = self.clock.now();
        let post = InboundPost {
            external_id: "a".into(),
            revision: String::new(),
            author: InboundAuthor { external_id: "ada".into(), handle: "ada".into(), ..InboundAuthor::default() },
            at: now,
            text: "Where is my bag?".into(),
            lang: None,
            url: None,
            in_reply_to: None,
            root: None,
            conversation: None,
            visibility: Visibility::Public,
            party: Party::Consumer,
            company: None,
            names_us: Some(true),
        };
        IngestBatch {
            organization: self.app.organization,
            connection,
            events: vec![InboundEvent::PostCreated(post)],
            received_at: now,
            cursor: None,
            state: Vec::new(),
            secrets: None,
            account: None,
        }
    }
}

#[tokio::test]
async fn what_a_worker_holds_at_the_end_is_still_made_durable() {
    let opened = Opened::new().await;
    let batch = opened.batch(opened.connection("webhook").await);
    let app = Arc::clone(&opened.app);
    let worker = opened.app.tasks.spawn(async move {
        app.stop.cancelled().await;
        tokio::task::yield_now().await;
        app.ingest(batch).await.map(|outcome| outcome.stored)
    });
    opened.app.stop().await;
    assert_eq!(worker.await.unwrap().unwrap(), 1);
    assert!(opened.app.ingest(opened.batch(ConnectionId::generate())).await.is_err(), "nothing is taken any more");
}
