//! A loaded connector and the calls it takes.

use crate::{
    Batch, CallContext, CallOutput, Capability, Description, FilePiece, HostError, Origin, Receipt, Reply, StopReason,
    Stopped, WebhookAnswer, WebhookRequest,
    call::{self, Call, Shared},
    convert::{self, Converter},
    description,
    egress::wanted_origins,
    state::{Asked, HostState},
};
use comity_domain::inbound::{InboundAuthor, InboundEvent};
use comity_plugin_api::v0_1::{account, actions, files, meta, recheck, source, webhook};
use std::sync::Arc;
use wasmtime::component::{Component, InstancePre};

/// A connector, compiled and linked; shared by all its connections.
pub struct Plugin {
    shared: Arc<Shared>,
    description: Description,
    declared_secrets: Arc<[String]>,
    hash: String,
    account: Option<account::WithAccountPre<HostState>>,
    source: Option<source::WithSourcePre<HostState>>,
    webhook: Option<webhook::WithWebhookPre<HostState>>,
    files: Option<files::WithFilesPre<HostState>>,
    actions: Option<actions::WithActionsPre<HostState>>,
    recheck: Option<recheck::WithRecheckPre<HostState>>,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin").field("id", &self.description.id).field("hash", &self.hash).finish_non_exhaustive()
    }
}

/// A call into one guest function on a fresh instance.
macro_rules! call_guest {
    ($plugin:ident . $capability:ident, $interface:ident . $function:ident ( $($argument:expr),* ),
     $context:ident, $name:literal, $convert:expr) => {{
        let pre = $plugin.$capability.as_ref().ok_or_else(|| HostError::Unsupported {
            connector: $plugin.description.name.clone(),
            call: $name,
            interface: stringify!($capability),
        })?;
        let config = $context.config.to_string();
        let asked = $plugin.asked(&$context.config).map_err(HostError::Unfit)?;
        let call = Call { name: $name, asked, context: $context };
        let (mut store, watch) = call::begin(&$plugin.shared, call).await;
        let guest = async {
            let instance = pre.instantiate_async(&mut store).await?;
            instance.$interface().$function(&mut store, &config, $($argument),*).await
        };
        let outcome = watch.run(guest).await;
        watch.finish(store, outcome, $convert)
    }};
}

impl Plugin {
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Names the component by its content.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub fn capabilities(&self) -> Vec<Capability> {
        let has = [
            (Capability::Account, self.account.is_some()),
            (Capability::Source, self.source.is_some()),
            (Capability::Webhook, self.webhook.is_some()),
            (Capability::Files, self.files.is_some()),
            (Capability::Actions, self.actions.is_some()),
            (Capability::Recheck, self.recheck.is_some()),
        ];
        has.into_iter().filter_map(|(capability, has)| has.then_some(capability)).collect()
    }

    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities().contains(&capability)
    }

    /// What the connector asks to reach under this configuration: to be shown, granted and kept in
    /// [`Grants`](crate::Grants).
    pub fn wanted_origins(&self, config: &serde_json::Value) -> Result<Vec<Origin>, String> {
        wanted_origins(&self.description.origins, config)
    }

    fn asked(&self, config: &serde_json::Value) -> Result<Asked, String> {
        let bound = self.description.secret_origins.iter();
        Ok(Asked {
            origins: self.wanted_origins(config)?,
            secrets: Arc::clone(&self.declared_secrets),
            secret_origins: bound
                .map(|(name, origins)| Ok((name.clone(), wanted_origins(origins, config)?)))
                .collect::<Result<_, String>>()?,
        })
    }

    /// Signs in and says whose account it is.
    pub async fn verify(&self, context: CallContext) -> Result<CallOutput<InboundAuthor>, HostError> {
        call_guest!(self.account, comity_connector_account.call_verify(), context, "verify", |_, author| {
            convert::author(author)
        })
    }

    /// Asks for at most `budget` events after `cursor`.
    pub async fn poll(
        &self,
        context: CallContext,
        cursor: Option<String>,
        budget: u32,
    ) -> Result<CallOutput<Batch>, HostError> {
        let budget = budget.min(u32::try_from(self.shared.limits.events).unwrap_or(u32::MAX));
        call_guest!(
            self.source,
            comity_connector_source.call_poll(cursor.as_deref(), budget),
            context,
            "poll",
            Converter::batch
        )
    }

    pub async fn webhook(
        &self,
        context: CallContext,
        request: WebhookRequest,
    ) -> Result<CallOutput<WebhookAnswer>, HostError> {
        let request = convert::request(request);
        call_guest!(self.webhook, comity_connector_webhook.call_handle(&request), context, "webhook", Converter::answer)
    }

    /// Reads whole lines of a file of posts; `first_line` counts from 1.
    pub async fn read_file(
        &self,
        context: CallContext,
        first_line: u32,
        content: Vec<u8>,
    ) -> Result<CallOutput<FilePiece>, HostError> {
        call_guest!(
            self.files,
            comity_connector_files.call_read(first_line, &content),
            context,
            "read",
            |converter, piece| Ok(converter.piece(piece, first_line))
        )
    }

    /// Sends a reply; `attempt` counts from 1.
    pub async fn send(
        &self,
        context: CallContext,
        reply: Reply,
        idempotency_key: String,
        attempt: u32,
    ) -> Result<CallOutput<Receipt>, HostError> {
        let reply = convert::reply(reply);
        call_guest!(
            self.actions,
            comity_connector_actions.call_send(&reply, &idempotency_key, attempt),
            context,
            "send",
            |converter, receipt| converter.receipt(receipt)
        )
    }

    /// Whether the reply with this key has arrived.
    pub async fn lookup(
        &self,
        context: CallContext,
        reply: Reply,
        idempotency_key: String,
    ) -> Result<CallOutput<Option<Receipt>>, HostError> {
        let reply = convert::reply(reply);
        call_guest!(
            self.actions,
            comity_connector_actions.call_lookup(&reply, &idempotency_key),
            context,
            "lookup",
            |converter, receipt| receipt.map(|receipt| converter.receipt(receipt)).transpose()
        )
    }

    /// Looks at posts again; returns deletions and edits.
    pub async fn recheck(
        &self,
        context: CallContext,
        ids: Vec<String>,
    ) -> Result<CallOutput<Vec<InboundEvent>>, HostError> {
        call_guest!(self.recheck, comity_connector_recheck.call_recheck(&ids), context, "recheck", Converter::events)
    }
}

