//! Connectors, connections, imports.

use crate::dto;
use comity_app::{
    connections::{ConnectionInput, ConnectionView, Health, UpdateConnection, Verified},
    import::ImportReport,
    values::{Capability, Description, LogLine},
};
use comity_domain::inbound::InboundAuthor;

impl dto::ConnectorView {
    pub fn new(description: &Description, capabilities: &[Capability]) -> Self {
        Self {
            id: description.id.clone(),
            version: description.version.clone(),
            name: description.name.clone(),
            summary: description.summary.clone(),
            publisher: description.publisher.clone(),
            config_schema: description.config_schema.clone(),
            secrets: description
                .secrets
                .iter()
                .map(|secret| dto::SecretField {
                    name: secret.name.clone(),
                    title: secret.title.clone(),
                    help: secret.help.clone(),
                    required: secret.required,
                })
                .collect(),
            origins: description.origins.clone(),
            features: description.features.clone(),
            capabilities: words(capabilities),
        }
    }
}

fn words(capabilities: &[Capability]) -> Vec<String> {
    let word = |capability: &Capability| match capability {
        Capability::Account => "account",
        Capability::Source => "source",
        Capability::Webhook => "webhook",
        Capability::Files => "files",
        Capability::Actions => "actions",
        Capability::Recheck => "recheck",
    };
    capabilities.iter().map(word).map(str::to_owned).collect()
}

impl From<ConnectionView> for dto::ConnectionView {
    fn from(view: ConnectionView) -> Self {
        let connection = view.connection;
        let account = connection.account.and_then(|account| serde_json::from_value::<InboundAuthor>(account).ok());
        Self {
            id: connection.id.0,
            connector: connection.connector,
            name: connection.name,
            company: connection.company,
            config: connection.config,
            secret_names: connection.secret_names,
            private_networks: view.private_networks,
            status: connection.status.into(),
            health: view.health.into(),
            account: account.map(Into::into),
            webhook_url: view.webhook_url,
            created_at: connection.created_at,
            capabilities: view.plugin.map(|plugin| words(&plugin.capabilities())).unwrap_or_default(),
        }
    }
}

impl From<Health> for dto::Health {
    fn from(health: Health) -> Self {
        let limits = health.limits.into_iter().map(|limit| dto::LimitUse {
            name: limit.name,
            used: limit.used,
            limit: limit.limit,
            unit: limit.unit,
        });
        Self {
            last_ok_at: health.last_ok_at,
            last_error: health.last_error.map(|error| dto::HealthError {
                at: error.at,
                message: error.message,
                advice: error.advice,
            }),
            failures: health.failures,
            next_poll_at: health.next_poll_at,
            limits: limits.collect(),
        }
    }
}

impl From<InboundAuthor> for dto::AccountView {
    fn from(account: InboundAuthor) -> Self {
        Self { handle: account.handle, display_name: account.display_name }
    }
}

impl From<dto::NewConnection> for ConnectionInput {
    fn from(body: dto::NewConnection) -> Self {
        Self {
            connector: body.connector,
            name: body.name,
            config: body.config,
            secrets: body.secrets,
            company: body.company,
            private_networks: body.private_networks,
        }
    }
}

impl From<dto::ConnectionChange> for UpdateConnection {
    fn from(body: dto::ConnectionChange) -> Self {
        Self {
            name: body.name,
            config: body.config,
            secrets: body.secrets.unwrap_or_default(),
            private_networks: body.private_networks,
        }
    }
}

impl From<Verified> for dto::Verification {
    fn from(verified: Verified) -> Self {
        match verified {
            Verified::Account(account) => Self { ok: true, account: Some(account.into()), error: None },
            Verified::Failed { message, advice } => {
                Self { ok: false, account: None, error: Some(dto::VerificationError { message, advice }) }
            }
        }
    }
}

impl From<LogLine> for dto::LogLine {
    fn from(line: LogLine) -> Self {
        Self { at: line.at, level: line.level.into(), message: line.message }
    }
}

impl From<ImportReport> for dto::ImportReport {
    fn from(report: ImportReport) -> Self {
        let problems = report.problems.into_iter();
        Self {
            read: report.read,
            stored: report.stored,
            duplicates: report.duplicates,
            rejected: report.rejected,
            cases: report.cases,
            problems: problems.map(|one| dto::ImportProblem { line: one.line, reason: one.reason }).collect(),
        }
    }
}
