//! Which addresses may be connected to.
//!
//! Without a grant only global unicast: everything in the IANA special-purpose registries
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>)
//! that is not globally reachable is out, and so is every IPv6 form that carries an IPv4 address, because what it leads to
//! depends on the network. A CIDR grant opens private ranges. It never opens the addresses where clouds hand out credentials.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// May this address be connected to under these grants?
#[must_use]
pub fn is_allowed(address: IpAddr, granted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    if is_metadata(address) {
        return false;
    }
    // The IPv6 loopback is the same machine as the IPv4 one, and `localhost` usually names both.
    let same = if address == IpAddr::V6(Ipv6Addr::LOCALHOST) { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address };
    is_global_unicast(address) || granted.iter().any(|net| net.contains(&address) || net.contains(&same))
}

/// Where cloud platforms serve instance metadata and credentials. The whole IPv4 link-local range counts, several use it.
#[must_use]
pub fn is_metadata(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_link_local()
                || v4 == Ipv4Addr::new(100, 100, 100, 200)
                || v4 == Ipv4Addr::new(168, 63, 129, 16)
                || v4 == Ipv4Addr::new(192, 0, 0, 192)
        }
        IpAddr::V6(v6) => {
            let known = [
                Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
                Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
                Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
                Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
            ];
            known.contains(&v6) || v6.is_unicast_link_local() || embedded(v6).is_some_and(|v4| is_metadata(v4.into()))
        }
    }
}

#[must_use]
pub fn is_global_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !NOT_GLOBAL_V4.iter().any(|net| net.contains(&v4)),
        // A mapped address reaches whatever its IPv4 address does.
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_global_unicast(v4.into()),
            None => GLOBAL_V6.contains(&v6) && !NOT_GLOBAL_V6.iter().any(|net| net.contains(&v6)),
        },
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

const NOT_GLOBAL_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    // Deprecated relays into 6to4.
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    // Azure's wire server is the one metadata address inside global space; the other two are in ranges above already.
    v4(168, 63, 129, 16, 32),
    v4(255, 255, 255, 255, 32),
];

const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

const NOT_GLOBAL_V6: [Ipv6Net; 4] = [
    // IETF protocol assignments: Teredo, benchmarking, ORCHID and the rest.
    v6(0x2001, 0, 23),
    v6(0x2001, 0xdb8, 32),
    // 6to4
    v6(0x2002, 0, 16),
    v6(0x3fff, 0, 20),
];

/// The IPv4 address inside an IPv6 form that carries one: compatible, NAT64 (both prefixes), 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = address.segments();
    let join = |at: usize| Ipv4Addr::from((u32::from(parts[at]) << 16) | u32::from(parts[at + 1]));
    match parts {
        [0, 0, 0, 0, 0, 0, ..] | [0x64, 0xff9b, ..] => Some(join(6)),
        [0x2002, ..] => Some(join(1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
