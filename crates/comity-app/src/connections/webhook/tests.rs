//! The bundled connector for webhooks, on a host that takes one event at a time: two posts in a request stop it.

use super::*;
use crate::{
    Clock, Config, Parts,
    connections::{ConnectionInput, Plugins},
    vault::Vault,
};
use comity_domain::{Timestamp, audit::Actor};
use comity_plugin_host::{CallResult, HostConfig, PluginHost};
use comity_store::{Connection, ConnectionStatus, Store, StoreConfig};
use jiff::SignedDuration;
use serde_json::json;
use std::sync::{Arc, Mutex};

struct Hand(Mutex<Timestamp>);

impl Hand {
    fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Running {
    app: Arc<App>,
    clock: Arc<Hand>,
    connection: ConnectionId,
    _folder: tempfile::TempDir,
}

impl Running {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(Mutex::new(Timestamp::constant(1_762_765_200, 0))));
        let mut host = HostConfig::new(folder.path().join("compiled"), [7; 32]);
        (host.limits.events, host.limits.concurrent_calls) = (1, 2);
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/dist/webhook.wasm");
        let component = std::fs::read(file).expect("the connectors are built: run `cargo xtask plugins`");
        let host = PluginHost::new(host).unwrap();
        let parts = Parts {
            store: Store::open(StoreConfig::new(format!("sqlite://{}/test.sqlite", folder.path().display())))
                .await
                .unwrap(),
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
        let input = ConnectionInput {
            connector: "webhook".into(),
            name: "Forms".into(),
            config: json!({ "allow_unsigned": true }),
            ..ConnectionInput::default()
        };
        let connection = app.create_connection(input, &Actor::System).await.unwrap().connection.id;
        Self { app, clock, connection, _folder: folder }
    }

    /// The status of the answer, or the refusal.
    async fn send(&self, ids: &[u32]) -> Result<u16, String> {
        let post = |id| json!({ "id": id, "author": "ada", "at": "2025-11-10T09:00:00Z", "text": "Hello" });
        let posts: Vec<_> = ids.iter().map(post).collect();
        let body = json!(posts).to_string().into_bytes();
        let request = WebhookRequest { method: "POST".into(), body, ..WebhookRequest::default() };
        self.app.webhook(self.connection, request).await.map(|answer| answer.status).map_err(|error| error.to_string())
    }

    async fn status(&self) -> (ConnectionStatus, u32) {
        let view = self.app.connection(self.connection).await.unwrap();
        (view.connection.status, view.health.failures)
    }
}

#[tokio::test]
async fn a_connection_recovers_from_a_stop() {
    let running = Running::start().await;
    assert_eq!(running.send(&[1]).await, Ok(202));
    let stopped = running.send(&[2, 3]).await.unwrap_err();
    assert!(stopped.contains("2 events, and 1 is the most"), "{stopped}");
    assert_eq!(running.status().await, (ConnectionStatus::Failing, 1));
    assert!(running.send(&[4]).await.unwrap_err().contains("too many attempts"));
    running.clock.advance(10);
    for id in 4..7 {
        assert_eq!(running.send(&[id]).await, Ok(202), "post {id}");
    }
    assert_eq!(running.status().await, (ConnectionStatus::Running, 0));
    running.app.stop().await;
}

/// Anybody can send these, so they neither open the breaker nor keep it open.
#[tokio::test]
async fn a_request_that_is_refused_is_no_failure() {
    let running = Running::start().await;
    let runtime = running.app.runtime(running.connection).await.unwrap();
    runtime.report(CallResult::Trapped, running.clock.now(), 0.5);
    running.clock.advance(10);
    for _ in 0..9 {
        let request = WebhookRequest { method: "POST".into(), body: b"no JSON".into(), ..WebhookRequest::default() };
        assert_eq!(running.app.webhook(running.connection, request).await.unwrap().status, 400);
    }
    assert_eq!(running.send(&[1]).await, Ok(202));
    running.app.stop().await;
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_a_failure() {
    let mut running = Running::start().await;
    let right = running.app.connection(running.connection).await.unwrap().connection;
    running.connection = ConnectionId::generate();
    let wrong = Connection { id: running.connection, config: json!({ "fields": 5 }), secrets: None, ..right };
    running.app.store.create_connection(&wrong, &Actor::System).await.unwrap();
    let refused = running.send(&[1]).await.unwrap_err();
    assert!(refused.contains("the settings cannot be used"), "{refused}");
    assert_eq!(running.status().await, (ConnectionStatus::Failing, 1));
    assert!(running.send(&[1]).await.unwrap_err().contains("too many attempts"));
    running.app.stop().await;
}
