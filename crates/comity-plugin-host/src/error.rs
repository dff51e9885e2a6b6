//! What can go wrong, told apart by whose matter it is: the host refused or stopped a connector ([`HostError`]), or the
//! connector ran and reports an error of its own ([`ConnectorError`]).

use crate::{LogLine, SecretChanges, Usage};
use std::{fmt, path::PathBuf, time::Duration};

#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The bytes cannot be used as a connector.
    #[error("{0}")]
    Unfit(String),
    /// A call was stopped, or its result was not usable.
    #[error("{0}")]
    Stopped(Box<Stopped>),
    #[error("{connector} cannot {call}: it does not export `{interface}`")]
    Unsupported { connector: String, call: &'static str, interface: &'static str },
    #[error("the WebAssembly engine could not be set up: {0}")]
    Engine(String),
    #[error("the folder for compiled connectors, {}, cannot be used: {source}", path.display())]
    Cache { path: PathBuf, source: std::io::Error },
    #[error("outgoing HTTP could not be set up: {0}")]
    Egress(String),
}

/// A call that ended before its time.
///
/// Changes to the key-value state are gone. Changes to secrets are here, because the platform has already seen the
/// request that made them: see [`crate::CallOutput::secrets`].
#[derive(Debug)]
pub struct Stopped {
    pub call: &'static str,
    pub reason: StopReason,
    pub secrets: SecretChanges,
    pub log: Vec<LogLine>,
    pub usage: Usage,
}

impl Stopped {
    /// Whether a request had left before the call ended, so that the platform may have acted. Of a reply, nobody can then
    /// say whether it arrived; it has to be looked up.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.usage.http_sent > 0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    Cpu(Duration),
    Wall(Duration),
    Memory(usize),
    TableElements(usize),
    Hostcall(usize),
    LogLines(usize),
    LogBytes(usize),
    HttpRequests(usize),
    HttpSent(usize),
    CapturedSecret(usize),
    CapturedSecrets(usize),
    CapturedBytes(usize),
    /// The guest trapped by itself: a panic, a division by zero, an access outside its memory.
    Trap(String),
    /// The value that came back breaks the contract.
    BadResult(String),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.call;
        match &self.reason {
            StopReason::Cpu(limit) => write!(f, "{call} used more than {} ms of CPU", limit.as_millis()),
            StopReason::Wall(limit) => write!(f, "{call} took longer than {} ms", limit.as_millis()),
            StopReason::Memory(limit) => write!(f, "{call} used more than {} of memory", Size(*limit)),
            StopReason::TableElements(limit) => write!(f, "{call} used more than {limit} table elements"),
            StopReason::Hostcall(limit) => write!(f, "{call} handed over more than {} at once", Size(*limit)),
            StopReason::LogLines(limit) => write!(f, "{call} wrote more than {limit} log lines"),
            StopReason::LogBytes(limit) => write!(f, "{call} wrote more than {} to the log", Size(*limit)),
            StopReason::HttpRequests(limit) => write!(f, "{call} sent more than {limit} HTTP requests"),
            StopReason::HttpSent(limit) => write!(f, "{call} sent more than {} over HTTP", Size(*limit)),
            StopReason::CapturedSecret(limit) => write!(f, "{call} captured a secret of more than {}", Size(*limit)),
            StopReason::CapturedSecrets(limit) => write!(f, "{call} captured more than {limit} secrets"),
            StopReason::CapturedBytes(limit) => write!(f, "{call} captured more than {} of secrets", Size(*limit)),
            StopReason::Trap(what) => write!(f, "{call} crashed: {what}"),
            StopReason::BadResult(what) => write!(f, "{call} returned something unusable: {what}"),
        }
    }
}

impl std::error::Error for Stopped {}

/// Bytes in words: `64 MiB`.
pub(crate) struct Size(pub usize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => write!(f, "{} MiB", bytes >> 20),
            bytes if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => write!(f, "{} KiB", bytes >> 10),
            bytes => write!(f, "{bytes} bytes"),
        }
    }
}

/// What the connector says went wrong. Secrets have been taken out of its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorError {
    pub code: ErrorCode,
    pub message: String,
    /// Not before this long from now.
    pub retry_after: Option<Duration>,
    pub scope: Scope,
    /// What the administrator or agent can do about it.
    pub advice: Option<String>,
    /// Whether the platform may have carried the request out all the same.
    pub ambiguous: bool,
}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConnectorError {}

/// How far an error reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Request,
    Connection,
    Platform,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    Auth,
    RateLimited,
    Unavailable,
    Refused,
    NotFound,
    InvalidConfig,
    InvalidInput,
    Unsupported,
}

impl ErrorCode {
    /// Codes this host does not know count as `unavailable`, as the WIT package says.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "auth" => Self::Auth,
            "rate-limited" => Self::RateLimited,
            "refused" => Self::Refused,
            "not-found" => Self::NotFound,
            "invalid-config" => Self::InvalidConfig,
            "invalid-input" => Self::InvalidInput,
            "unsupported" => Self::Unsupported,
            _ => Self::Unavailable,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::RateLimited => "rate-limited",
            Self::Unavailable => "unavailable",
            Self::Refused => "refused",
            Self::NotFound => "not-found",
            Self::InvalidConfig => "invalid-config",
            Self::InvalidInput => "invalid-input",
            Self::Unsupported => "unsupported",
        }
    }
}
