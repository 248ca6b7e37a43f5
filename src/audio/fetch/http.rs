//! The HTTP client that sound is fetched with.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;

use super::link;
use crate::audio::event::Error;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// HTTP/1.1 and TLS, with the proxies of the environment. Redirects and compression are off: the former follow a rule of our
/// own, the latter would make byte positions meaningless. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Http {
    direct: reqwest::Client,
    proxied: reqwest::Client,
}

impl Http {
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new() -> Result<Self, Error> {
        // Somebody may have chosen a provider before: theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| Error::Unreachable(describe(error)))
        };
        let direct = build(client().no_proxy())?;
        let proxied = if proxy_is_set() {
            build(client())?
        } else {
            direct.clone()
        };
        Ok(Self { direct, proxied })
    }

    /// The client for `url`: what is on this machine is not asked for through a proxy.
    pub(super) fn client_for(&self, url: &Url) -> &reqwest::Client {
        if link::is_loopback(url) {
            &self.direct
        } else {
            &self.proxied
        }
    }
}

fn client() -> reqwest::ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("audio/mpeg, audio/wav, audio/*;q=0.9, */*;q=0.1"),
    );
    reqwest::Client::builder()
        .user_agent(concat!("callreel/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(Policy::none())
        .http1_only()
        .tcp_nodelay(true)
        .connect_timeout(CONNECT_LIMIT)
        .pool_max_idle_per_host(2)
}

fn proxy_is_set() -> bool {
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    std::env::vars_os().any(|(name, value)| {
        let name = name.to_string_lossy().to_lowercase();
        names.contains(&name.as_str()) && !value.is_empty()
    })
}

/// The innermost reason of an error, without the URL, which may hold a signature.
pub(super) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason: &dyn std::error::Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    let reason = plain(&reason.to_string(), 120);
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        format!("no connection ({reason})")
    } else {
        reason
    }
}

/// At most `most` characters of `text` on one line, without control and direction characters.
pub(super) fn plain(text: &str, most: usize) -> String {
    let shown = |char: &char| {
        !char.is_control()
            && !matches!(char, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(shown).collect();
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
