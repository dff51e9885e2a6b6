//! What one store holds: the call's context, what it used so far, and what it changed.

use crate::{
    CallContext, Grants, Limits, LogLevel, LogLine, Origin, SecretChanges, SecretText, Usage, egress::Egress,
    error::StopReason, meter::CpuMeter, redact::Redactor,
};
use comity_domain::Timestamp;
use std::{collections::BTreeMap, fmt, sync::Arc};
use wasmtime::ResourceLimiter;

/// What a connector's description asks for under one configuration.
#[derive(Default)]
pub(crate) struct Asked {
    pub origins: Vec<Origin>,
    /// Names the connector declares: set by people, so the guest cannot capture into them or forget them.
    pub secrets: Arc<[String]>,
    /// The only origins that a secret goes to, for those that the description says it of.
    pub secret_origins: BTreeMap<String, Vec<Origin>>,
}

pub(crate) struct HostState {
    pub limits: Arc<Limits>,
    pub meter: Arc<CpuMeter>,
    pub egress: Arc<Egress>,
    pub grants: Grants,
    pub now: Timestamp,
    pub declared_secrets: Arc<[String]>,
    secret_origins: BTreeMap<String, Vec<Origin>>,
    pub secrets: BTreeMap<String, SecretText>,
    pub secret_changes: SecretChanges,
    pub kv: BTreeMap<String, Vec<u8>>,
    pub kv_changes: BTreeMap<String, Option<Vec<u8>>>,
    pub log: Vec<LogLine>,
    pub log_bytes: usize,
    pub usage: Usage,
    pub memory: MemoryLimiter,
    redactor: Option<Arc<Redactor>>,
    /// Values that were secret at any time of the call, so that a replaced token is still taken out.
    past_secrets: Vec<SecretText>,
}

impl HostState {
    /// Of what was granted, only what the connector asks for remains.
    pub fn new(context: CallContext, asked: Asked, limits: Arc<Limits>, egress: Arc<Egress>) -> Self {
        let CallContext { secrets, kv, mut grants, now, .. } = context;
        grants.origins.retain(|origin| asked.origins.contains(origin));
        Self {
            memory: MemoryLimiter { most: limits.memory, most_elements: limits.table_elements, ..Default::default() },
            limits,
            meter: Arc::default(),
            egress,
            grants,
            now,
            declared_secrets: asked.secrets,
            secret_origins: asked.secret_origins,
            secrets,
            secret_changes: BTreeMap::new(),
            kv,
            kv_changes: BTreeMap::new(),
            log: Vec::new(),
            log_bytes: 0,
            usage: Usage::default(),
            redactor: None,
            past_secrets: Vec::new(),
        }
    }

    /// Takes every secret of the call out of texts.
    pub fn redactor(&mut self) -> Arc<Redactor> {
        if let Some(redactor) = &self.redactor {
            return Arc::clone(redactor);
        }
        let redactor = Arc::new(Redactor::new(self.secrets.values().chain(&self.past_secrets)));
        self.redactor = Some(Arc::clone(&redactor));
        redactor
    }

    /// Whether a secret may be put into a request to this origin. One that a person entered goes to every granted origin, unless
    /// the description binds it; a captured one goes back to where it came from.
    pub fn may_receive(&self, origin: &Origin, name: &str, secret: &SecretText) -> bool {
        match (self.secret_origins.get(name), secret.captured_from()) {
            (Some(origins), _) => origins.contains(origin),
            (None, Some(captured_from)) => captured_from == origin,
            (None, None) => self.declared_secrets.iter().any(|declared| declared == name),
        }
    }

    /// Keeps a secret that came in an answer of this origin.
    pub fn capture(&mut self, name: &str, text: String, origin: &Origin) -> Result<(), Stop> {
        let Limits { captured_secret, captured_secrets, captured_bytes, .. } = *self.limits;
        if name.len() + text.len() > captured_secret {
            return Err(Stop(StopReason::CapturedSecret(captured_secret)));
        }
        let current = self.secrets.iter().filter(|(name, _)| !self.declared_secrets.contains(name));
        let captured = current.map(|(_, secret)| secret).chain(&self.past_secrets);
        let (count, bytes) =
            captured.fold((1, text.len()), |(count, bytes), secret| (count + 1, bytes + secret.expose().len()));
        if count > captured_secrets {
            return Err(Stop(StopReason::CapturedSecrets(captured_secrets)));
        }
        if bytes > captured_bytes {
            return Err(Stop(StopReason::CapturedBytes(captured_bytes)));
        }
        self.set_secret(name.to_owned(), Some(SecretText::captured(text, origin.clone())));
        Ok(())
    }

    pub fn set_secret(&mut self, name: String, secret: Option<SecretText>) {
        self.past_secrets.extend(self.secrets.remove(&name));
        if let Some(secret) = &secret {
            self.secrets.insert(name.clone(), secret.clone());
        }
        self.secret_changes.insert(name, secret);
        self.redactor = None;
    }

    /// A line in the connection's log, from the guest or about it.
    pub fn write_log(&mut self, level: LogLevel, message: &str) -> Result<(), Stop> {
        if self.log.len() >= self.limits.log_lines {
            return Err(Stop(StopReason::LogLines(self.limits.log_lines)));
        }
        self.log_bytes += message.len();
        if self.log_bytes > self.limits.log_bytes {
            return Err(Stop(StopReason::LogBytes(self.limits.log_bytes)));
        }
        let message = self.redactor().text(message);
        self.log.push(LogLine { level, message });
        Ok(())
    }
}

/// Stops a call; raised as a trap and found again when the call has ended.
#[derive(Debug)]
pub(crate) struct Stop(pub StopReason);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stopped by the host: {:?}", self.0)
    }
}

impl std::error::Error for Stop {}

/// Counts all memories and tables of a store together: a guest gains nothing by having many.
#[derive(Debug, Default)]
pub(crate) struct MemoryLimiter {
    most: usize,
    most_elements: usize,
    elements: usize,
    bytes: usize,
    pub peak: usize,
}

/// What the engine keeps for one table element.
const ELEMENT: usize = size_of::<usize>();

impl MemoryLimiter {
    fn grow(&mut self, by: usize) -> wasmtime::Result<bool> {
        self.bytes = self.bytes.saturating_add(by);
        if self.bytes > self.most {
            return Err(Stop(StopReason::Memory(self.most)).into());
        }
        self.peak = self.peak.max(self.bytes);
        Ok(true)
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        // Beyond a maximum of the memory's own it is an ordinary failed growth. (The pool's slots have the host's as theirs.)
        if maximum.is_some_and(|maximum| maximum < self.most && desired > maximum) {
            return Ok(false);
        }
        self.grow(desired.saturating_sub(current))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| maximum < self.most_elements && desired > maximum) {
            return Ok(false);
        }
        let by = desired.saturating_sub(current);
        self.elements = self.elements.saturating_add(by);
        if self.elements > self.most_elements {
            return Err(Stop(StopReason::TableElements(self.most_elements)).into());
        }
        self.grow(by.saturating_mul(ELEMENT))
    }
}
