//! An answer as the request that carries it: which field, member or body it stands in.

use bytes::Bytes;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::target::{Callback, Method};

/// The field that the seed names: "sent in json format in the response field".
const RESPONSE: &str = "response";

/// Where in a delivery the answer stands. No source tells it for every method, so that all that were seen can be had
/// (api.md). A GET has no body: there the first three are one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// The form field `response` holds JSON text; with GET the query field
    #[default]
    Field,
    /// A JSON body whose member `response` is the answer
    Member,
    /// A JSON body whose member `response` holds JSON text
    Text,
    /// The answer itself as JSON body; with GET a query field for each member
    Flat,
}

/// What a POST carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) content_type: &'static str,
    pub(super) bytes: Bytes,
}

/// One delivery's request, not signed yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parcel {
    pub(super) method: Method,
    /// With the answer in its query, if it is sent by GET.
    pub(super) url: Url,
    /// Of a POST.
    pub(super) body: Option<Body>,
    /// The body's parameters, which the signature covers.
    pub(super) parameters: Map<String, Value>,
}

impl Parcel {
    /// Packs the answer, which is an object.
    pub(super) fn new(callback: &Callback, form: Form, answer: &Value) -> Self {
        let text = || Value::from(ascii(answer));
        match (callback.method, form) {
            (Method::Get, Form::Flat) => Self::get(callback, &in_text(answer)),
            (Method::Get, _) => Self::get(callback, &[(RESPONSE.to_owned(), ascii(answer))]),
            (Method::Post, Form::Field) => Self::form(callback, &ascii(answer)),
            (Method::Post, Form::Member) => Self::json(callback, response(answer.clone())),
            (Method::Post, Form::Text) => Self::json(callback, response(text())),
            (Method::Post, Form::Flat) => {
                Self::json(callback, answer.as_object().cloned().unwrap_or_default())
            }
        }
    }

    /// The same with JSON that ends in the middle.
    pub(super) fn garbage(callback: &Callback, form: Form, answer: &Value) -> Self {
        let whole = ascii(answer);
        let broken = whole.get(..whole.len() * 3 / 5).unwrap_or(&whole);
        match (callback.method, form) {
            (Method::Get, _) => Self::get(callback, &[(RESPONSE.to_owned(), broken.to_owned())]),
            (Method::Post, Form::Field) => Self::form(callback, broken),
            (Method::Post, _) => Self {
                method: Method::Post,
                url: callback.url.clone(),
                body: Some(Body {
                    content_type: "application/json",
                    bytes: broken.to_owned().into(),
                }),
                // What cannot be read has none.
                parameters: Map::new(),
            },
        }
    }

    fn get(callback: &Callback, fields: &[(String, String)]) -> Self {
        let mut url = callback.url.clone();
        url.query_pairs_mut().extend_pairs(fields);
        Self {
            method: Method::Get,
            url,
            body: None,
            parameters: Map::new(),
        }
    }

    fn form(callback: &Callback, text: &str) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair(RESPONSE, text);
        Self {
            method: Method::Post,
            url: callback.url.clone(),
            body: Some(Body {
                content_type: "application/x-www-form-urlencoded",
                bytes: form.finish().into(),
            }),
            parameters: response(text.into()),
        }
    }

    fn json(callback: &Callback, members: Map<String, Value>) -> Self {
        let body = Value::Object(members.clone()).to_string();
        Self {
            method: Method::Post,
            url: callback.url.clone(),
            body: Some(Body {
                content_type: "application/json",
                bytes: body.into(),
            }),
            parameters: members,
        }
    }
}

fn response(value: Value) -> Map<String, Value> {
    Map::from_iter([(RESPONSE.to_owned(), value)])
}

/// An object's members as fields: what is no text as JSON text, null left out.
fn in_text(answer: &Value) -> Vec<(String, String)> {
    let members = answer.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name.clone(), text.clone())),
            other => Some((name.clone(), ascii(other))),
        })
        .collect()
}

