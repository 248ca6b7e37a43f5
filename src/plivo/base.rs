//! Where the API is, and the addresses under it.

use std::fmt;

use url::{Host, Url};

use crate::inside::is_loopback;

/// The base of the API's addresses: `https` anywhere, plain `http` on this machine only, since the credentials go
/// with every request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiBase(Url);

/// Why a text is no API base. The text itself is never quoted: somebody may have put the token into it, or in its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiBaseMistake {
    #[error("the API URL is empty: leave it out for https://api.plivo.com")]
    Empty,
    #[error("the API URL is not an address: write it like https://api.plivo.com")]
    NotAnAddress,
    #[error("the API URL starts with {0}: use https://")]
    Scheme(String),
    #[error(
        "plain http would send the auth token unprotected to {0}: use https (http is for 127.0.0.1, [::1] and localhost only)"
    )]
    PlainHttp(String),
    #[error(
        "the API URL has a user name or password in it: take it out and set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN"
    )]
    UserInfo,
    #[error("the API URL has a query (?) or a fragment (#): take it out")]
    Query,
    #[error("the API URL ends in the API's own path: leave it at {0}")]
    TooMuchPath(String),
}

impl ApiBase {
    /// Reads a base. It may have a path of its own, under which a gateway keeps the API; a slash at its end does not matter.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, ApiBaseMistake> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ApiBaseMistake::Empty);
        }
        let not_an_address = || match text.contains('@') {
            true => ApiBaseMistake::UserInfo,
            false => ApiBaseMistake::NotAnAddress,
        };
        let mut url = Url::parse(text).map_err(|_| not_an_address())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ApiBaseMistake::UserInfo);
        }
        if !matches!(url.scheme(), "http" | "https") {
            // `localhost:8080` parses as an address of scheme `localhost`.
            return Err(if url.has_host() {
                ApiBaseMistake::Scheme(format!("{}://", url.scheme()))
            } else {
                not_an_address()
            });
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ApiBaseMistake::Query);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(ApiBaseMistake::PlainHttp(
                url.host_str().unwrap_or_default().to_owned(),
            ));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let mut parts = path.split('/');
        if parts.clone().any(|part| part == "Account") || parts.next_back() == Some("v1") {
            let end = path.find("/v1").unwrap_or(0);
            url.set_path(path.get(..end).unwrap_or_default());
            return Err(ApiBaseMistake::TooMuchPath(Self(url).to_string()));
        }
        Ok(Self(url))
    }

    /// True for the base that is used when none was set.
    pub fn is_default(&self) -> bool {
        self.origin() == Self::default().origin()
    }

    /// Scheme, host and port, as `https://api.plivo.com`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// True when an address has the same scheme, host and port.
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// The host, and the port where it is not the scheme's own; for messages.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// The name or address that is connected to, and the port. Every base has both.
    pub fn server(&self) -> Option<(Host<&str>, u16)> {
        Some((self.0.host()?, self.0.port_or_known_default()?))
    }

    /// True when the API is on this machine, where no proxy may stand between.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// True for plain http, which implies this machine.
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The address with these segments under the base, each percent-encoded, and a slash at the end. `None` when a segment
    /// cannot be part of an address: empty, or the `.` and `..` that every reader of addresses takes for directories,
    /// encoded or not.
    pub(crate) fn under(&self, segments: &[&str]) -> Option<Url> {
        let mut path = self.0.path().trim_end_matches('/').to_owned();
        for segment in segments {
            if matches!(*segment, "" | "." | "..") {
                return None;
            }
            path.push('/');
            path.push_str(&encoded(segment));
        }
        path.push('/');
        let mut url = self.0.clone();
        url.set_path(&path);
        Some(url)
    }
}

impl Default for ApiBase {
    fn default() -> Self {
        Self(PLIVO.clone())
    }
}

