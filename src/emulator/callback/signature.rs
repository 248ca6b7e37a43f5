//! `X-Plivo-Signature-V3`: a delivery's proof of who sent it.
//!
//! What is signed follows the official SDK's own check (plivo-python 4.63.0, `plivo/utils/signature_v3.py`). Where that
//! writes a value as Python shows it (true, null, lists that hold more than scalars), or fails on it, no source tells what
//! Plivo signs; here it is the value's compact JSON text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Map, Value};
use url::Url;

use super::parcel::Parcel;

/// A nonce, and the signature made with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) nonce: String,
    /// HMAC-SHA256 in base64.
    pub(super) signature: String,
}

impl Seal {
    /// Signs a parcel with an account's token.
    pub(super) fn new(token: &str, parcel: &Parcel, nonce: String) -> Self {
        let text = format!("{}.{nonce}", signed(&parcel.url, &parcel.parameters));
        let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
        Self {
            signature: STANDARD.encode(hmac::sign(&key, text.as_bytes())),
            nonce,
        }
    }
}

/// What is signed before the nonce: the address, its query sorted, and the body's parameters sorted.
fn signed(url: &Url, parameters: &Map<String, Value>) -> String {
    let mut text = address(url);
    let query = query(url);
    if !query.is_empty() || !parameters.is_empty() {
        text.push('?');
        text.push_str(&query);
    }
    if !query.is_empty() && !parameters.is_empty() {
        text.push('.');
    }
    push_members(&mut text, parameters);
    text
}

/// The URL up to its query. The SDK's parser takes what follows a `;` in the last part of the path off, too.
fn address(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let text = url.as_str();
    match text.rsplit_once('/') {
        Some((start, last)) => {
            let last = last.split(';').next().unwrap_or_default();
            format!("{start}/{last}")
        }
        None => text.to_owned(),
    }
}

/// The query's pairs, decoded and sorted by name, then by value.
fn query(url: &Url) -> String {
    let mut pairs: Vec<_> = url.query_pairs().collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// Names and values by name, with nothing between them; of a list its name before each element.
fn push_members(text: &mut String, members: &Map<String, Value>) {
    let mut members: Vec<(&String, &Value)> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    for (name, value) in members {
        match value {
            Value::Object(inner) => {
                text.push_str(name);
                push_members(text, inner);
            }
            Value::Array(list) if list.iter().all(is_scalar) => {
                let mut list: Vec<String> = list.iter().map(scalar).collect();
                list.sort();
                for value in list {
                    text.push_str(name);
                    text.push_str(&value);
                }
            }
            other => {
                text.push_str(name);
                text.push_str(&scalar(other));
            }
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Text as it is, anything else as JSON text.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::target::Method;
    use super::*;

    const TOKEN: &str = "token-of-no-account";
    const NONCE: &str = "05429567804466091622";

    fn parcel(method: Method, url: &str, parameters: &Value) -> Parcel {
        Parcel {
            method,
            url: url.parse().unwrap(),
            body: None,
            parameters: parameters.as_object().cloned().unwrap_or_default(),
        }
    }

    /// Made once with plivo-python 4.63.0: the second column by `construct_get_url` or `construct_post_url`, the third by
    /// `get_signature_v3(TOKEN, …, NONCE)`, and each accepted by `validate_v3_signature`.
    #[test]
    fn the_official_sdk_signs_the_same() {
        use Method::{Get, Post};
        let hook = "http://127.0.0.1:8099/plivo";
        let response = json!({ "response": r#"{"api_id":"x"}"# });
        let members = json!({
            "zeta": "Zoë", "api_id": "x", "n": 7, "rate": 0.0004, "meta": { "total": 2, "limit": 20 },
            "tags": ["b", "a", 3], "empty": [], "nothing": {},
        });
        for (method, url, parameters, text, signature) in [
            (
                Post,
                hook,
                &response,
                r#"http://127.0.0.1:8099/plivo?response{"api_id":"x"}"#,
                "g3w5E1Mr3S/+YKGQCkTwkzj2c4F4rvzo5xHo7Qdb+lM=",
            ),
            (
                Post,
                "http://127.0.0.1:8099/plivo?b=2&a=%20x&b=1&c=",
                &response,
                r#"http://127.0.0.1:8099/plivo?a= x&b=1&b=2&c=.response{"api_id":"x"}"#,
                "tiLwjkhycu1awZBQcRxN4BBNniYOZfEdXwYrelfCfp8=",
            ),
            (
                Post,
                hook,
                &Value::Null,
                hook,
                "oV5TgdaxOng6CXTx8b7w285id6GYgFfdHl+ZNKf72yg=",
            ),
            (
                Post,
                "http://127.0.0.1:8099/plivo?b=2&a=1",
                &Value::Null,
                "http://127.0.0.1:8099/plivo?a=1&b=2",
                "cn9RISFuS+IJ3us2vfSC74zMgZ0OH0NPGt3/4Mf1Cs8=",
            ),
            (
                Get,
                "http://127.0.0.1:8099/plivo?response=%7B%22api_id%22%3A%22x%22%7D&b=1+2",
                &Value::Null,
                r#"http://127.0.0.1:8099/plivo?b=1 2&response={"api_id":"x"}"#,
                "lIdZDwveUwtq7Lwmpk9NsLEA185HHp56l9Zdk3x9XFM=",
            ),
            (
                Get,
                "http://localhost/",
                &Value::Null,
                "http://localhost/",
                "DK8tP0IXTSWRypPS6Wh/oVnq/praMbdyBt+fYitSmJU=",
            ),
            (
                Get,
                "http://[::1]:8099/a;b/c;d?x=1",
                &Value::Null,
                "http://[::1]:8099/a;b/c?x=1",
                "FIdU3hfOvQd/Duo6H0IWIG/jjJm9aF494Ymd6Jt25dE=",
            ),
            (
                Post,
                hook,
                &members,
                "http://127.0.0.1:8099/plivo?api_idxmetalimit20total2n7nothingrate0.0004tags3tagsatagsbzetaZoë",
                "ujhw2AWfS6qMCmmJuHyy0WDEA3kULeFdHaWsPtymstI=",
            ),
        ] {
            let parcel = parcel(method, url, parameters);
            assert_eq!(signed(&parcel.url, &parcel.parameters), text);
            let seal = Seal::new(TOKEN, &parcel, NONCE.to_owned());
            assert_eq!(seal.signature, signature, "{url} {parameters}");
        }
    }

    #[test]
    fn what_the_sdk_leaves_open_is_json_text() {
        let members = json!({
            "objects": [{ "b": 1, "a": null }], "on": true, "none": null, "mixed": [true, "x", null], "deep": [[1]],
        });
        let parcel = parcel(Method::Post, "http://localhost/", &members);
        assert_eq!(
            signed(&parcel.url, &parcel.parameters),
            r#"http://localhost/?deep[[1]]mixednullmixedtruemixedxnonenullobjects[{"b":1,"a":null}]ontrue"#
        );
    }
}
