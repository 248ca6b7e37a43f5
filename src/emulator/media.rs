//! A recording's file over HTTP: ranges, validators, and the ways in which a media host disappoints.

use axum::http::{HeaderMap, StatusCode, header};
use chrono::{DateTime, Utc};

use super::answer::Answer;
use super::content::Content;
use super::fault::FaultKind;
use super::log::Entry;

/// Which part of a file a `Range` header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Everything,
    /// From the first to before the second byte; never empty.
    Part(u64, u64),
    Unsatisfiable,
}

/// Reads a `Range` header (RFC 9110, 14.2). Other units, several ranges and nonsense mean the whole file.
fn wanted(range: Option<&str>, length: u64) -> Wanted {
    let Some((first, last)) = range
        .and_then(|range| range.trim().strip_prefix("bytes="))
        .filter(|set| !set.contains(','))
        .and_then(|set| set.trim().split_once('-'))
    else {
        return Wanted::Everything;
    };
    let digits = |text: &str| {
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let (from, to) = match (digits(first), digits(last)) {
        (Some(first), Some(last)) if first > last => return Wanted::Everything,
        (Some(first), Some(last)) => (first, last.saturating_add(1).min(length)),
        (Some(first), None) if last.is_empty() => (first, length),
        (None, Some(suffix)) if first.is_empty() => {
            if suffix == 0 {
                return Wanted::Unsatisfiable;
            }
            (length.saturating_sub(suffix), length)
        }
        _ => return Wanted::Everything,
    };
    if from < to {
        Wanted::Part(from, to)
    } else {
        Wanted::Unsatisfiable
    }
}

/// Answers a request for a file.
pub(super) fn serve(
    content: Content,
    content_type: &'static str,
    etag: &str,
    modified: DateTime<Utc>,
    headers: &HeaderMap,
    (faults, entry): (&[FaultKind], &Entry),
) -> Answer {
    let ignores_range = faults
        .iter()
        .any(|fault| matches!(fault, FaultKind::NoRange | FaultKind::Chunked));
    // A host that lies about a length lies in Content-Range too.
    let lie = faults.iter().find_map(|fault| match fault {
        FaultKind::WrongLength(bytes) => Some(*bytes),
        _ => None,
    });
    let length = content.length();
    let said = length.saturating_add_signed(lie.unwrap_or(0));
    let modified = modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|known| known == etag || known == modified);
    let range = text(header::RANGE).filter(|_| same);
    if faults.contains(&FaultKind::NoRange) && wanted(range, length) != Wanted::Everything {
        entry.hit(FaultKind::NoRange);
    }
    let range = range.filter(|_| !ignores_range);

    let mut answer = Answer::new(StatusCode::OK, content_type, content)
        .with(header::ETAG, etag)
        .with(header::LAST_MODIFIED, &modified);
    if !ignores_range {
        answer = answer.with(header::ACCEPT_RANGES, "bytes");
    }
    match wanted(range, length) {
        Wanted::Everything => answer,
        Wanted::Part(from, to) => {
            answer.status = StatusCode::PARTIAL_CONTENT;
            (answer.from, answer.to) = (from, to);
            let last = (to - 1).saturating_add_signed(lie.unwrap_or(0));
            answer.with(
                header::CONTENT_RANGE,
                &format!("bytes {from}-{last}/{said}"),
            )
        }
        Wanted::Unsatisfiable => {
            let mut refusal = Answer::nothing(StatusCode::RANGE_NOT_SATISFIABLE);
            refusal.headers = answer.headers;
            refusal.headers.remove(header::CONTENT_TYPE);
            refusal.with(header::CONTENT_RANGE, &format!("bytes */{said}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let read = |range| wanted(Some(range), 100);
        assert_eq!(read("bytes=0-0"), Wanted::Part(0, 1));
        assert_eq!(read("bytes=10-"), Wanted::Part(10, 100));
        assert_eq!(read("bytes=10-500"), Wanted::Part(10, 100));
        assert_eq!(read("bytes=-10"), Wanted::Part(90, 100));
        assert_eq!(read("bytes=-500"), Wanted::Part(0, 100));
        assert_eq!(read("bytes=100-"), Wanted::Unsatisfiable);
        assert_eq!(read("bytes=-0"), Wanted::Unsatisfiable);
        assert_eq!(
            read("bytes=99999999999999999999999-"),
            Wanted::Unsatisfiable
        );
        for whole in [
            "bytes=5-3",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "lines=0-5",
            "bytes=0-1,4-5",
            "",
        ] {
            assert_eq!(read(whole), Wanted::Everything, "{whole}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Unsatisfiable);
        assert_eq!(wanted(None, 100), Wanted::Everything);
    }
}
