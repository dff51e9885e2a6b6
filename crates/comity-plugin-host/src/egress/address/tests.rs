use super::*;

/// The ranges of the IANA registries, first and last addresses, and what must stay reachable next to them.
#[test]
fn table() {
    let closed = [
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    for address in closed {
        assert!(!is_global_unicast(address.parse().unwrap()) || is_metadata(address.parse().unwrap()), "{address}");
        assert!(!is_allowed(address.parse().unwrap(), &[]), "{address}");
    }
    let open = [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00:1450::1",
        "3ffe::1",
    ];
    for address in open {
        assert!(is_allowed(address.parse().unwrap(), &[]), "{address}");
    }
}

#[test]
fn a_grant_opens_its_range_and_no_other() {
    let granted = ["10.1.0.0/16".parse().unwrap(), "fd12::/16".parse().unwrap()];
    for address in ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1"] {
        assert!(is_allowed(address.parse().unwrap(), &granted), "{address}");
    }
    for address in ["10.2.0.1", "fd13::1", "127.0.0.1", "::1"] {
        assert!(!is_allowed(address.parse().unwrap(), &granted), "{address}");
    }
    assert!(is_allowed("::1".parse().unwrap(), &["127.0.0.0/8".parse().unwrap()]), "both are this machine");
}

#[test]
fn no_grant_opens_metadata() {
    let everything = ["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()];
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "::169.254.169.254",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fe80::a9fe:a9fe",
    ] {
        assert!(!is_allowed(address.parse().unwrap(), &everything), "{address}");
    }
    assert!(is_allowed("10.0.0.1".parse().unwrap(), &everything));
}
