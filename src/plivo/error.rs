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
    #[error("{}", not_found(message))]
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
    /// An asynchronous call failed: the error came to the callback URL, where there is no status.
    #[error("the API reports: {message}")]
    Reported {
        message: String,
        api_id: Option<String>,
    },
    /// An asynchronous call was accepted, and its answer never came to the callback URL.
    #[error("accepted as {api_id}, but no answer came by callback within {} s", within.as_secs())]
    NotDelivered { api_id: String, within: Duration },
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

/// Servers that say no more than the status does are not repeated.
fn not_found(message: &str) -> String {
    let plain = message.trim().to_ascii_lowercase();
    let says_it = [
        "not found",
        "no recording",
        "no such recording",
        "recording not found",
    ];
    match plain.is_empty() || says_it.iter().any(|start| plain.starts_with(start)) {
        true => "no such recording".to_owned(),
        false => format!("no such recording: {message}"),
    }
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
            Self::NotFound { .. } => "it may have been deleted, or belong to another account",
            Self::RateLimited { .. } => "others use the account too: wait a moment, then try again",
            Self::Server { .. } => {
                "try again in a moment; if it lasts, look at Plivo's status page"
            }
            Self::Status { .. } => "check the API URL",
            Self::Reported { .. } => "try again; if it lasts, go on without callbacks to see more",
            Self::NotDelivered { .. } => {
                "check that the callback URL leads to this receiver, then send again"
            }
            Self::Malformed { .. } => {
                "try again; if it lasts, check the API URL and any proxy between"
            }
            Self::Unreachable { .. } => "check the network, the proxy settings and the API URL",
            Self::Cut { .. } | Self::TimedOut { .. } => "check the network, then try again",
        }
    }

    /// The status that the server answered with, where it answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::BadRequest { .. } => Some(400),
            Self::Unauthorized { .. } => Some(401),
            Self::NotFound { .. } => Some(404),
            Self::RateLimited { .. } => Some(429),
            Self::Forbidden { status, .. }
            | Self::Server { status, .. }
            | Self::Status { status, .. } => Some(*status),
            Self::Reported { .. }
            | Self::NotDelivered { .. }
            | Self::Malformed { .. }
            | Self::Unreachable { .. }
            | Self::Cut { .. }
            | Self::TimedOut { .. } => None,
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
            | Self::Status { api_id, .. }
            | Self::Reported { api_id, .. } => api_id.as_deref(),
            Self::NotDelivered { api_id, .. } => Some(api_id),
            Self::Malformed { .. }
            | Self::Unreachable { .. }
            | Self::Cut { .. }
            | Self::TimedOut { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_of_a_missing_recording_is_not_said_twice() {
        for (message, says) in [
            ("no recording with id nowhere", "no such recording"),
            ("Not found.", "no such recording"),
            ("", "no such recording"),
            ("it lies elsewhere", "no such recording: it lies elsewhere"),
        ] {
            let error = Error::NotFound {
                message: message.to_owned(),
                api_id: None,
            };
            assert_eq!(error.to_string(), says, "{message}");
        }
    }
}
