//! Which links may be followed, and where the credentials may go.
//!
//! Links come from the account's data and from servers' redirects, so that a stranger may have written them: they must not
//! lead a request into the user's network, nor credentials away from the server they are for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Origin, Url};

use crate::audio::event::{Error, Request};

/// One place to ask, and whether the credentials go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) authorized: bool,
}

/// What a request allows.
#[derive(Debug)]
pub(super) struct Rule {
    start: Hop,
    own_origin: Option<Origin>,
}

impl Rule {
    /// # Errors
    /// [`Error::NoUrl`] for an empty link, [`Error::Refused`] for one that must not be followed.
    pub(super) fn new(request: &Request) -> Result<Self, Error> {
        if request.url.trim().is_empty() {
            return Err(Error::NoUrl);
        }
        let url = Url::parse(request.url.trim())
            .map_err(|error| refused(&format!("it is not a URL ({error})")))?;
        let allowed = request.own_origin.as_deref();
        let rule = Self {
            start: Hop {
                url,
                authorized: request.authorization.is_some(),
            },
            own_origin: allowed
                .and_then(|base| Url::parse(base).ok())
                .map(|base| base.origin()),
        };
        rule.check(&rule.start.url)?;
        Ok(rule)
    }

    pub(super) fn start(&self) -> Hop {
        self.start.clone()
    }

    /// Where a redirect from `from` to `location` leads.
    pub(super) fn follow(&self, from: &Hop, location: &str) -> Result<Hop, Error> {
        let mut url = from
            .url
            .join(location)
            .map_err(|_| refused("it redirects to what is not a URL"))?;
        url.set_fragment(None);
        self.check(&url)?;
        let origin = url.origin();
        let trusted = origin == self.start.url.origin()
            || self.is_own(&url)
            || is_loopback(&self.start.url) && is_loopback(&url);
        if is_inside(&url) && !trusted {
            return Err(refused(
                "it redirects to an address inside a private network",
            ));
        }
        Ok(Hop {
            authorized: from.authorized && origin == from.url.origin(),
            url,
        })
    }

    /// Whether `url` is at the API base's own origin, which the user named and which may be anywhere.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        self.own_origin == Some(url.origin())
    }

    fn check(&self, url: &Url) -> Result<(), Error> {
        if url.host().is_none() {
            return Err(refused("it names no server"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries a user name or a password"));
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if is_loopback(url) || self.is_own(url) => Ok(()),
            "http" => Err(refused("it is plain http, and only https is safe there")),
            _ => Err(refused("it is neither https nor http")),
        }
    }
}

fn refused(reason: &str) -> Error {
    Error::Refused(reason.to_owned())
}

/// On this machine, as the URL itself says.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || mapped(address).is_some_and(|address| address.is_loopback())
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

/// On this machine or in a network that strangers have no business in, as the URL itself says. What a name leads to is seen when
/// it is looked up ([`super::names`]).
fn is_inside(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_inside_v4(address),
        Some(Host::Ipv6(address)) => is_inside_v6(address),
        Some(Host::Domain(_)) => is_loopback(url),
        None => true,
    }
}

/// On this machine or in a network that strangers have no business in.
pub(super) fn is_inside_ip(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => is_inside_v6(address),
    }
}

fn is_inside_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_multicast()
        || mapped(address).is_some_and(is_inside_v4)
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || first == 100 && second & 0xC0 == 64
        || first == 198 && second & 0xFE == 18
}

/// The IPv4 address in an IPv6 one: mapped, compatible, of 6to4, or behind the prefixes of NAT64 (RFC 6052, RFC 8215).
fn mapped(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low]
        | [0x64, 0xFF9B, 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        _ => address.to_ipv4(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::event::Secret;

    fn rule(url: &str, own_origin: Option<&str>) -> Result<Rule, Error> {
        Rule::new(&Request {
            url: url.to_owned(),
            authorization: Some(Secret("Basic x".to_owned())),
            own_origin: own_origin.map(str::to_owned),
        })
    }

    #[test]
    fn only_https_and_loopback_are_asked() {
        for url in [
            "https://media.example/a.mp3",
            "http://127.0.0.1:8080/a",
            "http://localhost/a",
            "http://[::1]:9/a",
        ] {
            assert!(rule(url, None).is_ok(), "{url}");
        }
        for url in [
            "http://media.example/a.mp3",
            "http://10.0.0.1/",
            "ftp://media.example/",
            "file:///etc/passwd",
            "data:audio/wav,abc",
            "a.mp3",
            "https://user:word@media.example/",
            "http://127.0.0.1@media.example/",
            "http://localhost.media.example/",
        ] {
            assert!(matches!(rule(url, None), Err(Error::Refused(_))), "{url}");
        }
        assert_eq!(rule(" ", None).err(), Some(Error::NoUrl));
        assert!(rule("http://10.0.0.1:80/a", Some("http://10.0.0.1/v1/")).is_ok());
        assert!(rule("http://10.0.0.1:81/a", Some("http://10.0.0.1/v1/")).is_err());
    }

    #[test]
    fn credentials_stay_with_their_server_and_do_not_come_back() {
        let rule = rule("https://media.example/a", None).unwrap();
        let same = rule.follow(&rule.start(), "/b?c").unwrap();
        assert!(same.authorized);
        let other = rule.follow(&same, "https://store.example/b").unwrap();
        assert!(!other.authorized);
        let back = rule.follow(&other, "https://media.example/a").unwrap();
        assert!(!back.authorized);
        let port = rule
            .follow(&rule.start(), "https://media.example:444/a")
            .unwrap();
        assert!(!port.authorized);
    }

    #[test]
    fn a_redirect_does_not_lead_into_a_private_network() {
        let outside = rule("https://media.example/a", None).unwrap();
        for to in [
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://169.254.169.254/latest/",
            "https://127.0.0.1/",
            "http://127.0.0.1/",
            "http://localhost/",
            "https://0/",
            "https://0x7f000001/",
            "https://100.64.0.1/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[64:ff9b:1::a00:1]/",
            "https://[2002:a00:1::1]/",
            "https://[ff02::1]/",
            "https://224.0.0.1/",
            "https://240.0.0.1/",
            "https://255.255.255.255/",
            "https://198.18.0.1/",
            "http://media.example/",
            "//user@media.example/",
            "javascript:0",
        ] {
            let found = outside.follow(&outside.start(), to);
            assert!(matches!(found, Err(Error::Refused(_))), "{to}");
        }
        let inside = rule("http://127.0.0.1:1/a", None).unwrap();
        assert!(
            inside
                .follow(&inside.start(), "http://localhost:2/")
                .is_ok()
        );
        assert!(inside.follow(&inside.start(), "https://10.0.0.1/").is_err());
        let own = rule("http://10.0.0.1/a", Some("http://10.0.0.1")).unwrap();
        assert!(own.follow(&own.start(), "/b").is_ok());
        assert!(own.follow(&own.start(), "http://10.0.0.2/b").is_err());
    }
}
