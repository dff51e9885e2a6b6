//! All outgoing HTTP: for connectors, and for whatever else in Comity fetches something that others may name.
//!
//! A request leaves only when its origin was granted. Names are resolved once per connection, by [`resolver::Vetted`], which
//! refuses a name when *any* of its addresses may not be connected to, and the connection is made to the vetted addresses
//! while TLS and the `host` header keep the name; so a second answer from the DNS changes nothing. Redirects are never
//! followed: they are returned, and each hop is asked for again. Proxies of the environment are ignored, because behind one
//! nobody could say which address is reached.
//!
//! Connections are kept alive and shared by requests that may reach the same addresses: a connection made under a wider grant
//! is never used under a narrower one.

mod address;
mod client;
mod origin;
mod resolver;

pub use address::{is_allowed, is_global_unicast, is_metadata};
pub use client::{Egress, EgressLimits, Request, Response};
pub use origin::{Origin, wanted_origins};
pub use resolver::{Resolver, SystemResolver};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What an administrator allowed one connection to reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// `http://` origins here may be spoken to without TLS.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// Ranges outside the public internet that names (and granted address literals) may lead to.
    #[serde(default)]
    pub cidrs: Vec<IpNet>,
}

/// Why a request was not sent, or nothing usable came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{0:?} is not a web address")]
    BadUrl(String),
    #[error("only http and https addresses can be reached, not {0}")]
    Scheme(String),
    #[error("a web address must not carry a user name or password")]
    UserInfo,
    #[error("the web address has no host")]
    NoHost,
    #[error("asked for host {0}, which was not granted")]
    NotGranted(String),
    #[error("asked for {0} without TLS, and only https was granted")]
    NotEncrypted(String),
    #[error("asked for the address {0}, and no granted range has it")]
    Address(String),
    #[error("{host} leads to {address}, which is not on the public internet and was not granted")]
    PrivateAddress { host: String, address: std::net::IpAddr },
    #[error("{host} leads to {address} on the public internet, where a secret goes over https only")]
    Exposed { host: String, address: std::net::IpAddr },
    #[error("{0} is where cloud platforms keep credentials; it can never be reached")]
    Metadata(String),
    #[error("the request cannot be sent: {0}")]
    BadRequest(String),
    #[error("{host} has no address: {reason}")]
    Unresolved { host: String, reason: String },
    #[error("{host} could not be reached: {reason}")]
    Unreachable { host: String, reason: String },
    #[error("{host} did not answer within {seconds} s")]
    TimedOut { host: String, seconds: u64 },
    #[error("the answer of {host} is larger than {}", crate::error::Size(*limit))]
    TooLarge { host: String, limit: usize },
    #[error("the connection to {host} broke off: {reason}")]
    Broken { host: String, reason: String },
}

impl Refusal {
    /// Whether the other side may have acted on the request all the same.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::TooLarge { .. } | Self::Broken { .. })
    }

    /// Whether it was the host's own decision not to send it.
    #[must_use]
    pub fn is_policy(&self) -> bool {
        !self.is_ambiguous() && !matches!(self, Self::Unresolved { .. } | Self::Unreachable { .. })
    }
}
