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
    /// Why no certificate can be checked, so that https is out of reach.
    no_roots: Option<String>,
}

impl Http {
    /// Reads the system's certificates, or those of `SSL_CERT_FILE`. Where there are none, plain http to this machine works
    /// all the same.
    ///
    /// # Errors
    /// When the client cannot be built at all.
    pub fn new() -> Result<Self, Error> {
        // Somebody may have chosen a provider before: theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = |error| Error::Unreachable(describe(error));
        let (direct, no_roots) = match client().no_proxy().build() {
            Ok(direct) => (direct, None),
            Err(error) => {
                let direct = client().no_proxy().tls_certs_only([]).build();
                (direct.map_err(failed)?, Some(describe(error)))
            }
        };
        let proxied = if no_roots.is_none() && proxy_is_set() {
            client().build().map_err(failed)?
        } else {
            direct.clone()
        };
        Ok(Self {
            direct,
            proxied,
            no_roots,
        })
    }

    /// The client for `url`: what is on this machine is not asked for through a proxy.
    ///
    /// # Errors
    /// For https where no certificate can be checked.
    pub(super) fn client_for(&self, url: &Url) -> Result<&reqwest::Client, Error> {
        match &self.no_roots {
            Some(reason) if url.scheme() == "https" => Err(Error::Unreachable(format!(
                "no certificates to check it with; install ca-certificates or set SSL_CERT_FILE ({reason})"
            ))),
            _ if link::is_loopback(url) => Ok(&self.direct),
            _ => Ok(&self.proxied),
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
