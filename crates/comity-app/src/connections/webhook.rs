//! A request to a connection's own address: the connector reads it, its events are committed, then it is answered.

use crate::{App, AppError};
use comity_domain::ConnectionId;
use comity_plugin_host::{Capability, Scope, WebhookAnswer, WebhookRequest};

impl App {
    pub async fn webhook(&self, id: ConnectionId, request: WebhookRequest) -> Result<WebhookAnswer, AppError> {
        // Whether a connection exists, is paused or takes no webhooks is nobody's business outside.
        let unknown = AppError::NotFound { what: "address" };
        let Ok(runtime) = self.runtime(id).await else { return Err(unknown) };
        if !runtime.plugin.can(Capability::Webhook) || runtime.is_paused {
            return Err(unknown);
        }
        if let Some(retry_after) = runtime.refuses(self.clock.now()) {
            return Err(AppError::RateLimited { retry_after });
        }
        let mut output = runtime.plugin.webhook(runtime.context(self.clock.now()), request).await;
        let left = runtime.absorb(self, &mut output)?;
        match output {
            Ok(output) => match output.result {
                Ok(mut answer) => {
                    let events = std::mem::take(&mut answer.events);
                    if events.is_empty() {
                        self.keep_leftovers(&runtime, left).await?;
                    } else {
                        self.ingest(runtime.batch(self, events, None, left)).await?;
                    }
                    self.note_success(&runtime).await?;
                    Ok(answer)
                }
                Err(error) => {
                    // Anybody can send a request that is wrong: that says nothing about the connection.
                    if error.scope == Scope::Request {
                        self.keep_leftovers(&runtime, left).await?;
                        self.note_success(&runtime).await?;
                    } else {
                        self.note_error(&runtime, left, &error).await?;
                    }
                    Err(AppError::Connector { message: error.message, advice: error.advice })
                }
            },
            Err(error) => {
                self.note_stop(&runtime, left, &error).await?;
                Err(error.into())
            }
        }
    }
}

#[cfg(test)]
mod tests;
