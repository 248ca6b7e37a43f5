//! Which servers are inside: on this machine, or in a network that strangers have no business in.
//!
//! The links of recordings are text that a stranger may have written, and so are the redirects and the names' addresses behind
//! them. Whoever sends a request for one asks here: [`crate::plivo`] before a link is taken, [`crate::audio`] at each redirect
//! and when a name is looked up. One list, so that no way in is known to one of them only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// True when `url` leads inside, as its own text tells; a name without a dot does, since only the own network has such. What any
/// other name leads to is seen when it is looked up.
pub fn leads_inside(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_inside_v4(address),
        Some(Host::Ipv6(address)) => is_inside_v6(address),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || name.ends_with(".localhost")
        }
        None => true,
    }
}

/// True for what is no public server's address.
pub fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => is_inside_v6(address),
    }
}

/// On this machine, as `url` itself says: 127/8, ::1 and `localhost`. Nothing else, since plain http may go there.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// What IANA's registry of special-purpose IPv4 addresses does not call globally reachable, and multicast.
fn is_inside_v4(address: Ipv4Addr) -> bool {
    matches!(
        address.octets(),
        // "This network", and private ones (RFC 1918).
        [0 | 10, ..] | [172, 16..32, ..] | [192, 168, ..]
        // Shared by the customers of a provider (RFC 6598), this machine, and this link, where clouds keep their metadata.
        | [100, 64..128, ..] | [127, ..] | [169, 254, ..]
        // For protocols, for examples, for relays of 6to4, for benchmarks (RFC 2544).
        | [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [192, 88, 99, _] | [198, 18..20, ..]
        // Multicast, and what is reserved.
        | [224..=255, ..]
    )
}

/// All but global unicast addresses, which begin with 2000::/3, less what is special there too. An address that carries one of IPv4
/// is where that one is.
fn is_inside_v6(address: Ipv6Addr) -> bool {
    if let Some(carried) = carried(address) {
        return is_inside_v4(carried);
    }
    match address.segments() {
        // For protocols (RFC 2928), Teredo with its hidden IPv4 address among them; for examples.
        [0x2001, 0..0x200, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..0x1000, ..] => true,
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

/// The IPv4 address in an IPv6 one: compatible, mapped, translated (RFC 2765), behind the prefix of NAT64 (RFC 6052), or of 6to4. Behind
/// a network's own prefix of NAT64 (RFC 8215) nobody else knows where it stands: all of these are inside.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

/// Hosts as they stand in a URL, for the tests of all who ask here.
#[cfg(test)]
pub(crate) mod hosts {
    /// Servers that no stranger may name, by their addresses.
    pub(crate) const INSIDE: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::2]",
        "[::127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:0:10.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b::1:10.0.0.1]",
        "[64:ff9b:1::10.0.0.1]",
        "[64:ff9b:1::8.8.8.8]",
        "[64:ff9b:1:a00:0:500:808:808]",
        "[64:ff9b:1:abcd::192.168.0.1]",
        "[64:ff9b:1:a00:0:500::]",
        "[64:ff9b:1:c0:a8:5::]",
        "[64:ff9b:1:0:a:0:500::]",
        "[64:ff9b:2::8.8.8.8]",
        "[100::1]",
        "[1fff::1]",
        "[2001::1]",
        "[2001:0:808:808::1]",
        "[2001:20::1]",
        "[2001:1ff::1]",
        "[2001:db8::7]",
        "[2002:a00:1::1]",
        "[2002:7f00:1::1]",
        "[3fff::1]",
        "[3fff:fff::1]",
        "[4000::1]",
        "[5f00::1]",
        "[fc00::1]",
        "[fd00::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[feff::1]",
        "[ff02::1]",
    ];

    /// The same in other words: forms that are read as addresses, and names.
    pub(crate) const INSIDE_BY_NAME: &[&str] = &[
        "0",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0300.0250.0.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "a.localhost.",
        "intranet",
        "intranet.",
    ];

    /// Addresses of the public network, each next to one that is not.
    pub(crate) const PUBLIC: &[&str] = &[
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.1",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "203.0.112.255",
        "223.255.255.255",
        "[::8.8.8.8]",
        "[::ffff:8.8.8.8]",
        "[::ffff:0:8.8.8.8]",
        "[64:ff9b::8.8.8.8]",
        "[2000::1]",
        "[2001:200::1]",
        "[2001:4860:4860::8888]",
        "[2001:db7:ffff::1]",
        "[2001:db9::1]",
        "[2002:808:808::1]",
        "[2606:4700::1]",
        "[3ffe:ffff::1]",
        "[3fff:1000::1]",
    ];

    /// What stands between the brackets of an IPv6 one.
    pub(crate) fn address(host: &str) -> std::net::IpAddr {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse().unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::hosts::{INSIDE, INSIDE_BY_NAME, PUBLIC, address};
    use super::*;

    fn url(host: &str) -> Url {
        Url::parse(&format!("https://{host}/r")).unwrap()
    }

    #[test]
    fn every_inside_host_is_known_and_no_public_one_is() {
        for host in INSIDE {
            assert!(is_inside(address(host)), "{host}");
            assert!(leads_inside(&url(host)), "{host}");
        }
        for host in INSIDE_BY_NAME {
            assert!(leads_inside(&url(host)), "{host}");
        }
        for host in PUBLIC {
            assert!(!is_inside(address(host)), "{host}");
            assert!(!leads_inside(&url(host)), "{host}");
        }
        for name in ["media.plivo.com", "localhost.example", "a.example."] {
            assert!(!leads_inside(&url(name)), "{name}");
        }
    }

    #[test]
    fn what_the_standard_library_calls_local_is_inside() {
        for high in 0..=u16::MAX {
            let [a, b] = high.to_be_bytes();
            for low in [0, 1, 2, 99, 100, 113, 255] {
                let v4 = Ipv4Addr::new(a, b, low, 1);
                let local = v4.is_private() || v4.is_loopback() || v4.is_link_local();
                let other = v4.is_multicast() || v4.is_documentation() || v4.is_unspecified();
                assert!(is_inside_v4(v4) || !(local || other), "{v4}");
            }
            let v6 = Ipv6Addr::new(high, 0, 0, 0, 0, 0, 0x808, 0x808);
            let local = v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast();
            assert!(is_inside_v6(v6) || !local, "{v6}");
        }
    }

    #[test]
    fn loopback_is_what_the_url_says_and_no_more() {
        for host in ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "LOCALHOST"] {
            assert!(is_loopback(&url(host)), "{host}");
        }
        for host in [
            "a.localhost",
            "localhost.",
            "localhost.example",
            "[::ffff:127.0.0.1]",
            "0",
        ] {
            assert!(!is_loopback(&url(host)), "{host}");
        }
    }
}
