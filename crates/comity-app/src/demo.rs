//! The demonstration organization: a connection whose fictional posts arrive while you watch.

use crate::{App, AppError, connections::ConnectionInput};
use comity_domain::audit::Actor;

/// The connector that tells the story, and the name of its connection.
const CONNECTOR: &str = "demo";
const NAME: &str = "Northwind Air, demonstration";

impl App {
    /// Adds the demonstration connection, once.
    pub async fn start_demo(&self) -> Result<(), AppError> {
        let connections = self.store.connections(self.organization).await?;
        if connections.iter().any(|connection| connection.connector == CONNECTOR) {
            return Ok(());
        }
        let input = ConnectionInput {
            connector: CONNECTOR.into(),
            name: NAME.into(),
            config: serde_json::json!({}),
            ..ConnectionInput::default()
        };
        self.create_connection(input, &Actor::System).await?;
        Ok(())
    }
}
