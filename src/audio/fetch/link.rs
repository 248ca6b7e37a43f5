//! Which links may be followed, and where the credentials may go.
//!
//! Links come from the account's data and from servers' redirects, so that a stranger may have written them: they must not
//! lead a request into the user's network, nor credentials away from the server they are for.

use url::{Origin, Url};

use crate::audio::event::{Error, Request};
use crate::inside::{is_loopback, leads_inside};

/// One place to ask, and whether the credentials go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) authorized: bool,
}

/// What a request allows.
#[derive(Debug)]
pub(super) struct Rule {
    start: Hop,
    own_origin: Option<Origin>,
}

impl Rule {
    /// # Errors
    /// [`Error::NoUrl`] for an empty link, [`Error::Refused`] for one that must not be followed.
    pub(super) fn new(request: &Request) -> Result<Self, Error> {
        if request.url.trim().is_empty() {
            return Err(Error::NoUrl);
        }
        let url = Url::parse(request.url.trim())
            .map_err(|error| refused(&format!("it is not a URL ({error})")))?;
        let allowed = request.own_origin.as_deref();
        let rule = Self {
            start: Hop {
                url,
                authorized: request.authorization.is_some(),
            },
            own_origin: allowed
                .and_then(|base| Url::parse(base).ok())
                .map(|base| base.origin()),
        };
        rule.check(&rule.start.url)?;
        Ok(rule)
    }

    pub(super) fn start(&self) -> Hop {
        self.start.clone()
    }

    /// Where a redirect from `from` to `location` leads.
    pub(super) fn follow(&self, from: &Hop, location: &str) -> Result<Hop, Error> {
        let mut url = from
            .url
            .join(location)
            .map_err(|_| refused("it redirects to what is not a URL"))?;
        url.set_fragment(None);
        self.check(&url)?;
        let origin = url.origin();
        let trusted = origin == self.start.url.origin() || self.is_own(&url);
        if leads_inside(&url) && !trusted {
            return Err(refused(
                "it redirects to an address inside a private network",
            ));
        }
        Ok(Hop {
            authorized: from.authorized && origin == from.url.origin(),
            url,
        })
    }

    /// Whether `url` is at the API base's own origin, which the user named and which may be anywhere.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        self.own_origin == Some(url.origin())
    }

    fn check(&self, url: &Url) -> Result<(), Error> {
        if url.host().is_none() {
            return Err(refused("it names no server"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries a user name or a password"));
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if is_loopback(url) || self.is_own(url) => Ok(()),
            "http" => Err(refused("it is plain http, and only https is safe there")),
            _ => Err(refused("it is neither https nor http")),
        }
    }
}

fn refused(reason: &str) -> Error {
    Error::Refused(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::event::Secret;
    use crate::inside::hosts::{INSIDE, INSIDE_BY_NAME, PUBLIC};

    fn rule(url: &str, own_origin: Option<&str>) -> Result<Rule, Error> {
        Rule::new(&Request {
            url: url.to_owned(),
            authorization: Some(Secret("Basic x".to_owned())),
            own_origin: own_origin.map(str::to_owned),
        })
    }

    #[test]
    fn only_https_and_loopback_are_asked() {
        for url in [
            "https://media.example/a.mp3",
            "http://127.0.0.1:8080/a",
            "http://localhost/a",
            "http://[::1]:9/a",
        ] {
            assert!(rule(url, None).is_ok(), "{url}");
        }
        for url in [
            "http://media.example/a.mp3",
            "http://10.0.0.1/",
            "ftp://media.example/",
            "file:///etc/passwd",
            "data:audio/wav,abc",
            "a.mp3",
            "https://user:word@media.example/",
            "http://127.0.0.1@media.example/",
            "http://localhost.media.example/",
        ] {
            assert!(matches!(rule(url, None), Err(Error::Refused(_))), "{url}");
        }
        assert_eq!(rule(" ", None).err(), Some(Error::NoUrl));
        assert!(rule("http://10.0.0.1:80/a", Some("http://10.0.0.1/v1/")).is_ok());
        assert!(rule("http://10.0.0.1:81/a", Some("http://10.0.0.1/v1/")).is_err());
    }

    #[test]
    fn credentials_stay_with_their_server_and_do_not_come_back() {
        let rule = rule("https://media.example/a", None).unwrap();
        let same = rule.follow(&rule.start(), "/b?c").unwrap();
        assert!(same.authorized);
        let other = rule.follow(&same, "https://store.example/b").unwrap();
        assert!(!other.authorized);
        let back = rule.follow(&other, "https://media.example/a").unwrap();
        assert!(!back.authorized);
        let port = rule
            .follow(&rule.start(), "https://media.example:444/a")
            .unwrap();
        assert!(!port.authorized);
    }

    #[test]
    fn a_redirect_does_not_lead_into_a_private_network() {
        let outside = rule("https://media.example/a", None).unwrap();
        for to in [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://media.example/",
            "//user@media.example/",
            "javascript:0",
        ] {
            let found = outside.follow(&outside.start(), to);
            assert!(matches!(found, Err(Error::Refused(_))), "{to}");
        }
        for host in INSIDE.iter().chain(INSIDE_BY_NAME) {
            let found = outside.follow(&outside.start(), &format!("https://{host}/"));
            assert!(matches!(found, Err(Error::Refused(_))), "{host}");
        }
        for host in PUBLIC {
            let found = outside.follow(&outside.start(), &format!("https://{host}/"));
            assert!(found.is_ok(), "{host}");
        }
        // What else listens on this machine is not meant by an API base here.
        let here = rule("http://127.0.0.1:1/a", Some("http://127.0.0.1:1")).unwrap();
        assert!(here.follow(&here.start(), "/b").is_ok());
        for to in [
            "http://127.0.0.1:2/",
            "https://127.0.0.1:1/",
            "http://127.0.0.2:1/",
            "http://localhost:1/",
            "http://[::1]:1/",
            "https://10.0.0.1/",
        ] {
            let found = here.follow(&here.start(), to);
            assert!(matches!(found, Err(Error::Refused(_))), "{to}");
        }
        let own = rule("http://10.0.0.1/a", Some("http://10.0.0.1")).unwrap();
        assert!(own.follow(&own.start(), "/b").is_ok());
        assert!(own.follow(&own.start(), "http://10.0.0.2/b").is_err());
    }
}
