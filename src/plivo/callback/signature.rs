//! Whether a callback was signed with the account's token.
//!
//! `X-Plivo-Signature-V3` as the official SDK for Python checks it (`plivo/utils/signature_v3.py`): HMAC-SHA256 keyed with
//! the token, in base64, over the URL, the parameters and a nonce. Every request is signed twice: with the token of the
//! account that it concerns, and in `X-Plivo-Signature-Ma-V3` with that of the main account.

use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::delivery::Signature;
use super::payload::Payload;
use super::public::PublicUrl;

const SIGNATURES: [&str; 2] = ["x-plivo-signature-v3", "x-plivo-signature-ma-v3"];
const NONCE: &str = "x-plivo-signature-v3-nonce";
/// A request has one signature for each token of an account; more of them are only work.
const MOST_SIGNATURES: usize = 16;

/// Checks signatures with one token, or knows that it cannot.
#[derive(Debug)]
pub(super) struct Verifier {
    key: Option<hmac::Key>,
    public: Option<PublicUrl>,
}

/// The signature is of another token, or of another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong;

impl Verifier {
    /// `public` is the URL that the sender was given, where it is not the one under which requests come in.
    pub(super) fn new(token: Option<&SecretString>, public: Option<PublicUrl>) -> Self {
        let key = token.map(|token| {
            let bytes = token.expose_secret().as_bytes();
            hmac::Key::new(hmac::HMAC_SHA256, bytes)
        });
        Self { key, public }
    }

    /// Whose request it is.
    ///
    /// # Errors
    /// It has signatures, and none of them is right.
    pub(super) fn check(&self, request: &Parts, payload: &Payload) -> Result<Signature, Wrong> {
        let Some(key) = &self.key else {
            return Ok(Signature::Unchecked);
        };
        let Some(given) = signatures(&request.headers) else {
            return Ok(Signature::Unsigned);
        };
        let nonce = request.headers.get(NONCE).ok_or(Wrong)?.as_bytes();
        let query = request
            .uri
            .query()
            .or_else(|| self.public.as_ref()?.query());
        let rest = after_url(&request.method, query.unwrap_or_default(), payload);
        let right = self.urls(request).iter().any(|url| {
            let mut context = hmac::Context::with_key(key);
            for part in [url.as_bytes(), rest.as_bytes(), b".", nonce] {
                context.update(part);
            }
            // A signature of the right signature: `verify` makes the same of what was given, and compares in constant time.
            let right = hmac::sign(key, context.sign().as_ref());
            given
                .iter()
                .any(|given| hmac::verify(key, given, right.as_ref()).is_ok())
        });
        if right {
            Ok(Signature::Signed)
        } else {
            Err(Wrong)
        }
    }

    /// The URLs, without query, that the sender may have signed for this request. The SDKs' parser takes what follows a `;` in the
    /// last part of the path off.
    fn urls(&self, request: &Parts) -> Vec<String> {
        let mut urls = self.given_urls(request);
        let cut = |url: &String| {
            let last = url.rfind('/')?;
            let end = last + url.get(last..)?.find(';')?;
            Some(url.get(..end)?.to_owned())
        };
        urls.extend(urls.iter().filter_map(cut).collect::<Vec<_>>());
        urls
    }

    /// The URLs, without query, that the sender may have been given for this request.
    fn given_urls(&self, request: &Parts) -> Vec<String> {
        let path = request.uri.path();
        let Some(public) = &self.public else {
            let host = request.headers.get(HOST);
            let host = host.and_then(|host| host.to_str().ok());
            let origin = format!("http://{}", host.unwrap_or_default());
            let mut urls = vec![format!("{origin}{path}")];
            // What was given without a path is asked for as "/".
            if path == "/" {
                urls.push(origin);
            }
            return urls;
        };
        let mut urls: Vec<_> = public.spellings().map(str::to_owned).collect();
        if public.is_origin() {
            for spelling in public.spellings() {
                let origin = spelling.trim_end_matches('/');
                urls.extend([format!("{origin}{path}"), origin.to_owned()]);
            }
        }
        urls
    }
}

/// The signatures that a request has; `None` when it does not say that it is signed.
fn signatures(headers: &HeaderMap) -> Option<Vec<Vec<u8>>> {
    let mut named = SIGNATURES
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .peekable();
    named.peek()?;
    let given = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .take(MOST_SIGNATURES)
        .filter_map(|text| STANDARD.decode(text.trim()).ok());
    Some(given.collect())
}

/// What is signed between the URL and the nonce.
fn after_url(method: &Method, query: &str, payload: &Payload) -> String {
    let query = sorted_query(query);
    let parameters = match payload {
        _ if method == Method::GET => None,
        Payload::Fields(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable();
            let text = fields
                .iter()
                .flat_map(|(name, value)| [name.as_str(), value]);
            (!fields.is_empty()).then(|| text.collect())
        }
        Payload::Members(members) => (!members.is_empty()).then(|| sorted_members(members)),
    };
    match (parameters, query.is_empty()) {
        (None, true) => String::new(),
        (None, false) => format!("?{query}"),
        (Some(parameters), true) => format!("?{parameters}"),
        (Some(parameters), false) => format!("?{query}.{parameters}"),
    }
}

fn sorted_query(query: &str) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    pairs.sort_unstable();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn sorted_members(members: &Map<String, Value>) -> String {
    let mut text = String::new();
    push_members(members, &mut text);
    text
}

fn push_members(members: &Map<String, Value>, text: &mut String) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in members {
        match value {
            Value::Object(inner) => {
                text.push_str(name);
                push_members(inner, text);
            }
            Value::Array(values) if values.iter().all(is_scalar) => {
                let mut values: Vec<_> = values.iter().map(written).collect();
                values.sort_unstable();
                for value in values {
                    text.push_str(name);
                    text.push_str(&value);
                }
            }
            // The SDK would write a Python value here, which no sender could: as JSON, until an account tells better.
            other => {
                text.push_str(name);
                text.push_str(&written(other));
            }
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    !(value.is_array() || value.is_object())
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
