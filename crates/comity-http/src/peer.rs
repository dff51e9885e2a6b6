//! Where a request comes from.

use crate::errors::Problem;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, StatusCode, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// The address that a request comes from. A proxy on the same machine is believed about whom it speaks for; anybody
/// else could write what they like into that header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    fn of(parts: &Parts) -> Self {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let connected = connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        Self::seen(connected.to_canonical(), &parts.headers)
    }

    fn seen(connected: IpAddr, headers: &HeaderMap) -> Self {
        let forwarded = headers.get_all("x-forwarded-for").into_iter().next_back();
        let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|list| list.rsplit(',').next());
        let behind = last.and_then(|address| address.trim().parse::<IpAddr>().ok());
        Self(behind.filter(|_| connected.is_loopback()).map_or(connected, |address| address.to_canonical()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// A request from this very machine, and not passed on for somebody else.
pub struct Local;

impl<S: Send + Sync> FromRequestParts<S> for Local {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let passed_on = ["x-forwarded-for", "forwarded", "via"].iter().any(|name| parts.headers.contains_key(*name));
        if Peer::of(parts).0.is_loopback() && !passed_on {
            return Ok(Self);
        }
        let detail = "This is answered to this machine only, or with an owner's or integrator's token.";
        Err(Problem::new(StatusCode::FORBIDDEN, "not-allowed", "Not allowed", detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(connected: &str, forwarded: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = forwarded {
            headers.insert("x-forwarded-for", value.parse().unwrap());
        }
        Peer::seen(connected.parse().unwrap(), &headers).0.to_string()
    }

    #[test]
    fn only_a_local_proxy_is_believed_and_only_its_own_word() {
        assert_eq!(seen("127.0.0.1", Some("192.0.2.1, 198.51.100.7")), "198.51.100.7");
        assert_eq!(seen("203.0.113.9", Some("192.0.2.1")), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", Some("nonsense")), "127.0.0.1");
        assert_eq!(seen("::1", None), "::1");
    }
}
