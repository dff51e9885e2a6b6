//! Origins: scheme, host and port, the unit in which reaching out is asked for and granted.
//!
//! A granted `http://` origin is at the same time the grant to speak plain HTTP to it; nothing else may.

use crate::egress::Refusal;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr, str::FromStr};
use url::Url;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of a request, if it is one that may be sent at all.
    pub fn of(url: &Url) -> Result<Self, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::UserInfo);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Refusal::NoHost)?;
        // A trailing dot names the same host; granted origins are compared without it.
        let host = host.strip_suffix('.').unwrap_or(host).to_owned();
        let port = url.port_or_known_default().ok_or(Refusal::NoHost)?;
        Ok(Self { scheme: url.scheme().to_owned(), host, port })
    }

    #[must_use]
    pub fn is_http(&self) -> bool {
        self.scheme == "http"
    }

    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address, when the host is written as one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("{text:?} is not an origin: {error}"))?;
        let origin = Self::of(&url).map_err(|refusal| format!("{text:?} is not an origin: {refusal}"))?;
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if bare { Ok(origin) } else { Err(format!("{text:?} is more than an origin; leave out what follows the host")) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = if self.is_http() { 80 } else { 443 };
        write!(f, "{}://{}", self.scheme, self.host)?;
        if self.port == default { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl TryFrom<String> for Origin {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

/// The origins a connector asks for under this configuration: `{config:FIELD}` stands for the origin of the URL in that
/// field, and is left out while the field is empty. What an administrator is shown and grants.
pub fn wanted_origins(declared: &[String], config: &serde_json::Value) -> Result<Vec<Origin>, String> {
    let mut origins = Vec::new();
    for text in declared {
        let field = text.strip_prefix("{config:").and_then(|rest| rest.strip_suffix('}'));
        let origin = match field {
            None => text.parse()?,
            Some(field) => match config.get(field).and_then(serde_json::Value::as_str).unwrap_or_default() {
                "" => continue,
                address => origin_in(field, address)?,
            },
        };
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

fn origin_in(field: &str, address: &str) -> Result<Origin, String> {
    let url = Url::parse(address).map_err(|error| format!("`{field}` is not a web address: {error}"))?;
    Origin::of(&url).map_err(|refusal| format!("`{field}` cannot be used: {refusal}"))
}
