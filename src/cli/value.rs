//! Values of flags that more than one command takes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use url::Url;

/// Seconds above 0, with fractions.
///
/// # Errors
/// What is needed instead.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|seconds: &f64| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "a number of seconds above 0 is needed".to_owned())
}

/// An address to listen on. Without a host, or as `localhost`, it is this machine's own.
///
/// # Errors
/// What is needed instead.
pub(super) fn listen_addr(text: &str) -> Result<SocketAddr, String> {
    let port = text
        .strip_prefix("localhost:")
        .or_else(|| text.strip_prefix(':'));
    let addr = match port {
        Some(port) => port
            .parse()
            .ok()
            .map(|port: u16| (Ipv4Addr::LOCALHOST, port).into()),
        None => text.parse().ok(),
    };
    addr.ok_or_else(|| {
        "an address and a port are needed, like 127.0.0.1:8099; port 0 takes a free one".to_owned()
    })
}

/// A URL of the web, without credentials.
///
/// # Errors
/// What is needed instead.
pub(super) fn web_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or("a URL is needed, like https://hooks.example.net/plivo")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("credentials in a URL end up in logs: leave them out".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_may_have_fractions_and_must_be_some() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(seconds("30"), Ok(Duration::from_secs(30)));
        for bad in ["0", "-1", "NaN", "inf", "1e300", "s", ""] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_without_a_host_are_this_machines_own() {
        for (text, addr) in [
            ("127.0.0.1:8099", "127.0.0.1:8099"),
            (":0", "127.0.0.1:0"),
            ("localhost:80", "127.0.0.1:80"),
            ("0.0.0.0:8099", "0.0.0.0:8099"),
            ("[::1]:8099", "[::1]:8099"),
        ] {
            assert_eq!(listen_addr(text), Ok(addr.parse().unwrap()), "{text}");
        }
        for bad in [
            "",
            ":",
            ":65536",
            "8099",
            "127.0.0.1",
            "hooks.example.net:80",
            ":-1",
        ] {
            assert!(listen_addr(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_url_has_a_host() {
        assert!(web_url("https://hooks.example.net/plivo?x=1").is_ok());
        for bad in [
            "hooks.example.net/plivo",
            "ftp://hooks.example.net/",
            "https:",
            "mailto:a@b",
            "https://me:secret@hooks.example.net/",
        ] {
            assert!(web_url(bad).is_err(), "{bad}");
        }
    }
}
