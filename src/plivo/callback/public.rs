//! The URL that the API was given, where a tunnel or a proxy leads from it to the receiver.

use std::fmt;

use url::Url;

/// Why a text is no URL to give to the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public URL has to begin with https:// or http:// and a host")]
pub struct NotPublic;

/// A public URL, also as it was written. Senders sign it as it was given to them, and a parser writes it its own way: without the
/// port that goes without saying, in small letters, without dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
    written: String,
}

impl PublicUrl {
    /// Reads a URL; space around it does not count.
    ///
    /// # Errors
    /// It is not one of the web.
    pub fn parse(text: &str) -> Result<Self, NotPublic> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| NotPublic)?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        is_web
            .then(|| Self {
                url,
                written: text.to_owned(),
            })
            .ok_or(NotPublic)
    }

    /// True when what is sent there can be read on its way.
    pub fn is_plain_http(&self) -> bool {
        self.url.scheme() == "http"
    }

    pub(super) fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// True when it names an origin only: what is behind that is whatever was given to the API.
    pub(super) fn is_origin(&self) -> bool {
        self.url.path() == "/"
    }

    /// The ways to write it, up to its query.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        let read = before_query(self.url.as_str());
        let written = before_query(&self.written);
        std::iter::once(read).chain((written != read).then_some(written))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text as it was written may hold what harms a terminal.
        self.url.fmt(f)
    }
}

fn before_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
