//! One connection as the application would keep it: state, secrets and cursor carried from call to call.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use comity_domain::{
    ConnectionId, Timestamp,
    inbound::{InboundAuthor, InboundEvent, InboundPost},
    post::Visibility,
};
use comity_plugin_host::{
    CallContext, CallOutput, ConnectorError, FilePiece, Grants, HostConfig, Plugin, PluginHost, Receipt, Reply,
    SecretText, WebhookAnswer, WebhookRequest,
};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Connection {
    plugin: Arc<Plugin>,
    config: Value,
    secrets: BTreeMap<String, SecretText>,
    kv: BTreeMap<String, Vec<u8>>,
    cursor: Option<String>,
    log: Vec<String>,
    pub now: Timestamp,
    _host: PluginHost,
    _cache: tempfile::TempDir,
}

impl Connection {
    pub async fn open(connector: &str, config: Value, secrets: &[(&str, String)]) -> Result<Self> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../plugins/dist/{connector}.wasm"));
        let bytes =
            fs::read(&file).with_context(|| format!("{} is missing: run `cargo xtask plugins`", file.display()))?;
        let cache = tempfile::tempdir()?;
        let host = PluginHost::new(HostConfig::new(cache.path().join("compiled"), [7; 32]))?;
        let now = comity_e2e::now();
        let plugin = host.load(bytes, now).await?;
        let secrets = secrets.iter().map(|(name, text)| ((*name).to_owned(), SecretText::new(text.clone()))).collect();
        let (kv, log) = (BTreeMap::new(), Vec::new());
        Ok(Self { plugin, config, secrets, kv, cursor: None, log, now, _host: host, _cache: cache })
    }

    pub fn secret(&self, name: &str) -> Option<String> {
        self.secrets.get(name).map(|text| text.expose().to_owned())
    }

    pub async fn verify(&mut self) -> Result<Result<InboundAuthor, ConnectorError>> {
        let output = self.plugin.verify(self.context()).await?;
        Ok(self.keep(output))
    }

    /// Polls until nothing more is waiting.
    pub async fn poll(&mut self) -> Result<Vec<InboundEvent>> {
        let mut events = Vec::new();
        loop {
            let output = self.plugin.poll(self.context(), self.cursor.clone(), 100).await?;
            let batch = self.keep(output).map_err(|error| anyhow::anyhow!("{error:?}"))?;
            self.cursor = batch.cursor;
            events.extend(batch.events);
            if !batch.more {
                return Ok(events);
            }
        }
    }

    pub async fn webhook(&mut self, request: WebhookRequest) -> Result<WebhookAnswer> {
        let output = self.plugin.webhook(self.context(), request).await?;
        self.keep(output).map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    pub async fn read_file(&mut self, first_line: u32, content: &str) -> Result<FilePiece> {
        let output = self.plugin.read_file(self.context(), first_line, content.into()).await?;
        self.keep(output).map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    pub async fn send(&mut self, reply: &Reply, key: &str, attempt: u32) -> Result<Result<Receipt, ConnectorError>> {
        let output = self.plugin.send(self.context(), reply.clone(), key.to_owned(), attempt).await?;
        Ok(self.keep(output))
    }

    pub async fn lookup(&mut self, reply: &Reply, key: &str) -> Result<Option<Receipt>> {
        let output = self.plugin.lookup(self.context(), reply.clone(), key.to_owned()).await?;
        self.keep(output).map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    pub async fn recheck(&mut self, ids: &[String]) -> Result<Vec<InboundEvent>> {
        let output = self.plugin.recheck(self.context(), ids.to_vec()).await?;
        self.keep(output).map_err(|error| anyhow::anyhow!("{error:?}"))
    }

    /// No secret stands in what the connector could keep or say.
    pub fn assert_no_leak(&self) {
        let kept = self.kv.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let said: Vec<String> = kept.chain(self.cursor.clone()).chain(self.log.clone()).collect();
        for (name, secret) in &self.secrets {
            assert!(said.iter().all(|text| !text.contains(secret.expose())), "{name} stands in {said:?}");
        }
    }

    fn context(&self) -> CallContext {
        let origins = self.plugin.wanted_origins(&self.config).expect("the configuration names origins");
        let loopback = ["127.0.0.0/8", "::1/128"].map(|range| range.parse().expect("a range"));
        CallContext {
            connection: ConnectionId::derived(&[b"connectors"]),
            config: self.config.clone(),
            secrets: self.secrets.clone(),
            kv: self.kv.clone(),
            grants: Grants { origins, cidrs: loopback.into() },
            now: comity_e2e::now(),
        }
    }

    fn keep<T>(&mut self, output: CallOutput<T>) -> Result<T, ConnectorError> {
        for (key, value) in output.kv {
            match value {
                Some(value) => drop(self.kv.insert(key, value)),
                None => drop(self.kv.remove(&key)),
            }
        }
        for (name, change) in output.secrets {
            match change {
                Some(secret) => drop(self.secrets.insert(name, secret)),
                None => drop(self.secrets.remove(&name)),
            }
        }
        self.log.extend(output.log.into_iter().map(|line| line.message));
        output.result
    }
}

pub fn reply(text: &str, parent: &str) -> Reply {
    let (text, parent) = (text.to_owned(), Some(parent.to_owned()));
    Reply { text, parent, root: None, conversation: None, visibility: Visibility::Public, lang: Some("en".into()) }
}

/// The post of this id among created ones.
pub fn created<'a>(events: &'a [InboundEvent], id: &str) -> Result<&'a InboundPost> {
    let post = events.iter().find_map(|event| match event {
        InboundEvent::PostCreated(post) if post.external_id == id => Some(post),
        _ => None,
    });
    post.with_context(|| format!("{id} is not in {events:?}"))
}

/// Asks again until the answer is right; the other side works at its own pace.
pub async fn until<T: std::fmt::Debug>(
    mut ask: impl AsyncFnMut() -> Result<T>,
    is_right: impl Fn(&T) -> bool,
) -> Result<T> {
    let started = Instant::now();
    loop {
        let answer = ask().await?;
        if is_right(&answer) {
            return Ok(answer);
        }
        if started.elapsed() > PATIENCE {
            bail!("it did not come to be within {PATIENCE:?}; last seen: {answer:?}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
