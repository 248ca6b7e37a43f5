//! Links: host and known parts stay, everything that may tell a name or a number goes.

use super::{Mask, shape};

/// Parts of the API's own paths, and of its old store's.
const WORDS: [&str; 8] = [
    "v1",
    "Account",
    "Recording",
    "Call",
    "Conference",
    "MultiPartyCall",
    "recordings",
    "media",
];

/// Parameters whose values are figures.
const FIGURES: [&str; 2] = ["limit", "offset"];

pub(super) fn masked(mask: &Mask, link: &str) -> String {
    let (link, fragment) = match link.split_once('#') {
        Some((link, _)) => (link, true),
        None => (link, false),
    };
    let (link, query) = match link.split_once('?') {
        Some((link, query)) => (link, Some(query)),
        None => (link, None),
    };
    let mut shown = String::new();
    let path = match link.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest
                .split_at_checked(rest.find('/').unwrap_or(rest.len()))
                .unwrap_or((rest, ""));
            shown.push_str(if scheme.eq_ignore_ascii_case("http") {
                "http://"
            } else {
                "https://"
            });
            shown.push_str(&host(mask, authority));
            path
        }
        None => link,
    };
    let parts: Vec<String> = path.split('/').map(|part| self::part(mask, part)).collect();
    shown.push_str(&parts.join("/"));
    if let Some(query) = query {
        let values: Vec<String> = query.split('&').map(|pair| parameter(mask, pair)).collect();
        shown.push('?');
        shown.push_str(&values.join("&"));
    }
    if fragment {
        shown.push_str("#…");
    }
    shown
}

/// Name and port; credentials before an `@` are dropped.
fn host(mask: &Mask, authority: &str) -> String {
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let is_host = host.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
    });
    let is_address = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':'));
    if is_host && (is_address && host.matches('.').count() == 3 || !shape::holds_number(host)) {
        host.to_owned()
    } else {
        mask.alias("host", host)
    }
}

fn part(mask: &Mask, part: &str) -> String {
    if part.is_empty() || WORDS.contains(&part) || is_yearly_store(part) {
        return part.to_owned();
    }
    if shape::is_auth_id(part) {
        return mask.account(part);
    }
    let (stem, ending) = match part.rsplit_once('.') {
        Some((stem, "mp3")) => (stem, ".mp3"),
        Some((stem, "wav")) => (stem, ".wav"),
        _ => (part, ""),
    };
    if shape::is_id(stem) {
        part.to_owned()
    } else {
        mask.alias("part", stem) + ending
    }
}

/// `recordings_2013`: the buckets of old links.
fn is_yearly_store(part: &str) -> bool {
    part.strip_prefix("recordings_")
        .is_some_and(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()))
}

fn parameter(mask: &Mask, pair: &str) -> String {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let known = name.len() <= 40
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let name = if known {
        name.to_owned()
    } else {
        mask.alias("part", name)
    };
    if value.is_empty() {
        name
    } else if FIGURES.contains(&name.as_str()) && shape::is_figure(value) {
        format!("{name}={value}")
    } else {
        format!("{name}={}", mask.alias("value", value))
    }
}
