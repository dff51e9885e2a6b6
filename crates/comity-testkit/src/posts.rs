//! Posts that arrive without a connector.

use crate::TestApp;
use comity_app::{Clock as _, values::ConnectionStatus};
use comity_domain::{
    ConnectionId, Party, Timestamp,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    post::Visibility,
};
use comity_store::{Connection, IngestBatch};

/// A consumer's post.
pub fn post(external_id: &str, author: &str, at: Timestamp, text: &str) -> InboundPost {
    InboundPost {
        external_id: external_id.into(),
        revision: String::new(),
        author: InboundAuthor { external_id: author.into(), handle: author.into(), ..InboundAuthor::default() },
        at,
        text: text.into(),
        lang: Some("en".into()),
        url: None,
        in_reply_to: None,
        root: None,
        conversation: None,
        visibility: Visibility::Public,
        party: Party::Consumer,
        company: None,
        names_us: Some(true),
    }
}

impl TestApp {
    /// A connection that nothing comes through but what the test says. There is no connector behind it.
    pub async fn silent_connection(&self) -> ConnectionId {
        self.connection("silent", ConnectionStatus::Paused, serde_json::json!({})).await
    }

    /// A connection with the connector for webhooks behind it, which could send replies; a test that uses it begins with
    /// [`TestAppBuilder::with_webhook`](crate::app::TestAppBuilder::with_webhook).
    pub async fn webhook_connection(&self) -> ConnectionId {
        let config = serde_json::json!({ "allow_unsigned": true, "reply_url": "https://example.org/replies" });
        self.connection("webhook", ConnectionStatus::Running, config).await
    }

    async fn connection(&self, connector: &str, status: ConnectionStatus, config: serde_json::Value) -> ConnectionId {
        let now = self.clock.now();
        let connection = Connection {
            id: ConnectionId::generate(),
            organization: self.app.organization,
            connector: connector.into(),
            name: connector.into(),
            company: Some("Northwind Air".into()),
            config,
            grants: serde_json::json!({}),
            secret_names: Vec::new(),
            secrets: None,
            cursor: None,
            status,
            health: serde_json::json!({}),
            account: None,
            created_at: now,
            updated_at: now,
        };
        let system = comity_domain::audit::Actor::System;
        self.app.store.create_connection(&connection, &system).await.expect("a connection can be made");
        connection.id
    }

    /// Stores the posts and decides about them.
    pub async fn receive(&self, connection: ConnectionId, posts: Vec<InboundPost>) {
        self.receive_events(connection, posts.into_iter().map(InboundEvent::PostCreated).collect()).await;
    }

    /// Stores what happened and decides about it.
    pub async fn receive_events(&self, connection: ConnectionId, events: Vec<InboundEvent>) {
        let batch = IngestBatch {
            organization: self.app.organization,
            connection,
            events,
            received_at: self.clock.now(),
            cursor: None,
            state: Vec::new(),
            secrets: None,
            account: None,
        };
        self.app.ingest(batch).await.expect("posts are stored");
        self.app.decide_all().await.expect("posts are decided about");
    }
}
