//! Values of flags that more than one command takes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use url::Url;

use crate::app::moment::{self, Moment};
use crate::plivo::DayBounds;

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

/// How long a recording is: `90`, `1:30`, `90s`, `2m`, `1h30m`.
///
/// # Errors
/// What is needed instead.
pub(super) fn length(text: &str) -> Result<Duration, String> {
    let wanted = || "a length is needed, like 90, 1:30, 90s or 1h30m".to_owned();
    if let Ok(Moment::At(length)) = moment::read(text) {
        return Ok(length);
    }
    let (mut rest, mut total, mut larger) = (text.trim(), Duration::ZERO, u64::MAX);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = rest.split_at_checked(digits).ok_or_else(wanted)?;
        let (unit, after) = unit.split_at_checked(1).ok_or_else(wanted)?;
        let seconds = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return Err(wanted()),
        };
        let number: u64 = number.parse().map_err(|_| wanted())?;
        // `30m1h` and `5m5m` are slips.
        if seconds >= larger {
            return Err(wanted());
        }
        let part = number.checked_mul(seconds).map(Duration::from_secs);
        total = part
            .and_then(|part| total.checked_add(part))
            .ok_or_else(wanted)?;
        (rest, larger) = (after, seconds);
    }
    (larger < u64::MAX).then_some(total).ok_or_else(wanted)
}

/// Days of storage: `30`, `30..60`, `90..`, `..7`; both ends belong to it.
///
/// # Errors
/// What is needed instead.
pub(super) fn days(text: &str) -> Result<DayBounds, String> {
    let wanted = || "days are needed, like 30, 30..60, 90.. or ..7".to_owned();
    let day = |text: &str| text.trim().parse::<u32>().map_err(|_| wanted());
    let Some((least, most)) = text.split_once("..") else {
        return day(text).map(DayBounds::Exactly);
    };
    let end = |text: &str| (!text.trim().is_empty()).then(|| day(text)).transpose();
    DayBounds::between(end(least)?, end(most)?).ok_or_else(wanted)
}

/// A value that the API compares as it stands.
///
/// # Errors
/// What is needed instead.
pub(super) fn exact(text: &str) -> Result<String, String> {
    let text = text.trim();
    match text.chars().count() {
        1..=200 if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err("1 to 200 characters are needed, none of them a control code".to_owned()),
    }
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
    fn lengths_are_clocks_or_have_units() {
        for (text, seconds) in [
            ("90", 90.0),
            ("1:30", 90.0),
            ("0.5", 0.5),
            ("90s", 90.0),
            ("2m", 120.0),
            ("1h30m", 5400.0),
            ("1h5s", 3605.0),
            ("0", 0.0),
        ] {
            assert_eq!(length(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
        let huge = "99999999999999999999h";
        for bad in [
            "", "s", "m5", "5x", "30m1h", "5m5m", "-5", "50%", "1h30", "5é", huge,
        ] {
            assert!(length(bad).is_err(), "{bad}");
        }
        assert!(length(&format!("{}h", u64::MAX / 2)).is_err());
    }

    #[test]
    fn days_are_a_number_or_a_range() {
        let between = |least, most| DayBounds::between(least, most).unwrap();
        assert_eq!(days("30"), Ok(DayBounds::Exactly(30)));
        assert_eq!(days("30..60"), Ok(between(Some(30), Some(60))));
        assert_eq!(days("90.."), Ok(between(Some(90), None)));
        assert_eq!(days("..7"), Ok(between(None, Some(7))));
        for bad in ["", "..", "60..30", "-1", "a", "1...2", "4294967296"] {
            assert!(days(bad).is_err(), "{bad}");
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
