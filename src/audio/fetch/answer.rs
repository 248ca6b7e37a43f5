//! What a server's answer to a range request means.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};

use crate::audio::buffer::{LARGEST, too_large};
use crate::audio::event::Error;

/// The body that follows, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The bytes asked for, from the one asked for on; `end` is the byte after the last of them.
    Part {
        end: u64,
        total: Option<u64>,
    },
    /// The file from its start, whatever was asked for.
    Whole {
        total: Option<u64>,
        /// The server says that it could send parts.
        ranges: bool,
    },
    /// The byte asked for is beyond the end.
    Beyond {
        total: Option<u64>,
    },
    /// Worth another try.
    Busy {
        error: Error,
        wait: Option<Duration>,
    },
    /// Redirect to this location.
    Elsewhere(String),
    Fatal(Error),
}

/// Reads an answer to the request for the bytes from `at` on.
pub(super) fn read(status: StatusCode, headers: &HeaderMap, at: u64) -> Answer {
    let code = status.as_u16();
    match code {
        206 => part(headers, at),
        200 => whole(headers),
        204 => Answer::Fatal(Error::Empty),
        301 | 302 | 303 | 307 | 308 => match text(headers, header::LOCATION) {
            Some(location) => Answer::Elsewhere(location.to_owned()),
            None => Answer::Fatal(Error::Status(code)),
        },
        401 => Answer::Fatal(Error::Unauthorized),
        403 => Answer::Fatal(Error::Forbidden),
        404 | 410 => Answer::Fatal(Error::NotFound),
        416 => Answer::Beyond {
            total: text(headers, header::CONTENT_RANGE)
                .and_then(|range| range.trim().strip_prefix("bytes"))
                .and_then(|range| range.trim().strip_prefix("*/")?.trim().parse().ok()),
        },
        408 | 425 | 429 | 500..=599 => Answer::Busy {
            error: Error::Status(code),
            wait: text(headers, header::RETRY_AFTER)
                .and_then(|seconds| seconds.trim().parse().ok())
                .map(Duration::from_secs),
        },
        _ => Answer::Fatal(Error::Status(code)),
    }
}

fn part(headers: &HeaderMap, at: u64) -> Answer {
    let Some((start, end, total)) = text(headers, header::CONTENT_RANGE).and_then(content_range)
    else {
        return protocol("a part of the file without saying which");
    };
    if start != at {
        return protocol("another part of the file than the one asked for");
    }
    if total.is_some_and(|total| end > total) {
        return protocol("a part that ends behind the end of the file");
    }
    if end.max(total.unwrap_or(0)) > LARGEST {
        return Answer::Fatal(too_large(total.unwrap_or(end)));
    }
    Answer::Part { end, total }
}

fn whole(headers: &HeaderMap) -> Answer {
    let chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let length = text(headers, header::CONTENT_LENGTH).filter(|_| !chunked);
    let total = length.and_then(|length| length.trim().parse().ok());
    match total {
        Some(0) => Answer::Fatal(Error::Empty),
        Some(total) if total > LARGEST => Answer::Fatal(too_large(total)),
        _ => Answer::Whole {
            total,
            ranges: text(headers, header::ACCEPT_RANGES)
                .is_some_and(|units| units.trim().eq_ignore_ascii_case("bytes")),
        },
    }
}

fn protocol(sent: &str) -> Answer {
    Answer::Fatal(Error::Protocol(format!("it sent {sent}")))
}

