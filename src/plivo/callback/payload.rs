//! What a callback request carries, taken apart, and the answer in it.
//!
//! The documentation says "in json format in the response field" and no more, so every form of that is read: a field of a
//! form or of a query, a member of a JSON body (text or object), and the answer without anything around it.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// A page of 20 recordings has some 400 values. A short text can have very many, and each takes a hundred bytes.
const MOST_VALUES: usize = 16_384;
const MOST_FIELDS: usize = 1_024;
/// The ids of the API are UUIDs, but nothing promises that.
const LONGEST_ID: usize = 256;

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
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(payload: Result<Payload, Broken>) -> Result<(String, Value), Broken> {
        let (id, answer) = payload?.into_answer()?;
        Ok((id, Value::Object(answer)))
    }

    fn body(text: &str) -> Result<(String, Value), Broken> {
        answer(Payload::of_body(text.as_bytes()))
    }

    fn query(text: &str) -> Result<(String, Value), Broken> {
        answer(Payload::of_query(text))
    }

    fn expected() -> (String, Value) {
        let text = r#"{"api_id": "a-1", "objects": [{"n": 1.50}]}"#;
        ("a-1".into(), serde_json::from_str(text).unwrap())
    }

    #[test]
    fn every_form_gives_the_same_answer() {
        let encoded =
            "response=%7B%22api_id%22%3A%22a-1%22%2C%22objects%22%3A+%5B%7B%22n%22%3A1.50%7D%5D%7D";
        for text in [
            encoded,
            &format!("other=1&{encoded}&response=second"),
            &format!("{encoded}\r\n"),
            r#"{"api_id": "a-1", "objects": [{"n": 1.50}]}"#,
            r#"{"response": {"api_id": "a-1", "objects": [{"n": 1.50}]}, "other": 1}"#,
            r#"{"response": "{\"api_id\": \"a-1\", \"objects\": [{\"n\": 1.50}]}"}"#,
            "\u{feff} \r\n{\"api_id\": \"a-1\", \"objects\": [{\"n\": 1.50}]}",
            "api_id=a-1&objects=%5B%7B%22n%22%3A1.50%7D%5D",
        ] {
            assert_eq!(body(text).as_ref(), Ok(&expected()), "{text}");
        }
        assert_eq!(query(encoded), Ok(expected()));
        assert_eq!(
            query("api_id=a-1&objects=%5B%7B%22n%22%3A1.50%7D%5D"),
            Ok(expected())
        );
    }

    #[test]
    fn an_id_beside_the_answer_does_where_the_answer_has_none() {
        let beside = Ok(("b".into(), json!({"error": "e"})));
        assert_eq!(
            body(r#"{"response": {"error": "e"}, "api_id": "b"}"#),
            beside
        );
        assert_eq!(query("api_id=b&response=%7B%22error%22:%22e%22%7D"), beside);
        let (id, _) = body(r#"{"response": {"api_id": "a"}, "api_id": "b"}"#).unwrap();
        assert_eq!(id, "a");
        let (id, _) = query("api_id=b&response=%7B%22api_id%22:%22%22%7D").unwrap();
        assert_eq!(id, "b");
    }

    #[test]
    fn flat_fields_are_text_unless_they_are_json() {
        let (_, answer) =
            query("api_id=a&conference_name=%5Bsales%5D&n=5&meta=%7B%22limit%22:20%7D&e=&x")
                .unwrap();
        assert_eq!(
            answer,
            json!({"api_id": "a", "conference_name": "[sales]", "n": "5", "meta": {"limit": 20}, "e": "", "x": ""})
        );
    }

    #[test]
    fn what_is_no_answer_is_told() {
        let not_json = |place| move |broken: &Broken| matches!(broken, Broken::NotJson { place: at, .. } if *at == place);
        for text in ["{", "{]", "[1,", "{\"a\": \"\u{1}\"}", &"[".repeat(1_000)] {
            let broken = body(text).unwrap_err();
            assert!(not_json(BODY)(&broken), "{text}: {broken:?}");
        }
        for text in ["response=", "response=%7B", r#"{"response": ""}"#] {
            let broken = body(text).unwrap_err();
            assert!(not_json(RESPONSE)(&broken), "{text}: {broken:?}");
        }
        for (text, broken) in [
            ("", Broken::Empty),
            (" \r\n", Broken::Empty),
            ("&&", Broken::Empty),
            ("[]", Broken::NotAnObject { place: BODY }),
            ("{}", Broken::NoId),
            ("a=b", Broken::NoId),
            (r#"{"api_id": 5}"#, Broken::NoId),
            (r#"{"api_id": ""}"#, Broken::NoId),
            (r#"{"response": {}, "api_id": ["a"]}"#, Broken::NoId),
            (
                r#"{"response": [], "api_id": "a"}"#,
                Broken::NotAnObject { place: RESPONSE },
            ),
            (
                "response=5&api_id=a",
                Broken::NotAnObject { place: RESPONSE },
            ),
            (
                &format!("api_id={}", "a".repeat(LONGEST_ID + 1)),
                Broken::LongId,
            ),
        ] {
            assert_eq!(body(text), Err(broken), "{text}");
        }
        assert!(body(&format!("api_id={}", "a".repeat(LONGEST_ID))).is_ok());
        assert_eq!(query(""), Err(Broken::Empty));
    }

    #[test]
    fn very_many_values_are_not_even_parsed() {
        let many = |number: usize| format!(r#"{{"api_id": "a", "l": [{}1]}}"#, "1,".repeat(number));
        assert!(body(&many(MOST_VALUES - 10)).is_ok());
        assert_eq!(body(&many(MOST_VALUES)), Err(Broken::ManyValues));
        assert_eq!(body(&"[".repeat(MOST_VALUES)), Err(Broken::ManyValues));
        // The same over all fields together, and over text within a member.
        let half = format!("%5B{}1%5D", "1,".repeat(MOST_VALUES / 2));
        assert!(query(&format!("api_id=a&l={half}")).is_ok());
        assert_eq!(
            query(&format!("api_id=a&l={half}&m={half}")),
            Err(Broken::ManyValues)
        );
        let inner = json!({"response": many(MOST_VALUES)}).to_string();
        assert_eq!(body(&inner), Err(Broken::ManyValues));
        assert_eq!(
            query(&"a&".repeat(MOST_FIELDS + 1)),
            Err(Broken::ManyFields)
        );
        // Commas in texts are no values.
        assert_eq!(values_in(r#"{"a,[\"{": "[,\\"}"#), 3);
    }

    #[test]
    fn bytes_that_are_no_text_lose_only_themselves() {
        let (_, answer) =
            answer(Payload::of_body(b"{\"api_id\": \"a\", \"n\": \"x\xffy\"}")).unwrap();
        assert_eq!(answer["n"], "x\u{fffd}y");
    }
}
