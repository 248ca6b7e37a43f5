//! Where the answer of an asynchronous call is to go: as a request says it, and whether it may go there.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};
use url::{Host, Url, form_urlencoded};

use crate::emulator::filter::Refusal;

const URL: &str = "callback_url";
const METHOD: &str = "callback_method";
/// The parameters of asynchronous mode; they choose no recordings.
pub(in crate::emulator) const PARAMETERS: [&str; 2] = [URL, METHOD];

/// Bytes of the longest URL that is delivered to.
const LONGEST_URL: usize = 2048;

/// What a request says about its callback, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Wish {
    pub(in crate::emulator) url: String,
    method: Option<String>,
}

impl Wish {
    /// Reads the parameters from a query string's pairs, or else from the body: the official SDK sends them as JSON with
    /// DELETE. `None` is a synchronous call; an empty value is as good as none.
    pub(in crate::emulator) fn read(
        query: &[(String, String)],
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Self> {
        let body = fields(headers, body);
        let given = |wanted: &str| {
            let mut all = body.iter().chain(query).rev();
            all.find(|(name, value)| name == wanted && !value.is_empty())
                .map(|(_, value)| value.clone())
        };
        Some(Self {
            url: given(URL)?,
            method: given(METHOD),
        })
    }
}

/// The fields of a form, or the members of a JSON object under any other name; of anything else there are none.
fn fields(headers: &HeaderMap, body: &[u8]) -> Vec<(String, String)> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return form_urlencoded::parse(body).into_owned().collect();
    }
    let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    members
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name, text)),
            other => Some((name, other.to_string())),
        })
        .collect()
}

/// How a delivery is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::emulator) enum Method {
    Get,
    #[default]
    Post,
}

impl Method {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A place on this machine that an answer can be delivered to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Callback {
    pub(super) url: Url,
    pub(super) method: Method,
}

impl Callback {
    /// Checks a wish.
    ///
    /// # Errors
    /// What is no URL, what lies elsewhere than on this machine, and any method but GET and POST.
    pub(in crate::emulator) fn check(wish: &Wish) -> Result<Self, Refusal> {
        let method = match &wish.method {
            None => Method::default(),
            Some(name) if name.eq_ignore_ascii_case("GET") => Method::Get,
            Some(name) if name.eq_ignore_ascii_case("POST") => Method::Post,
            Some(name) => {
                return Err(Refusal(format!(
                    "{METHOD} must be GET or POST, not {name:?}"
                )));
            }
        };
        if wish.url.len() > LONGEST_URL {
            return Err(Refusal(format!(
                "{URL} must not be longer than {LONGEST_URL} bytes"
            )));
        }
        let mut url = Url::parse(&wish.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| {
                Refusal(format!(
                    "{URL} must be an http or https URL, not {:?}",
                    wish.url
                ))
            })?;
        if !is_here(&url) {
            return Err(Refusal(format!(
                "{URL} must lie on this machine (127.0.0.0/8, ::1 or localhost), not on {:?}: \
                 this is a test server, and it sends nothing to others",
                url.host_str().unwrap_or_default()
            )));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal(format!(
                "{URL} must not hold a user name or a password"
            )));
        }
        url.set_fragment(None);
        Ok(Self { url, method })
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    fn read(query: &[(&str, &str)], kind: &str, body: &str) -> Option<(String, Option<String>)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        Wish::read(&pairs(query), &headers, body.as_bytes()).map(|wish| (wish.url, wish.method))
    }

    fn check(url: &str, method: Option<&str>) -> Result<Callback, Refusal> {
        Callback::check(&Wish {
            url: url.to_owned(),
            method: method.map(str::to_owned),
        })
    }

    #[test]
    fn query_json_and_form_say_where_to() {
        let wanted =
            |method: Option<&str>| Some(("http://a/".to_owned(), method.map(str::to_owned)));
        let query = [
            ("limit", "3"),
            ("callback_url", "http://a/"),
            ("callback_method", "GET"),
        ];
        assert_eq!(read(&query, "text/plain", ""), wanted(Some("GET")));
        let json = r#"{"callback_url":"http://a/","callback_method":null,"more":[1]}"#;
        assert_eq!(read(&[], "application/json", json), wanted(None));
        let form = "callback_method=POST&callback_url=http%3A%2F%2Fa%2F";
        let kind = "Application/X-WWW-Form-URLencoded; charset=utf-8";
        assert_eq!(read(&[], kind, form), wanted(Some("POST")));
        // The query string is what the API documents.
        let other = r#"{"callback_url":"http://b/","callback_method":"POST"}"#;
        assert_eq!(read(&query, "application/json", other), wanted(Some("GET")));
    }

    #[test]
    fn without_a_url_a_call_is_synchronous() {
        for (query, body) in [
            (&[][..], ""),
            (&[("callback_method", "GET")], "{}"),
            (&[("callback_url", "")], r#"{"callback_url":null}"#),
            (&[], "[1]"),
            (&[], r#"{"callback_url":"http"#),
        ] {
            assert_eq!(
                read(query, "application/json", body),
                None,
                "{query:?} {body}"
            );
        }
    }

    #[test]
    fn only_this_machine_is_delivered_to() {
        for here in [
            "http://127.0.0.1:8099/hook?x=1",
            "https://127.8.9.1/",
            "http://[::1]:9/",
            "http://LocalHost:9",
            // One of the spellings of 127.0.0.1.
            "http://2130706433/",
        ] {
            assert!(check(here, None).is_ok(), "{here}");
        }
        for elsewhere in [
            "http://example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://[::2]/",
            "http://169.254.169.254/",
        ] {
            let refusal = check(elsewhere, None).unwrap_err();
            assert!(
                refusal.0.contains("this machine"),
                "{elsewhere}: {refusal:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (url, method, named) in [
            ("/hook", None, "callback_url"),
            ("ftp://127.0.0.1/", None, "callback_url"),
            ("7", None, "callback_url"),
            ("http://me:secret@127.0.0.1/", None, "password"),
            ("http://127.0.0.1/", Some("PUT"), "callback_method"),
        ] {
            let refusal = check(url, method).unwrap_err();
            assert!(refusal.0.contains(named), "{url}: {refusal:?}");
        }
        let long = format!("http://127.0.0.1/{}", "x".repeat(LONGEST_URL));
        assert!(check(&long, None).is_err());
        let callback = check("http://127.0.0.1/a#b", Some("get")).unwrap();
        assert_eq!(callback.url.as_str(), "http://127.0.0.1/a");
        assert_eq!(callback.method, Method::Get);
        assert_eq!(
            check("http://localhost/", None).unwrap().method,
            Method::Post
        );
    }
}