/// JSON text with everything beyond ASCII escaped: the official SDK's check of a signature fails on a query that holds more.
fn ascii(value: &Value) -> String {
    let whole = value.to_string();
    let mut text = String::with_capacity(whole.len());
    // Outside of strings JSON has nothing but ASCII.
    for char in whole.chars() {
        if char.is_ascii() {
            text.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn callback(method: Method) -> Callback {
        Callback {
            url: "http://127.0.0.1:9/hook?a=b%20c".parse().unwrap(),
            method,
        }
    }

    fn answer() -> Value {
        json!({ "api_id": "x", "name": "Zoë 🎧", "n": 0.50, "none": null, "meta": { "next": null } })
    }

    fn query(parcel: &Parcel) -> Vec<(String, String)> {
        assert!(parcel.body.is_none() && parcel.parameters.is_empty());
        parcel.url.query_pairs().into_owned().collect()
    }

    fn body(parcel: &Parcel) -> (&'static str, &str) {
        assert_eq!(parcel.url.as_str(), "http://127.0.0.1:9/hook?a=b%20c");
        let body = parcel.body.as_ref().unwrap();
        (body.content_type, std::str::from_utf8(&body.bytes).unwrap())
    }

    #[test]
    fn a_get_carries_the_answer_behind_the_query_that_was_there() {
        for form in [Form::Field, Form::Member, Form::Text] {
            let parcel = Parcel::new(&callback(Method::Get), form, &answer());
            let url = parcel.url.as_str();
            assert!(
                url.starts_with("http://127.0.0.1:9/hook?a=b%20c&response=%7B"),
                "{url}"
            );
            let fields = query(&parcel);
            assert_eq!(fields[0], ("a".to_owned(), "b c".to_owned()));
            assert_eq!(fields.len(), 2);
            assert!(fields[1].1.is_ascii());
            assert_eq!(
                serde_json::from_str::<Value>(&fields[1].1).unwrap(),
                answer()
            );
        }
        let flat = Parcel::new(&callback(Method::Get), Form::Flat, &answer());
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let wanted = [
            ("a", "b c"),
            ("api_id", "x"),
            ("name", "Zoë 🎧"),
            ("n", "0.5"),
            ("meta", r#"{"next":null}"#),
        ];
        assert_eq!(query(&flat), wanted.map(owned));
    }

    #[test]
    fn a_post_carries_it_in_each_form() {
        let parcel = |form| Parcel::new(&callback(Method::Post), form, &answer());
        let field = parcel(Form::Field);
        let (kind, text) = body(&field);
        assert_eq!(kind, "application/x-www-form-urlencoded");
        let fields: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
        assert_eq!(fields.len(), 1);
        assert_eq!(
            serde_json::from_str::<Value>(&fields[0].1).unwrap(),
            answer()
        );
        assert_eq!(field.parameters["response"], Value::from(&*fields[0].1));

        for (form, wanted) in [
            (Form::Member, json!({ "response": answer() })),
            (Form::Text, json!({ "response": ascii(&answer()) })),
            (Form::Flat, answer()),
        ] {
            let parcel = parcel(form);
            let (kind, text) = body(&parcel);
            assert_eq!(kind, "application/json");
            assert_eq!(
                serde_json::from_str::<Value>(text).unwrap(),
                wanted,
                "{form:?}"
            );
            assert_eq!(Value::Object(parcel.parameters.clone()), wanted);
        }
    }

    #[test]
    fn garbage_is_no_json_in_any_form() {
        for form in [Form::Field, Form::Member, Form::Text, Form::Flat] {
            let get = Parcel::garbage(&callback(Method::Get), form, &answer());
            let text = query(&get).pop().unwrap().1;
            assert!(serde_json::from_str::<Value>(&text).is_err(), "{text}");
            let post = Parcel::garbage(&callback(Method::Post), form, &answer());
            let (_, text) = body(&post);
            let field = form_urlencoded::parse(text.as_bytes()).next().unwrap();
            for text in [text, &field.1] {
                assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            }
        }
    }
}