/// Finds what the component can do, and asks it who it is.
pub(crate) async fn link(
    shared: Arc<Shared>,
    component: &Component,
    pre: InstancePre<HostState>,
    hash: String,
    now: comity_domain::Timestamp,
) -> Result<Plugin, HostError> {
    macro_rules! find {
        ($interface:literal, $pre:ty) => {
            if component.get_export_index(None, concat!("comity:connector/", $interface, "@0.1.0")).is_some() {
                Some(<$pre>::new(pre.clone()).map_err(|error| {
                    let why = format!("{:#}", error.root_cause());
                    HostError::Unfit(format!("its `{}` is not that of comity:connector@0.1.0: {why}", $interface))
                })?)
            } else {
                None
            }
        };
    }
    let meta = find!("meta", meta::WithMetaPre<HostState>).ok_or_else(|| {
        let advice = "build it for the world of comity:connector@0.1.0";
        HostError::Unfit(format!("the component does not export `comity:connector/meta@0.1.0`; {advice}"))
    })?;
    let description = describe(&shared, &meta, now).await?;
    Ok(Plugin {
        declared_secrets: description.secrets.iter().map(|secret| secret.name.clone()).collect(),
        description,
        hash,
        account: find!("account", account::WithAccountPre<HostState>),
        source: find!("source", source::WithSourcePre<HostState>),
        webhook: find!("webhook", webhook::WithWebhookPre<HostState>),
        files: find!("files", files::WithFilesPre<HostState>),
        actions: find!("actions", actions::WithActionsPre<HostState>),
        recheck: find!("recheck", recheck::WithRecheckPre<HostState>),
        shared,
    })
}

/// Without configuration, secrets, state or grants.
async fn describe(
    shared: &Shared,
    pre: &meta::WithMetaPre<HostState>,
    now: comity_domain::Timestamp,
) -> Result<Description, HostError> {
    let context = CallContext {
        connection: comity_domain::ConnectionId::derived(&[b"describe"]),
        config: serde_json::Value::Null,
        secrets: std::collections::BTreeMap::new(),
        kv: std::collections::BTreeMap::new(),
        grants: crate::Grants::default(),
        now,
    };
    let call = Call { name: "describe", asked: Asked::default(), context };
    let (mut store, watch) = call::begin(shared, call).await;
    let guest = async {
        let instance = pre.instantiate_async(&mut store).await?;
        instance.comity_connector_meta().call_describe(&mut store).await
    };
    let outcome = watch.run(guest).await.map(Ok);
    let check = |_: &mut Converter, given| description::check(given, &shared.limits);
    let CallOutput { result, log, usage, secrets, .. } = watch.finish(store, outcome, check)?;
    result.map_err(|error| {
        let reason = StopReason::BadResult(error.message);
        HostError::Stopped(Box::new(Stopped { call: "describe", reason, secrets, log, usage }))
    })
}
