//! One request and its answer, over HTTP.

use std::error::Error as _;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Response, redirect, retry};
use secrecy::ExposeSecret;
use url::Url;

use super::{ClientMistake, Options};
use crate::plivo::answer::Answer;
use crate::plivo::base::ApiBase;
use crate::plivo::credentials::Credentials;
use crate::plivo::error::Error;

/// The longest answer that is read; a page of twenty rows has about 20 KB.
const LONGEST_BODY: usize = 8 << 20;
/// Of an error's body only the start is wanted.
const LONGEST_ERROR: usize = 64 << 10;

/// Sends requests with the account's credentials to the API base, and nowhere else.
#[derive(Debug)]
pub(super) struct Exchange {
    http: reqwest::Client,
    authorization: HeaderValue,
    host: String,
    connect_timeout: Duration,
    answer_timeout: Duration,
}

impl Exchange {
    pub(super) fn new(
        credentials: &Credentials,
        base: &ApiBase,
        options: &Options,
    ) -> Result<Self, ClientMistake> {
        let tls = |detail: String| ClientMistake::Tls(detail);
        let http = builder(base, options)
            .build()
            .map_err(|error| tls(cause(&error)))?;
        let mut authorization = HeaderValue::from_str(credentials.authorization().expose_secret())
            .map_err(|error| tls(error.to_string()))?;
        authorization.set_sensitive(true);
        Ok(Self {
            http,
            authorization,
            host: base.host(),
            connect_timeout: options.connect_timeout,
            answer_timeout: options.answer_timeout,
        })
    }

    /// Sends one request and reads its answer, whatever its status.
    pub(super) async fn send(&self, method: Method, url: Url) -> Result<Answer, Error> {
        tokio::time::timeout(self.answer_timeout, self.untimed(method, url))
            .await
            .unwrap_or_else(|_| {
                Err(Error::TimedOut {
                    host: self.host.clone(),
                    after: self.answer_timeout,
                })
            })
    }

    async fn untimed(&self, method: Method, url: Url) -> Result<Answer, Error> {
        let request = self
            .http
            .request(method, url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let mut response = request.send().await.map_err(|error| self.broken(error))?;
        let text = |name: HeaderName| {
            let value = response.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let mut answer = Answer {
            status: response.status().as_u16(),
            content_type: text(reqwest::header::CONTENT_TYPE),
            request_id: text(HeaderName::from_static("x-request-id")),
            retry_after: text(reqwest::header::RETRY_AFTER),
            date: text(reqwest::header::DATE),
            location: text(reqwest::header::LOCATION),
            body: Vec::new(),
        };
        if response.status().is_success() {
            self.read(&mut response, &mut answer.body).await?;
        } else {
            read_start(&mut response, &mut answer.body).await;
        }
        Ok(answer)
    }

    async fn read(&self, response: &mut Response, body: &mut Vec<u8>) -> Result<(), Error> {
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(error))? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(Error::Malformed {
                    detail: format!("it is longer than {} MiB", LONGEST_BODY >> 20),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        broken(&error, self.host.clone(), self.connect_timeout)
    }
}

/// How every connection to this base is made: by the environment's proxies and certificates, which do not count for an API on
/// this machine.
pub(super) fn builder(base: &ApiBase, options: &Options) -> reqwest::ClientBuilder {
    // An error only says that the program has one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("callreel/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(options.connect_timeout)
        // Below what servers keep, so that few requests meet a connection that was just closed.
        .pool_idle_timeout(Duration::from_secs(20));
    if base.is_loopback() {
        let here = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &here);
    }
    if base.is_plain_http() {
        // Spares loading certificates, which a bare system need not have.
        builder = builder.tls_certs_only([]);
    }
    builder
}

/// What a failure below HTTP means.
pub(super) fn broken(error: &reqwest::Error, host: String, connect_timeout: Duration) -> Error {
    let detail = cause(error);
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => Error::TimedOut {
            host,
            after: connect_timeout,
        },
        (true, false) => Error::Unreachable { host, detail },
        (false, _) => Error::Cut { host, detail },
    }
}

/// The status is known already, so that whatever comes of the body will do.
async fn read_start(response: &mut Response, body: &mut Vec<u8>) {
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = LONGEST_ERROR.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if body.len() >= LONGEST_ERROR {
            break;
        }
    }
}

/// What lies below an error, without its address: the innermost texts say most.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        // Many layers repeat what is below them.
        texts.retain(|outer| !outer.contains(&text) && !text.contains(outer.as_str()));
        texts.push(text);
        source = inner.source();
    }
    let mut text = texts.join(": ");
    if text.is_empty() {
        text = "no reason was given".to_owned();
    }
    let untrusted = ["UnknownIssuer", "BadSignature"]
        .iter()
        .any(|reason| text.contains(reason));
    if untrusted {
        text.push_str("; SSL_CERT_FILE can name a file with the certificates to trust");
    }
    text
}
