//! Who may see the credentials when a recording's sound is fetched, and which addresses are fetched at all.
//!
//! A `recording_url` is text from an answer: it may name any host. Only Plivo's media hosts get the credentials, or the API
//! base that the user set on purpose (api.md, *Media*).

use std::fmt;

use secrecy::ExposeSecret;
use url::{Host, Url};

use super::base::ApiBase;
use super::credentials::Credentials;
use crate::inside::leads_inside;

/// How one recording's sound is fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaRequest {
    /// Always https, unless it is at an `own_origin` of plain http.
    pub url: String,
    /// The value of an `Authorization` header, for this address's origin only: never sent across a redirect to another.
    pub authorization: Option<String>,
    /// The API base's own origin, where `url` is there: the user named it, so that it may be on this machine or a private network, and
    /// be reached by plain http if that is how it was named. `None` when `url` is elsewhere.
    pub own_origin: Option<String>,
}

impl fmt::Debug for MediaRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authorization = self.authorization.as_ref().map(|_| "[secret]");
        f.debug_struct("MediaRequest")
            .field("url", &self.url)
            .field("authorization", &authorization)
            .field("own_origin", &self.own_origin)
            .finish()
    }
}

/// Why a recording's address is not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaRefused {
    #[error("the recording's address cannot be read")]
    NotAnAddress,
    #[error("the recording's address starts with {0}:, not https:")]
    Scheme(String),
    #[error("the recording's address has a user name or password in it")]
    UserInfo,
    #[error("the recording's address leads to {0}, on this machine or a private network")]
    PrivateHost(String),
}

/// Decides how `url` is fetched: `http` becomes `https`, the API base's own loopback origin aside.
///
/// # Errors
/// [`MediaRefused`] for what is not http(s), carries credentials of its own, or names this machine or a private address that
/// is not the API base's own origin.
pub fn authorize(
    url: &str,
    credentials: &Credentials,
    base: &ApiBase,
) -> Result<MediaRequest, MediaRefused> {
    let mut url = Url::parse(url.trim()).map_err(|_| MediaRefused::NotAnAddress)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(MediaRefused::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(MediaRefused::UserInfo);
    }
    url.set_fragment(None);
    if url.scheme() == "http" && !base.is_origin_of(&url) {
        url.set_scheme("https")
            .map_err(|()| MediaRefused::NotAnAddress)?;
    }
    let own = base.is_origin_of(&url);
    if !own && leads_inside(&url) {
        return Err(MediaRefused::PrivateHost(
            url.host_str().unwrap_or_default().to_owned(),
        ));
    }
    let trusted = is_plivo_media(&url) || (own && !base.is_default());
    Ok(MediaRequest {
        authorization: trusted.then(|| credentials.authorization().expose_secret().to_owned()),
        own_origin: own.then(|| base.origin()),
        url: url.into(),
    })
}