#[allow(clippy::expect_used, reason = "a constant, which a test parses")]
static PLIVO: std::sync::LazyLock<Url> =
    std::sync::LazyLock::new(|| Url::parse("https://api.plivo.com").expect("a valid address"));

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Everything but the unreserved characters of RFC 3986 percent-encoded.
fn encoded(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_default_is_plivo() {
        assert_eq!(ApiBase::default().to_string(), "https://api.plivo.com");
        assert!(ApiBase::default().is_default());
        assert!(
            ApiBase::parse("https://api.plivo.com:443/")
                .unwrap()
                .is_default()
        );
        assert!(
            !ApiBase::parse("https://api.plivo.com:8443")
                .unwrap()
                .is_default()
        );
        assert!(!ApiBase::default().is_loopback());
    }

    #[test]
    fn https_goes_anywhere_and_http_to_this_machine() {
        for (text, base, host) in [
            (
                " https://example.com/plivo/ ",
                "https://example.com/plivo",
                "example.com",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080",
                "127.0.0.1:8080",
            ),
            ("http://127.8.9.10/", "http://127.8.9.10", "127.8.9.10"),
            ("http://[::1]:9", "http://[::1]:9", "[::1]:9"),
            ("HTTP://LocalHost:80/", "http://localhost", "localhost"),
        ] {
            let parsed = ApiBase::parse(text).unwrap();
            assert_eq!(
                (parsed.to_string().as_str(), parsed.host().as_str()),
                (base, host)
            );
            assert_eq!(parsed.is_loopback(), parsed.is_plain_http());
        }
    }

    #[test]
    fn mistakes_say_what_to_do() {
        use ApiBaseMistake::*;
        for (text, mistake) in [
            ("", Empty),
            ("api.plivo.com", NotAnAddress),
            ("localhost:8080", NotAnAddress),
            ("https://", NotAnAddress),
            ("MA:token@example.com", UserInfo),
            ("https://MA:token@", UserInfo),
            ("ftp://MA:token@example.com", UserInfo),
            ("ftp://example.com", Scheme("ftp://".into())),
            ("http://example.com", PlainHttp("example.com".into())),
            (
                "http://localhost.example.com",
                PlainHttp("localhost.example.com".into()),
            ),
            (
                "http://127.0.0.1.example.com",
                PlainHttp("127.0.0.1.example.com".into()),
            ),
            ("http://192.168.0.2", PlainHttp("192.168.0.2".into())),
            ("http://0.0.0.0:80", PlainHttp("0.0.0.0".into())),
            ("https://MA:token@example.com", UserInfo),
            ("http://127.0.0.1@example.com", UserInfo),
            ("https://example.com/?a", Query),
            ("https://example.com/#a", Query),
            (
                "https://api.plivo.com/v1/",
                TooMuchPath("https://api.plivo.com".into()),
            ),
            (
                "https://example.com/p/v1/Account/MA/Recording",
                TooMuchPath("https://example.com/p".into()),
            ),
        ] {
            assert_eq!(ApiBase::parse(text), Err(mistake), "{text}");
        }
    }

    #[test]
    fn segments_stay_within_their_place() {
        let base = ApiBase::parse("http://127.0.0.1:8080/gate/").unwrap();
        let path = |id| {
            base.under(&["v1", "Recording", id])
                .map(|url| url.path().to_owned())
        };
        assert_eq!(
            path("r~1.x-y_z").as_deref(),
            Some("/gate/v1/Recording/r~1.x-y_z/")
        );
        assert_eq!(path("../r").as_deref(), Some("/gate/v1/Recording/..%2Fr/"));
        assert_eq!(
            path("a?b#c%2e").as_deref(),
            Some("/gate/v1/Recording/a%3Fb%23c%252e/")
        );
        assert_eq!(
            path("%2e%2e").as_deref(),
            Some("/gate/v1/Recording/%252e%252e/")
        );
        assert_eq!(
            path("\\..\\é\n").as_deref(),
            Some("/gate/v1/Recording/%5C..%5C%C3%A9%0A/")
        );
        for nowhere in ["", ".", ".."] {
            assert_eq!(path(nowhere), None);
        }
    }

    proptest! {
        #[test]
        fn no_id_leaves_its_segment(id in "[./\\\\%2eE?#@: a-c\\PC]{1,12}") {
            let Some(url) = ApiBase::default().under(&["v1", "Account", "MA", "Recording", &id]) else {
                prop_assert!(matches!(id.as_str(), "." | ".."));
                return Ok(());
            };
            // As the other side reads it.
            let read = Url::parse(url.as_str()).unwrap();
            let parts: Vec<_> = read.path_segments().unwrap().collect();
            prop_assert_eq!(&parts[..4], &["v1", "Account", "MA", "Recording"]);
            prop_assert_eq!((parts.len(), parts[5]), (6, ""));
            prop_assert_eq!(read.query(), None);
            prop_assert_eq!(read.host_str(), Some("api.plivo.com"));
        }

        #[test]
        fn no_text_panics(text in "(https?://)?\\PC{0,40}") {
            let _ = ApiBase::parse(&text);
        }
    }
}
