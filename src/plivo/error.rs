//! What can go wrong between a request and its answer, in words a person can act on.

use std::time::Duration;

/// A failed call. Plain data, so that the app can hold it, compare it and show it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 400: the API refused a parameter, or a range of more than 30 days.
    #[error("the API refused the request: {message}")]
    BadRequest {
        message: String,
        api_id: Option<String>,
    },
    /// 401: the id or the token is wrong.
    #[error("the credentials were refused")]
    Unauthorized {
        message: String,
        api_id: Option<String>,
    },
    /// 402 or 403.
    #[error("not allowed: {message}")]
    Forbidden {
        status: u16,
        message: String,
        api_id: Option<String>,
    },
    /// 404.
    #[error("no such recording: {message}")]
    NotFound {
        message: String,
        api_id: Option<String>,
    },
    /// 429, after the retries.
    #[error("the account's rate limit is used up")]
    RateLimited {
        retry_after: Option<Duration>,
        message: String,
        api_id: Option<String>,
    },
    /// 5xx, after the retries.
    #[error("the server failed with status {status}: {message}")]
    Server {
        status: u16,
        message: String,
        api_id: Option<String>,
    },
    /// A status that the API does not name.
    #[error("unexpected status {status}: {message}")]
    Status {
        status: u16,
        message: String,
        api_id: Option<String>,
    },
    /// The answer was not what the API sends: HTML, cut JSON, a wrong type.
    #[error("the answer could not be read: {detail}")]
    Malformed { detail: String },
    /// The host could not be reached.
    #[error("could not reach {host}: {detail}")]
    Unreachable { host: String, detail: String },
    /// The connection was cut while the answer came.
    #[error("the connection to {host} was cut: {detail}")]
    Cut { host: String, detail: String },
    /// No answer in time.
    #[error("no answer from {host} within {} s", after.as_secs())]
    TimedOut { host: String, after: Duration },
}

impl Error {
    /// What a person can do about it, in one line.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::BadRequest { .. } => "change the filter or the range, then try again",
            Self::Unauthorized { .. } => {
                "check PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN against the console's overview page"
            }
            Self::Forbidden { status: 402, .. } => "check the account's balance in the console",
            Self::Forbidden { .. } => {
                "ask the account's owner, or use the credentials that own these recordings"
            }
            Self::NotFound { .. } => "it may have been deleted: load the list again",
            Self::RateLimited { .. } => "others use the account too: wait a moment, then try again",
            Self::Server { .. } => {
                "try again in a moment; if it lasts, look at Plivo's status page"
            }
            Self::Status { .. } => "check the API URL",
            Self::Malformed { .. } => {
                "try again; if it lasts, check the API URL and any proxy between"
            }
            Self::Unreachable { .. } => "check the network, the proxy settings and the API URL",
            Self::Cut { .. } | Self::TimedOut { .. } => "check the network, then try again",
        }
    }

    /// The id by which support can find the request, where the answer had one.
    pub fn api_id(&self) -> Option<&str> {
        match self {
            Self::BadRequest { api_id, .. }
            | Self::Unauthorized { api_id, .. }
            | Self::Forbidden { api_id, .. }
            | Self::NotFound { api_id, .. }
            | Self::RateLimited { api_id, .. }
            | Self::Server { api_id, .. }
            | Self::Status { api_id, .. } => api_id.as_deref(),
            Self::Malformed { .. }
            | Self::Unreachable { .. }
            | Self::Cut { .. }
            | Self::TimedOut { .. } => None,
        }
    }
}