/// `media.plivo.com` and what is below it, on https's own port.
fn is_plivo_media(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let named = host == "media.plivo.com" || host.ends_with(".media.plivo.com");
    named && url.scheme() == "https" && url.port().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inside::hosts::{INSIDE, INSIDE_BY_NAME, PUBLIC};
    use proptest::prelude::*;

    fn on(base: &str, url: &str) -> Result<MediaRequest, MediaRefused> {
        let credentials = Credentials::new("MAGWNTM3ZTK1M2YZMDUU", "hunter22").unwrap();
        authorize(url, &credentials, &ApiBase::parse(base).unwrap())
    }

    fn on_plivo(url: &str) -> Result<MediaRequest, MediaRefused> {
        on("https://api.plivo.com", url)
    }

    #[test]
    fn plivos_media_hosts_get_the_credentials_by_https() {
        for (url, sent) in [
            (
                "https://media.plivo.com/v1/Account/MA/Recording/r.mp3",
                "https://media.plivo.com/v1/Account/MA/Recording/r.mp3",
            ),
            (
                "http://us-west-1.MEDIA.plivo.com/r.mp3#t",
                "https://us-west-1.media.plivo.com/r.mp3",
            ),
            ("http://media.plivo.com:80/r", "https://media.plivo.com/r"),
            ("https://media.plivo.com:443/r", "https://media.plivo.com/r"),
        ] {
            let request = on_plivo(url).unwrap();
            assert_eq!(request.url, sent);
            assert!(request.authorization.unwrap().starts_with("Basic "));
            assert_eq!(request.own_origin, None);
        }
    }

    #[test]
    fn other_hosts_are_fetched_without_them() {
        for (url, sent) in [
            (
                "http://s3.amazonaws.com/plivocloud/r.mp3",
                "https://s3.amazonaws.com/plivocloud/r.mp3",
            ),
            (
                "https://media.plivo.com.evil.example/r",
                "https://media.plivo.com.evil.example/r",
            ),
            (
                "https://evilmedia.plivo.com/r",
                "https://evilmedia.plivo.com/r",
            ),
            (
                "https://media.plivo.com:8443/r",
                "https://media.plivo.com:8443/r",
            ),
            (
                "http://media.plivo.com:8080/r",
                "https://media.plivo.com:8080/r",
            ),
            ("https://media.plivo.com./r", "https://media.plivo.com./r"),
            ("https://plivo.com/r", "https://plivo.com/r"),
            ("https://api.plivo.com/r", "https://api.plivo.com/r"),
            (
                "https://evil.example/media.plivo.com",
                "https://evil.example/media.plivo.com",
            ),
            (
                "https://evil.example\\@media.plivo.com/",
                "https://evil.example/@media.plivo.com/",
            ),
        ] {
            let request = on_plivo(url).unwrap();
            assert_eq!(
                (request.url.as_str(), request.authorization),
                (sent, None),
                "{url}"
            );
        }
    }

    #[test]
    fn an_api_base_that_was_set_gets_them_at_its_own_origin_only() {
        let base = "http://127.0.0.1:8080/gate";
        let own = on(base, "http://127.0.0.1:8080/media/r.mp3").unwrap();
        assert_eq!(own.url, "http://127.0.0.1:8080/media/r.mp3");
        assert!(own.authorization.is_some());
        assert_eq!(own.own_origin.as_deref(), Some("http://127.0.0.1:8080"));
        for elsewhere in [
            "http://127.0.0.1:8081/r",
            "https://127.0.0.1:8080/r",
            "http://localhost:8080/r",
        ] {
            assert!(
                matches!(on(base, elsewhere), Err(MediaRefused::PrivateHost(_))),
                "{elsewhere}"
            );
        }
        let amazon = on(base, "http://s3.amazonaws.com/r").unwrap();
        assert_eq!((amazon.authorization, amazon.own_origin), (None, None));

        let inner = on("https://10.0.0.5", "http://10.0.0.5/r").unwrap();
        assert_eq!(
            (inner.url.as_str(), inner.own_origin.as_deref()),
            ("https://10.0.0.5/r", Some("https://10.0.0.5"))
        );
        assert!(inner.authorization.is_some());
    }

    #[test]
    fn what_is_not_a_public_address_is_refused() {
        for host in INSIDE.iter().chain(INSIDE_BY_NAME) {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{host}/r");
                assert!(
                    matches!(on_plivo(&url), Err(MediaRefused::PrivateHost(_))),
                    "{url}"
                );
            }
        }
        for host in PUBLIC {
            assert!(on_plivo(&format!("https://{host}/r")).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        for (url, refused) in [
            ("", MediaRefused::NotAnAddress),
            ("/v1/r.mp3", MediaRefused::NotAnAddress),
            ("https://", MediaRefused::NotAnAddress),
            ("file:///etc/passwd", MediaRefused::Scheme("file".into())),
            (
                "ftp://media.plivo.com/r",
                MediaRefused::Scheme("ftp".into()),
            ),
            (
                "javascript:alert(1)",
                MediaRefused::Scheme("javascript".into()),
            ),
            ("https://a@media.plivo.com/r", MediaRefused::UserInfo),
            ("https://:b@media.plivo.com/r", MediaRefused::UserInfo),
            (
                "https://media.plivo.com@evil.example/",
                MediaRefused::UserInfo,
            ),
        ] {
            assert_eq!(on_plivo(url), Err(refused), "{url}");
        }
    }

    #[test]
    fn showing_a_request_hides_the_secret() {
        let request = on_plivo("https://media.plivo.com/r").unwrap();
        let secret = request.authorization.clone().unwrap();
        let shown = format!("{request:?}");
        assert!(shown.contains("media.plivo.com") && !shown.contains(&secret[6..]));
    }

    proptest! {
        #[test]
        fn credentials_go_nowhere_else(url in "(https?://)?[a-z@:.%/\\\\]{0,12}media\\.plivo\\.com[a-z@:.%/\\\\0-9]{0,12}") {
            if let Ok(MediaRequest { url, authorization: Some(_), .. }) = on_plivo(&url) {
                let host = url.strip_prefix("https://").unwrap().split('/').next().unwrap();
                prop_assert!(host == "media.plivo.com" || host.ends_with(".media.plivo.com"), "{}", url);
            }
        }
    }
}
