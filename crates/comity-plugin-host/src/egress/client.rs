//! Sending one request after its origin and addresses were checked.

use super::{
    Grants, Origin, Refusal,
    resolver::{Reach, Resolver, Vetted, vet},
};
use reqwest::{
    Client, Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use std::{
    collections::HashMap,
    error::Error,
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

/// Sends requests; cheap to share, holds the kept-alive connections.
pub struct Egress {
    resolver: Arc<dyn Resolver>,
    /// One client, and so one pool of connections, for each reach.
    clients: Mutex<HashMap<Reach, Client>>,
}

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// It carries a secret: without TLS it goes to granted addresses outside the public internet only.
    pub is_confidential: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
pub struct EgressLimits {
    /// Bytes of the response body.
    pub response: usize,
    /// From connecting to the last byte.
    pub timeout: Duration,
}

/// Headers that belong to the connection, not to the message, and `host`, which the address decides.
const HOST_HEADERS: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// How many reaches keep their connections; beyond that all start again.
const MOST_CLIENTS: usize = 64;

impl Egress {
    #[must_use]
    pub fn new(resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver, clients: Mutex::default() }
    }

    /// Whether `url` may be asked for under `grants`; what can be known before its name is resolved.
    pub fn check(url: &str, grants: &Grants) -> Result<(Url, Origin), Refusal> {
        let url = Url::parse(url).map_err(|_| Refusal::BadUrl(url.chars().take(200).collect()))?;
        let origin = Origin::of(&url)?;
        if let Some(address) = origin.address() {
            if super::is_metadata(address) {
                return Err(Refusal::Metadata(origin.host().to_owned()));
            }
            // An address says nothing about who is there, so the origin alone is not enough.
            let in_range = grants.cidrs.iter().any(|net| net.contains(&address.to_canonical()));
            if !in_range || !grants.origins.contains(&origin) {
                return Err(Refusal::Address(origin.host().to_owned()));
            }
            vet(origin.host(), address, &reach(grants, true))?;
        }
        if !grants.origins.contains(&origin) {
            let same_host = |granted: &&Origin| granted.host() == origin.host();
            let plain = origin.is_http() && grants.origins.iter().find(same_host).is_some_and(|found| !found.is_http());
            let host = origin.host().to_owned();
            return Err(if plain { Refusal::NotEncrypted(host) } else { Refusal::NotGranted(host) });
        }
        Ok((url, origin))
    }

    /// Sends the request and reads the whole answer. A status is never an error; a redirect is an answer.
    pub async fn send(&self, request: Request, grants: &Grants, limits: EgressLimits) -> Result<Response, Refusal> {
        let (url, origin) = Self::check(&request.url, grants)?;
        let host = origin.host().to_owned();
        let reach = reach(grants, !(request.is_confidential && origin.is_http()));
        // The client asks the resolver about names only.
        if let Some(address) = origin.address() {
            vet(&host, address, &reach)?;
        }
        let client = self.client(reach)?;
        let timed_out = Refusal::TimedOut { host: host.clone(), seconds: limits.timeout.as_secs() };
        let exchange = exchange(&client, url, request, host, limits.response);
        tokio::time::timeout(limits.timeout, exchange).await.unwrap_or(Err(timed_out))
    }

    fn client(&self, reach: Reach) -> Result<Client, Refusal> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&reach) {
            return Ok(client.clone());
        }
        if clients.len() >= MOST_CLIENTS {
            clients.clear();
        }
        let vetted = Vetted { resolver: Arc::clone(&self.resolver), reach: reach.clone() };
        let client = build(vetted).map_err(|error| Refusal::BadRequest(reason(&error)))?;
        clients.insert(reach, client.clone());
        Ok(client)
    }
}

fn reach(grants: &Grants, public: bool) -> Reach {
    let mut cidrs = grants.cidrs.clone();
    cidrs.sort_unstable();
    Reach { cidrs, public }
}

fn build(vetted: Vetted) -> reqwest::Result<Client> {
    static PROVIDER: Once = Once::new();
    // An error means that someone else installed one first, which serves as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let vetted = Arc::new(vetted);
    let builder = || {
        Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::clone(&vetted))
            .user_agent(concat!("comity/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .pool_idle_timeout(Duration::from_mins(1))
            .pool_max_idle_per_host(8)
    };
    builder().build().or_else(|error| {
        // A machine without any certificate authorities can still speak to servers on itself, and trusts no other.
        let advice = "install the package ca-certificates";
        tracing::warn!(reason = reason(&error), "no https server can be verified on this machine: {advice}");
        builder().tls_certs_only([]).build()
    })
}

async fn exchange(client: &Client, url: Url, request: Request, host: String, most: usize) -> Result<Response, Refusal> {
    let method = Method::from_bytes(request.method.to_ascii_uppercase().as_bytes())
        .ok()
        .filter(|method| !matches!(method.as_str(), "CONNECT" | "TRACE"))
        .ok_or_else(|| Refusal::BadRequest(format!("{:?} is not a method that can be used", request.method)))?;
    let headers = headers(&request.headers)?;
    let sent = client.request(method, url).headers(headers).body(request.body).send().await;
    let mut response = sent.map_err(|error| failed(&host, &error))?;
    let too_large = || Refusal::TooLarge { host: host.clone(), limit: most };
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| Refusal::Broken { host: host.clone(), reason: reason(&error) })?
    {
        if body.len() + chunk.len() > most {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let text = |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
    Ok(Response {
        status: response.status().as_u16(),
        headers: response.headers().iter().filter_map(text).collect(),
        body,
    })
}

fn headers(given: &[(String, String)]) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let bad = || Refusal::BadRequest(format!("the header {name:?} is not valid"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        if HOST_HEADERS.contains(&name.as_str()) {
            return Err(Refusal::BadRequest(format!("the header {name} is set by Comity")));
        }
        headers.append(name, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(headers)
}

/// Finds the resolver's refusal inside the client's error, or says in which phase it failed.
fn failed(host: &str, error: &reqwest::Error) -> Refusal {
    let mut cause = Some(error as &dyn Error);
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return refusal.clone();
        }
        cause = inner.source();
    }
    let (host, reason) = (host.to_owned(), reason(error));
    if error.is_connect() { Refusal::Unreachable { host, reason } } else { Refusal::Broken { host, reason } }
}

/// The innermost cause, which is the one that says something. Never the URL, which may carry what it should not.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if std::ptr::addr_eq(std::ptr::from_ref(cause), std::ptr::from_ref::<dyn Error>(error)) {
        return if error.is_builder() { "the request is not valid".to_owned() } else { "no answer".to_owned() };
    }
    cause.to_string()
}
