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
