//! What an answer says of its page.

use serde_json::Value;

use super::{Cursor, Meta, Start};
use crate::plivo::error::Error;

/// A cursor longer than this would not fit in a request's address.
const LONGEST_CURSOR: usize = 4096;

impl Meta {
    /// Reads `meta`; a missing one says nothing, which is allowed.
    pub(super) fn from_json(meta: &Value) -> Result<Self, Error> {
        let count = |name| meta.get(name).and_then(count);
        let next = match meta.get("next") {
            None | Some(Value::Null) => None,
            Some(Value::String(link)) if link.trim().is_empty() => None,
            Some(link) => {
                let start = link.as_str().and_then(start);
                Some(start.ok_or_else(|| Error::Malformed {
                    detail: "`meta.next` names neither a cursor nor an offset".to_owned(),
                })?)
            }
        };
        Ok(Self {
            total: count("total_count"),
            offset: count("offset"),
            limit: count("limit"),
            next,
        })
    }
}

/// A count, given as a number or as text.
fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            let whole = float.fract() == 0.0 && (0.0..=9e15).contains(&float);
            whole.then_some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Takes a cursor, else an offset, from a link; its host, path and filters are never used, so that an answer cannot
/// lead the walk, or the credentials, to another place.
fn start(link: &str) -> Option<Start> {
    let (_, query) = link.split_once('?')?;
    let query = query.split('#').next().unwrap_or(query);
    let mut offset = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "cursor" if !value.is_empty() && value.len() <= LONGEST_CURSOR => {
                return Some(Start::Cursor(Cursor::new(value)));
            }
            "offset" => offset = offset.or_else(|| value.parse().ok()),
            _ => {}
        }
    }
    // An offset of zero would lead back to the start.
    offset.filter(|rows| *rows > 0).map(Start::Offset)
}
