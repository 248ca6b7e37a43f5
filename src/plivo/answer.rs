//! From the bytes of an answer to its JSON, or to an error that a person can act on.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::error::Error;

/// The longest text that is taken from an answer for a message, in characters.
const LONGEST_TEXT: usize = 300;

/// An answer as it came.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// `Content-Type`, `X-Request-ID`, `Retry-After`, `Date` and `Location`, where they are text.
    pub(super) content_type: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<String>,
    pub(super) date: Option<String>,
    pub(super) location: Option<String>,
}

/// An error, and how long the server asked to wait.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) retry_after: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            retry_after: None,
        }
    }
}

impl Answer {
    /// Passes on an answer whose status is 2xx.
    pub(super) fn success(self) -> Result<Self, Failure> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        let retry_after = self.wait(Utc::now());
        Err(Failure {
            error: self.error(retry_after),
            retry_after,
        })
    }

    /// The JSON of a successful answer; `None` for an empty body. `host` is for messages.
    pub(super) fn json(&self, host: &str) -> Result<Option<Value>, Error> {
        let malformed = |detail| Error::Malformed { detail };
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        serde_json::from_slice(&self.body)
            .map(Some)
            .map_err(|error| {
                let text = String::from_utf8_lossy(&self.body);
                if let Some(page) = self.html(&text) {
                    return malformed(format!("{page} came instead of JSON"));
                }
                if error.is_eof() {
                    return Error::Cut {
                        host: host.to_owned(),
                        detail: format!(
                            "the answer ends in its middle, after {} bytes",
                            self.body.len()
                        ),
                    };
                }
                malformed(format!("no JSON ({error}): {}", short(&text, 60)))
            })
    }

    /// What a status other than 2xx means.
    fn error(&self, retry_after: Option<Duration>) -> Error {
        let text = String::from_utf8_lossy(&self.body);
        let json: Option<Value> = serde_json::from_str(&text).ok();
        let told = match &json {
            Some(Value::Object(body)) => said(body),
            Some(text) => text.as_str().filter(|text| !text.trim().is_empty()),
            None => None,
        };
        let message = match told {
            Some(said) => short(said, LONGEST_TEXT),
            None => self
                .html(&text)
                .unwrap_or_else(|| short(&text, LONGEST_TEXT)),
        };
        let api_id = self.api_id(json.as_ref());
        let status = self.status;
        match status {
            400 => Error::BadRequest { message, api_id },
            401 => Error::Unauthorized { message, api_id },
            402 | 403 => Error::Forbidden {
                status,
                message,
                api_id,
            },
            404 => Error::NotFound { message, api_id },
            429 => Error::RateLimited {
                retry_after,
                message,
                api_id,
            },
            500.. => Error::Server {
                status,
                message,
                api_id,
            },
            _ => Error::Status {
                status,
                message: self.redirect().unwrap_or(message),
                api_id,
            },
        }
    }

    /// The id of the request, as the body says or else a header.
    pub(super) fn api_id(&self, body: Option<&Value>) -> Option<String> {
        body.and_then(Value::as_object)
            .and_then(|body| shown_id(body.get("api_id")?.as_str()?))
            .or_else(|| shown_id(self.request_id.as_deref()?))
    }

    /// Redirects are not followed: the credentials were meant for the base that was set.
    fn redirect(&self) -> Option<String> {
        let location = self
            .location
            .as_deref()
            .filter(|_| (300..400).contains(&self.status))?;
        let place = location.split(['?', '#']).next().unwrap_or(location);
        Some(format!(
            "it redirects to {}; if the API is there, set the API URL to it",
            short(place, 120)
        ))
    }

    /// A word about an HTML page, which proxies and gateways send; `None` when the body is none.
    fn html(&self, text: &str) -> Option<String> {
        let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        let lower = start
            .get(..start.floor_char_boundary(4096))?
            .to_ascii_lowercase();
        let typed = self
            .content_type
            .as_deref()
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        let tagged = lower.starts_with("<!doctype html") || lower.starts_with("<html");
        let page = tagged || (typed && lower.starts_with('<'));
        if !page {
            return None;
        }
        // Lower case of ASCII moves no byte, so that places in `lower` are places in `start`.
        let title = lower.find("<title").and_then(|open| {
            let from = open + lower.get(open..)?.find('>')? + 1;
            let length = lower.get(from..)?.find("</title")?;
            start.get(from..from + length)
        });
        Some(match title.map(|title| short(title, 80)) {
            Some(title) if !title.is_empty() => format!("an HTML page (\"{title}\")"),
            _ => "an HTML page".to_owned(),
        })
    }

    /// `Retry-After`: seconds, or a date, which is taken against the server's own clock where it tells it.
    fn wait(&self, now: DateTime<Utc>) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let read = |text: &str| DateTime::parse_from_rfc2822(text.trim()).ok();
        let now = self
            .date
            .as_deref()
            .and_then(read)
            .map_or(now, |date| date.to_utc());
        let wait = read(text)?.to_utc().signed_duration_since(now);
        Some(wait.to_std().unwrap_or_default())
    }
}

/// The longest id that is kept: the API's are UUIDs, but nothing promises that.
pub(super) const LONGEST_ID: usize = 256;

/// The id that an answer names, as it came: its delivery will name the same. `None` when it has none that can be kept.
pub(super) fn api_id(body: &Map<String, Value>) -> Option<String> {
    let id = body.get("api_id")?.as_str()?;
    (!id.is_empty() && id.len() <= LONGEST_ID).then(|| id.to_owned())
}

/// An id as it may be kept: on one line and not endless.
fn shown_id(id: &str) -> Option<String> {
    Some(short(id, 80)).filter(|id| !id.is_empty())
}

/// What a body says went wrong, where no status tells; `None` when it speaks of no error.
pub(super) fn reported(body: &Map<String, Value>) -> Option<String> {
    let there = |name| body.get(name).is_some_and(|value| !value.is_null());
    if !there("error") && !there("Error") {
        return None;
    }
    let message = said(body).map(|said| short(said, LONGEST_TEXT));
    Some(message.unwrap_or_else(|| "it does not say why".to_owned()))
}

/// The first text among the places where the API puts it.
fn said(body: &Map<String, Value>) -> Option<&str> {
    let error = body.get("error");
    let places = [
        error,
        body.get("Error"),
        error.and_then(|error| error.get("error")),
        body.get("message"),
        error.and_then(|error| error.get("message")),
    ];
    places
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::trim)
        .find(|text| !text.is_empty())
}

/// At most so many characters, on one line; `…` where something was cut.
fn short(text: &str, most: usize) -> String {
    // Bounded before anything else: the text may be long.
    let text = text
        .get(..text.floor_char_boundary(most.saturating_mul(8)))
        .unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests;
