//! Asynchronous mode, the request's side: where the answer is to be sent, and what the API says at once instead of it.
//!
//! Any call becomes asynchronous by a `callback_url` (seed document, "Asynchronous Mode").

use std::fmt;

use url::Url;

use super::query::Pair;

/// How an answer is brought to the callback URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CallbackMethod {
    Get,
    /// The API's default.
    #[default]
    Post,
}

impl CallbackMethod {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for CallbackMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an answer is to be sent. The URL is the API's to reach: it checks nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Callback {
    pub url: Url,
    pub method: CallbackMethod,
}

impl Callback {
    /// The parameters that make a call asynchronous.
    pub fn pairs(&self) -> [Pair; 2] {
        [
            ("callback_url", self.url.to_string()),
            ("callback_method", self.method.as_str().to_owned()),
        ]
    }
}

/// What an asynchronous call is answered with at once: the real answer follows under the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub api_id: String,
    /// Today `async api spawned`.
    pub message: Option<String>,
}
