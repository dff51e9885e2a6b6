//! Posts sent to us over HTTP and replies sent back, signed as Standard Webhooks has it: for in-house systems, forms, and
//! platforms that have no connector of their own.

mod config;
mod inbound;
mod mapping;
mod outbound;
mod signature;

use comity_plugin_sdk::{connector, prelude::*};
use config::Config;

struct Webhooks;

impl Connector for Webhooks {
    type Config = Config;

    fn describe() -> Description {
        Description {
            id: "webhook".into(),
            name: "Webhook".into(),
            summary: "Posts that another system sends as JSON, and replies posted back to it; both signed".into(),
            config_schema: include_str!("config.json").into(),
            secrets: vec![
                secret(
                    signature::SIGNING,
                    "Signing secret",
                    "Shared with the sender, best as whsec_… with 24 to 64 random bytes in base64",
                    false,
                ),
                secret(
                    signature::PREVIOUS,
                    "Previous signing secret",
                    "Still accepted while the sender changes over",
                    false,
                ),
                secret(
                    signature::REPLY,
                    "Secret for replies",
                    "Signs our replies; without it the signing secret does",
                    false,
                ),
            ],
            origins: vec!["{config:reply_url}".into(), "{config:lookup_url}".into()],
            features: ["public-replies", "private-replies", "messages", "lookup"].map(Into::into).into(),
            ..about!()
        }
    }
}

impl Account for Webhooks {
    fn verify(config: Config) -> Result<Author> {
        signature::check_set_up(&config)?;
        let name = config.company.unwrap_or_else(|| "webhook".into());
        Ok(author(name.clone(), name))
    }
}

impl Webhook for Webhooks {
    fn handle(config: Config, request: WebhookRequest) -> Result<Answer> {
        Ok(inbound::handle(&config, &request))
    }
}

impl Actions for Webhooks {
    fn send(config: Config, reply: Reply, idempotency_key: String, _attempt: u32) -> Result<Receipt> {
        outbound::send(&config, &reply, &idempotency_key)
    }

    fn lookup(config: Config, _reply: Reply, idempotency_key: String) -> Result<Option<Receipt>> {
        outbound::lookup(&config, &idempotency_key)
    }
}

connector!(Webhooks: account, webhook, actions);
