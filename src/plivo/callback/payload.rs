//! What a callback request carries, taken apart, and the answer in it.
//!
//! The documentation says "in json format in the response field" and no more, so every form of that is read: a field of a
//! form or of a query, a member of a JSON body (text or object), and the answer without anything around it.

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::plivo::answer::LONGEST_ID;

/// A page of 20 recordings has some 400 values. A short text can have very many, and each takes a hundred bytes.
const MOST_VALUES: usize = 16_384;
const MOST_FIELDS: usize = 1_024;

/// A request's content.
#[derive(Debug, PartialEq)]
pub(super) enum Payload {
    /// Names and values of a form or of a query, decoded, as they stood.
    Fields(Vec<(String, String)>),
    /// The members of a JSON body.
    Members(Map<String, Value>),
}

/// What makes a request no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("there is no answer in it: neither fields nor JSON")]
    Empty,
    #[error("{place} is not JSON: {detail}")]
    NotJson { place: &'static str, detail: String },
    #[error("{place} is JSON, but not an object")]
    NotAnObject { place: &'static str },
    #[error("it has more than {MOST_FIELDS} fields")]
    ManyFields,
    #[error("it has more than {MOST_VALUES} values")]
    ManyValues,
    #[error("it has no api_id, so that nobody can tell what it answers")]
    NoId,
    #[error("its api_id is longer than {LONGEST_ID} bytes")]
    LongId,
}

const BODY: &str = "the body";
const RESPONSE: &str = "the response field";

impl Payload {
    /// Of a URL's query, without its question mark.
    pub(super) fn of_query(query: &str) -> Result<Self, Broken> {
        fields(query.as_bytes()).map(Self::Fields)
    }

    /// Of a body, whatever its type is said to be: senders name the wrong one, or none.
    pub(super) fn of_body(body: &[u8]) -> Result<Self, Broken> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        match body.trim_ascii_start().first() {
            None => Err(Broken::Empty),
            Some(b'{' | b'[') => {
                let text = String::from_utf8_lossy(body);
                object(&text, BODY, &mut Budget::new()).map(Self::Members)
            }
            Some(_) => fields(body).map(Self::Fields),
        }
    }

    /// The answer, and the id of the call that it answers.
    pub(super) fn into_answer(self) -> Result<(String, Map<String, Value>), Broken> {
        let (answer, beside) = match self {
            Self::Fields(fields) => answer_of_fields(fields)?,
            Self::Members(members) => answer_of_members(members)?,
        };
        let id = answer.get("api_id").and_then(Value::as_str);
        let id = id.filter(|id| !id.is_empty()).map(str::to_owned);
        let id = id.or(beside).ok_or(Broken::NoId)?;
        if id.len() > LONGEST_ID {
            return Err(Broken::LongId);
        }
        Ok((id, answer))
    }
}

/// An answer, and the id that stood beside it.
type Answer = (Map<String, Value>, Option<String>);

fn answer_of_fields(fields: Vec<(String, String)>) -> Result<Answer, Broken> {
    let first = |wanted: &str| {
        let mut named = fields.iter().filter(|(name, _)| name == wanted);
        named.next().map(|(_, value)| value)
    };
    let mut budget = Budget::new();
    if let Some(response) = first("response") {
        let beside = first("api_id").filter(|id| !id.is_empty()).cloned();
        return Ok((object(response, RESPONSE, &mut budget)?, beside));
    }
    let mut answer = Map::new();
    for (name, value) in fields {
        let value = if value.starts_with(['{', '[']) {
            match parse(&value, &mut budget) {
                Ok(value) => value,
                Err(NotRead::ManyValues) => return Err(Broken::ManyValues),
                // A conference may well be called "[sales]".
                Err(NotRead::NotJson(_)) => Value::String(value),
            }
        } else {
            Value::String(value)
        };
        answer.insert(name, value);
    }
    Ok((answer, None))
}

fn answer_of_members(mut members: Map<String, Value>) -> Result<Answer, Broken> {
    let answer = match members.remove("response") {
        None => return Ok((members, None)),
        Some(Value::Object(answer)) => answer,
        Some(Value::String(text)) => object(&text, RESPONSE, &mut Budget::new())?,
        Some(_) => return Err(Broken::NotAnObject { place: RESPONSE }),
    };
    let beside = match members.remove("api_id") {
        Some(Value::String(id)) if !id.is_empty() => Some(id),
        _ => None,
    };
    Ok((answer, beside))
}

fn fields(encoded: &[u8]) -> Result<Vec<(String, String)>, Broken> {
    let fields: Vec<_> = form_urlencoded::parse(encoded)
        .take(MOST_FIELDS + 1)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    match fields.len() {
        0 => Err(Broken::Empty),
        number if number > MOST_FIELDS => Err(Broken::ManyFields),
        _ => Ok(fields),
    }
}

fn object(
    text: &str,
    place: &'static str,
    budget: &mut Budget,
) -> Result<Map<String, Value>, Broken> {
    match parse(text, budget) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Broken::NotAnObject { place }),
        Err(NotRead::ManyValues) => Err(Broken::ManyValues),
        Err(NotRead::NotJson(error)) => {
            let detail = error.to_string();
            Err(Broken::NotJson { place, detail })
        }
    }
}

/// How many more values a request may have.
struct Budget(usize);

impl Budget {
    fn new() -> Self {
        Self(MOST_VALUES)
    }
}

enum NotRead {
    NotJson(serde_json::Error),
    ManyValues,
}

fn parse(text: &str, budget: &mut Budget) -> Result<Value, NotRead> {
    budget.0 = budget
        .0
        .checked_sub(values_in(text))
        .ok_or(NotRead::ManyValues)?;
    serde_json::from_str(text).map_err(NotRead::NotJson)
}

/// How many names and values a JSON text has at most, before anything is made of it.
fn values_in(text: &str) -> usize {
    let (mut count, mut quoted, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' | b':' | b'[' | b'{' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests;