/// `bytes 0-99/200` as the first byte, the byte after the last, and the total unless it is `*`.
fn content_range(value: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = value.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (start, last) = range.split_once('-')?;
    let (start, last): (u64, u64) = (start.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let end = last.checked_add(1)?;
    (start < end).then_some((start, end, total))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validator {
    /// `ETag`, as it came.
    pub etag: Option<String>,
    /// `Last-Modified`, as it came.
    pub modified: Option<String>,
}

impl Validator {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let owned = |name| text(headers, name).map(str::to_owned);
        Self {
            etag: owned(header::ETAG),
            modified: owned(header::LAST_MODIFIED),
        }
    }

    /// The value of `If-Range`. A weak tag may not be used there.
    pub(super) fn if_range(&self) -> Option<&str> {
        match &self.etag {
            Some(etag) if !etag.starts_with("W/") => Some(etag),
            Some(_) => None,
            None => self.modified.as_deref(),
        }
    }

    /// Both speak of the file, and not of the same. A server behind a balancer may leave a header out now and then.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let differ = |one: &Option<String>, two: &Option<String>| match (one, two) {
            (Some(one), Some(two)) => {
                Some(one.trim_start_matches("W/") != two.trim_start_matches("W/"))
            }
            _ => None,
        };
        differ(&self.etag, &other.etag)
            .or_else(|| differ(&self.modified, &other.modified))
            .unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (
                header::HeaderName::from_static(name),
                value.parse().unwrap(),
            )
        });
        pairs.collect()
    }

    fn answer(status: u16, pairs: &[(&'static str, &str)], at: u64) -> Answer {
        read(StatusCode::from_u16(status).unwrap(), &headers(pairs), at)
    }

    #[test]
    fn a_part_must_be_the_one_asked_for() {
        let total = Some(200);
        let range = |value| answer(206, &[("content-range", value)], 100);
        assert_eq!(range("bytes 100-199/200"), Answer::Part { end: 200, total });
        assert_eq!(
            range("bytes 100-149/*"),
            Answer::Part {
                end: 150,
                total: None
            }
        );
        for wrong in [
            "bytes 0-199/200",
            "bytes 99-199/200",
            "bytes 100-200/200",
            "bytes 100-99/200",
            "bytes 100-18446744073709551615/*",
            "bytes -100/200",
            "items 100-199/200",
            "",
        ] {
            let found = range(wrong);
            assert!(
                matches!(found, Answer::Fatal(Error::Protocol(_))),
                "{wrong}: {found:?}"
            );
        }
        let found = range("bytes 100-199/18446744073709551615");
        assert!(
            matches!(found, Answer::Fatal(Error::Protocol(_))),
            "{found:?}"
        );
    }

    #[test]
    fn a_whole_file_says_how_long_it_is_or_not() {
        let ranges = false;
        let found = answer(200, &[("content-length", "7")], 0);
        assert_eq!(
            found,
            Answer::Whole {
                total: Some(7),
                ranges
            }
        );
        let found = answer(
            200,
            &[("content-length", "7"), ("transfer-encoding", "chunked")],
            0,
        );
        assert_eq!(
            found,
            Answer::Whole {
                total: None,
                ranges
            }
        );
        assert_eq!(
            answer(200, &[("content-length", "0")], 0),
            Answer::Fatal(Error::Empty)
        );
    }

    #[test]
    fn statuses_have_their_errors() {
        assert_eq!(answer(401, &[], 0), Answer::Fatal(Error::Unauthorized));
        assert_eq!(answer(418, &[], 0), Answer::Fatal(Error::Status(418)));
        assert_eq!(
            answer(416, &[("content-range", "bytes */0")], 0),
            Answer::Beyond { total: Some(0) }
        );
        assert_eq!(
            answer(429, &[("retry-after", "7")], 0),
            Answer::Busy {
                error: Error::Status(429),
                wait: Some(Duration::from_secs(7))
            }
        );
    }

    #[test]
    fn validators_contradict_only_where_both_speak() {
        let of = |pairs: &[_]| Validator::of(&headers(pairs));
        let one = of(&[("etag", "\"a\""), ("last-modified", "Mon")]);
        assert!(!one.contradicts(&of(&[])));
        assert!(!one.contradicts(&of(&[("etag", "W/\"a\""), ("last-modified", "Tue")])));
        assert!(one.contradicts(&of(&[("etag", "\"b\"")])));
        assert!(one.contradicts(&of(&[("last-modified", "Tue")])));
        assert_eq!(one.if_range(), Some("\"a\""));
        assert_eq!(
            of(&[("etag", "W/\"a\""), ("last-modified", "Mon")]).if_range(),
            None
        );
        assert_eq!(of(&[("last-modified", "Mon")]).if_range(), Some("Mon"));
    }
}
