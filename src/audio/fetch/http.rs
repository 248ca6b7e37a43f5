//! The HTTP client that sound is fetched with.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;

use super::names::{self, LookUp, Public};
use super::proxies::Proxies;
use crate::audio::event::Error;
use crate::inside::is_loopback;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// HTTP/1.1 and TLS, with the proxies of the environment. Redirects and compression are off: the former follow a rule of our
/// own, the latter would make byte positions meaningless. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Http {
    /// For this machine: no proxy.
    direct: reqwest::Client,
    /// For the API base's own server, wherever it is.
    own: reqwest::Client,
    /// For whatever a link may name: public addresses only.
    public: reqwest::Client,
    proxies: Proxies,
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
        Self::looking_up(names::by_the_system, Proxies::of_the_environment())
    }

    /// [`Self::new`], with another way to find the addresses of the names in links, and through other proxies.
    pub(super) fn looking_up(look_up: LookUp, proxies: Proxies) -> Result<Self, Error> {
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
        let with_proxies = || match no_roots {
            None => proxies.lead(client()),
            // Only https goes elsewhere, and there is none.
            Some(_) => client().no_proxy().tls_certs_only([]),
        };
        let own = with_proxies().build().map_err(failed)?;
        let public = with_proxies().dns_resolver(Public::new(look_up, proxies.clone()));
        let public = public.build().map_err(failed)?;
        Ok(Self {
            direct,
            own,
            public,
            proxies,
            no_roots,
        })
    }

    /// The client for `url`: what is on this machine is not asked for through a proxy, and only the user's `own` server may be inside
    /// a private network.
    ///
    /// # Errors
    /// For https where no certificate can be checked, and for a link to a proxy itself, whose own address is not looked at.
    pub(super) fn client_for(&self, url: &Url, own: bool) -> Result<&reqwest::Client, Error> {
        match &self.no_roots {
            Some(reason) if url.scheme() == "https" => Err(Error::Unreachable(format!(
                "no certificates to check it with; install ca-certificates or set SSL_CERT_FILE ({reason})"
            ))),
            _ if is_loopback(url) => Ok(&self.direct),
            _ if own => Ok(&self.own),
            _ if url.host_str().is_some_and(|host| self.proxies.is_one(host)) => Err(
                Error::Refused("it leads to the proxy itself; where that is meant, set the API URL to that server".to_owned()),
            ),
            _ => Ok(&self.public),
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

/// The failure of a request whose server's certificate was refused: it will show no other one, so there is no use to ask again.
pub(super) fn distrust(error: &reqwest::Error) -> Option<Error> {
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(error) = cause {
        // An error of input and output has the cause of what it wraps for its own, and may wrap another one.
        let mut wrapped = error;
        while let Some(inner) = wrapped.downcast_ref().and_then(io::Error::get_ref) {
            wrapped = inner;
        }
        let tls = wrapped.downcast_ref();
        if let Some(tls @ rustls::Error::InvalidCertificate(_)) = tls {
            return Some(Error::Unreachable(plain(&tls.to_string(), 120)));
        }
        cause = error.source();
    }
    None
}

/// The innermost reason of an error, without the URL, which may hold a signature.
pub(super) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason: &dyn StdError = &error;
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

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;
    use std::sync::Arc;

    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    use super::*;

    /// A server on this machine whose certificate nobody has signed.
    fn nobodys() -> Url {
        let key = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let private = PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![key.cert.der().clone()], private)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let connection = ServerConnection::new(Arc::new(config)).unwrap();
            let _ = StreamOwned::new(connection, stream).read(&mut [0]);
        });
        url.parse().unwrap()
    }

    #[tokio::test]
    async fn a_certificate_is_refused_for_good_without_a_proxy_too() {
        let http = Http::new().unwrap();
        let url = nobodys();
        // Straight from here: on a machine without certificates, too.
        let error = http.direct.get(url).send().await.unwrap_err();
        let told = distrust(&error).expect("it is no outage").to_string();
        assert!(told.contains("certificate"), "{told}");
    }

    #[tokio::test]
    async fn who_is_not_there_may_be_there_in_a_moment() {
        let http = Http::new().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let url: Url = format!("https://{}/", closed.local_addr().unwrap())
            .parse()
            .unwrap();
        drop(closed);
        let error = http.direct.get(url).send().await.unwrap_err();
        assert_eq!(distrust(&error), None);
    }
}
