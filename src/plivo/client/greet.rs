//! What the API's host shows to whoever connects, without an account: its certificate and its clock.

use std::time::Duration;

use axum::http::Uri;
use chrono::{DateTime, Utc};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::DATE;
use reqwest::tls::TlsInfo;
use tokio::time::Instant;

use super::Options;
use super::exchange::{broken, builder, cause};
use crate::plivo::base::ApiBase;
use crate::plivo::error::Error;

/// A host that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// From the start to the answer's head.
    pub took: Duration,
    /// Its clock, to the second, where it tells it.
    pub date: Option<DateTime<Utc>>,
    /// Its own certificate, in DER; `None` without TLS.
    pub certificate: Option<Vec<u8>>,
}

/// A host that did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotGreeted {
    pub error: Error,
    /// It was reached, and no secure connection came about.
    pub in_tls: bool,
}

/// Asks for the root below `base`, without credentials; any answer will do. Only the time-outs of `options` count.
///
/// # Errors
/// No answer came in time, or none at all.
pub async fn greet(base: &ApiBase, options: &Options) -> Result<Greeting, NotGreeted> {
    let host = base.host();
    let not_in_tls = |error| NotGreeted {
        error,
        in_tls: false,
    };
    let unmade = |detail| NotGreeted {
        error: Error::Unreachable {
            host: host.clone(),
            detail,
        },
        in_tls: true,
    };
    let http = builder(base, options).tls_info(true).build();
    let http = http.map_err(|error| unmade(cause(&error)))?;
    let root = base.under(&[]).ok_or_else(|| unmade(base.to_string()))?;
    let begun = Instant::now();
    let answer = tokio::time::timeout(options.answer_timeout, http.get(root).send()).await;
    let answer = answer.map_err(|_| {
        not_in_tls(Error::TimedOut {
            host: host.clone(),
            after: options.answer_timeout,
        })
    })?;
    let answer = answer.map_err(|error| NotGreeted {
        in_tls: is_of_tls(&error),
        error: broken(&error, host.clone(), options.connect_timeout),
    })?;
    let date = answer
        .headers()
        .get(DATE)
        .and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok());
    let tls = answer.extensions().get::<TlsInfo>();
    Ok(Greeting {
        took: begun.elapsed(),
        date: date.map(|date| date.to_utc()),
        certificate: tls.and_then(|tls| Some(tls.peer_certificate()?.to_vec())),
    })
}

/// The proxy between here and there, as the environment names it; without what may be secret in it.
pub fn proxy(base: &ApiBase) -> Option<String> {
    if base.is_loopback() {
        return None;
    }
    let uri: Uri = base.to_string().parse().ok()?;
    let proxy = Matcher::from_env().intercept(&uri)?;
    let scheme = proxy.uri().scheme_str().unwrap_or("http");
    let host = proxy.uri().host()?;
    Some(match proxy.uri().port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// An I/O error's own source is that of what is in it, so that it is opened by hand.
fn is_of_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let within = error
        .downcast_ref::<std::io::Error>()
        .and_then(|error| error.get_ref());
    error.is::<rustls::Error>()
        || within.is_some_and(|error| is_of_tls(error))
        || error.source().is_some_and(is_of_tls)
}
