//! Sends one delivery over HTTP: to this machine only, past every proxy, following no redirect.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use axum::http::header;
use reqwest::{Client, ClientBuilder, redirect, retry};

use super::parcel::Parcel;
use super::signature::Seal;
use super::target::Method;
use crate::emulator::log::Outcome;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const WHOLE_LIMIT: Duration = Duration::from_secs(15);

const SIGNATURE: &str = "X-Plivo-Signature-V3";
const NONCE: &str = "X-Plivo-Signature-V3-Nonce";

/// The way out.
#[derive(Debug)]
pub(super) struct Courier {
    plain: Client,
    /// Made when it is first needed: it reads the system's certificates, which a bare system need not have.
    secure: OnceLock<Result<Client, String>>,
}

impl Courier {
    /// # Errors
    /// If no HTTP client can be made.
    pub(super) fn new() -> io::Result<Self> {
        // An error only says that the program has one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = client().tls_certs_only([]).build();
        Ok(Self {
            plain: plain.map_err(io::Error::other)?,
            secure: OnceLock::new(),
        })
    }

    /// Sends it once.
    pub(super) async fn send(&self, parcel: &Parcel, seal: Option<&Seal>) -> Outcome {
        let client = match self.client_for(parcel.url.scheme()) {
            Ok(client) => client,
            Err(reason) => return Outcome::Unanswered(reason.clone()),
        };
        let url = parcel.url.clone();
        let mut request = match parcel.method {
            Method::Get => client.get(url),
            Method::Post => client.post(url),
        };
        if let Some(body) = &parcel.body {
            request = request
                .header(header::CONTENT_TYPE, body.content_type)
                .body(body.bytes.clone());
        }
        if let Some(seal) = seal {
            request = request
                .header(SIGNATURE, &seal.signature)
                .header(NONCE, &seal.nonce);
        }
        // Of the receiver's answer only the status counts; a body that does not end is not waited for.
        match request.send().await {
            Ok(response) => Outcome::Answered(response.status().as_u16()),
            Err(error) => Outcome::Unanswered(reason(error)),
        }
    }

    fn client_for(&self, scheme: &str) -> Result<&Client, &String> {
        if scheme != "https" {
            return Ok(&self.plain);
        }
        self.secure
            .get_or_init(|| client().build().map_err(reason))
            .as_ref()
    }
}

fn client() -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .http1_only()
        // So that no name is ever looked up.
        .resolve_to_addrs(
            "localhost",
            &[
                SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
            ],
        )
        // Each delivery has a connection of its own: one that the receiver just closed would look like a failure of its.
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT_LIMIT)
        .timeout(WHOLE_LIMIT)
}

/// The innermost reason of an error, without the URL, in which a whole answer may stand.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    if error.is_timeout() {
        return format!("no answer within {} s", WHOLE_LIMIT.as_secs());
    }
    let mut reason: &dyn std::error::Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
