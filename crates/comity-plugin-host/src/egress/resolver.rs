//! Names to addresses, once, with every answer looked at.

use super::{Refusal, address};
use ipnet::IpNet;
use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

/// Looks a host name up. A trait so that tests and later DNS over HTTPS can take its place.
pub trait Resolver: Send + Sync + 'static {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<std::net::IpAddr>>> + Send + 'a>>;
}

/// The operating system's resolver.
#[derive(Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<std::net::IpAddr>>> + Send + 'a>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|found| found.ip()).collect()) })
    }
}

/// The addresses that a request may reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Reach {
    /// Granted ranges outside the public internet.
    pub cidrs: Vec<IpNet>,
    /// Whether the public internet is part of it. Secrets go there over TLS only.
    pub public: bool,
}

/// What the HTTP client resolves names with: it never sees an address that was not vetted.
pub(super) struct Vetted {
    pub resolver: Arc<dyn Resolver>,
    pub reach: Reach,
}

impl Vetted {
    async fn addresses(resolver: &dyn Resolver, reach: &Reach, host: &str) -> Result<Vec<SocketAddr>, Refusal> {
        let unresolved = |reason: String| Refusal::Unresolved { host: host.to_owned(), reason };
        let found = resolver.resolve(host).await.map_err(|error| unresolved(error.to_string()))?;
        if found.is_empty() {
            return Err(unresolved("the name has none".to_owned()));
        }
        for &address in &found {
            vet(host, address, reach)?;
        }
        // Port 0 makes the client use the port of the request.
        Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
    }
}

/// Whether `host` may be reached at `address`.
pub(super) fn vet(host: &str, address: std::net::IpAddr, reach: &Reach) -> Result<(), Refusal> {
    if address::is_metadata(address) {
        return Err(Refusal::Metadata(address.to_string()));
    }
    if !reach.public && address::is_global_unicast(address) {
        return Err(Refusal::Exposed { host: host.to_owned(), address });
    }
    if address::is_allowed(address, &reach.cidrs) {
        return Ok(());
    }
    Err(Refusal::PrivateAddress { host: host.to_owned(), address })
}

impl reqwest::dns::Resolve for Vetted {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let (resolver, reach) = (Arc::clone(&self.resolver), self.reach.clone());
        Box::pin(async move {
            let found = Self::addresses(resolver.as_ref(), &reach, name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as reqwest::dns::Addrs)
        })
    }
}
