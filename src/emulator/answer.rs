//! An answer before it is sent, and how its body then leaves: in pieces, at a rate, or broken on purpose.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::content::Content;
use super::fault::FaultKind;
use super::log::{Entry, Log};
use super::wire::Wire;

/// The largest piece of a body that is handed on at once.
const PIECE: usize = 64 * 1024;
/// Pieces a second of a throttled body.
const BEATS: u64 = 64;
/// What a client may catch up at once after it did not read for a while.
const SLACK: Duration = Duration::from_millis(100);

/// An answer: status, headers, and a stretch of some content.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) content: Content,
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Answer {
    pub(super) fn new(status: StatusCode, content_type: &'static str, content: Content) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            from: 0,
            to: content.length(),
            content,
        }
    }

    pub(super) fn json(status: StatusCode, body: &Value) -> Self {
        let body = Content::plain(Bytes::from(body.to_string()));
        Self::new(status, "application/json", body)
    }

    pub(super) fn nothing(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            content: Content::empty(),
            from: 0,
            to: 0,
        }
    }

    /// What a proxy or a login page puts in the way.
    pub(super) fn html(status: u16) -> Self {
        const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Please sign in</title></head>\
            <body><h1>Please sign in</h1><p>This network asks you to accept its terms.</p></body></html>\n";
        Self::new(
            StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
            "text/html; charset=utf-8",
            Content::plain(Bytes::from_static(PAGE.as_bytes())),
        )
    }

    /// Adds a header; one that cannot be sent is left out.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// How a body goes wrong on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Cut,
    Stall,
    Reset,
}

/// Everything a body needs while it is being sent.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) entry: Arc<Entry>,
    pub(super) wire: Arc<Wire>,
    pub(super) log: Arc<Log>,
    /// Bytes a second; `None` is as fast as it goes.
    pub(super) bandwidth: Option<u64>,
}

impl Sending {
    /// Turns the answer into a response, faults of the body included.
    pub(super) fn response(
        self,
        mut answer: Answer,
        method: &Method,
        faults: &[FaultKind],
    ) -> Response<Body> {
        let mut length = Some(answer.to - answer.from);
        let mut broken = None;
        for fault in faults {
            let whole = answer.to - answer.from;
            let at = |bytes: Option<u64>| bytes.unwrap_or(whole / 2).min(whole);
            match *fault {
                FaultKind::Cut(bytes) => broken = Some((at(bytes), Break::Cut, *fault)),
                FaultKind::Stall(bytes) => broken = Some((at(bytes), Break::Stall, *fault)),
                FaultKind::Reset(bytes) => {
                    broken = Some((bytes.unwrap_or(0).min(whole), Break::Reset, *fault));
                    if bytes.is_none() {
                        self.wire.reset();
                        self.entry.hit(*fault);
                    }
                }
                FaultKind::TruncatedJson if whole > 0 => {
                    answer.to = answer.from + whole * 3 / 5;
                    length = Some(whole * 3 / 5);
                    self.entry.hit(*fault);
                }
                FaultKind::Chunked => {
                    length = None;
                    if whole > 0 {
                        self.entry.hit(*fault);
                    }
                }
                FaultKind::WrongLength(bytes) => {
                    length = length.map(|length| length.saturating_add_signed(bytes));
                    if length != Some(whole) && answer.status != StatusCode::NO_CONTENT {
                        self.entry.hit(*fault);
                    }
                }
                _ => {}
            }
        }
        self.entry.answered(answer.status.as_u16());
        let mut response = Response::new(Body::empty());
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        if let Some(length) = length
            && answer.status != StatusCode::NO_CONTENT
        {
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length.into());
        }
        if *method == Method::HEAD || answer.to == answer.from && length == Some(0) {
            self.entry.complete();
            return response;
        }
        let short = length.is_some_and(|length| length > answer.to - answer.from);
        let feed = Feed {
            at: answer.from,
            to: answer.to,
            content: answer.content,
            broken: broken.map(|(after, how, fault)| (answer.from + after, how, fault)),
            slow: faults
                .iter()
                .find(|fault| matches!(fault, FaultKind::Slow(_)))
                .copied(),
            short,
            next_at: None,
            sending: self,
        };
        *response.body_mut() =
            Body::from_stream(futures_util::stream::unfold(feed, |feed| feed.next()));
        response
    }
}

/// A body on its way.
#[derive(Debug)]
struct Feed {
    content: Content,
    at: u64,
    to: u64,
    broken: Option<(u64, Break, FaultKind)>,
    /// What makes it slow, unless its host is.
    slow: Option<FaultKind>,
    /// Whether more was promised than there is, at whose end the connection breaks.
    short: bool,
    /// When the next piece of a throttled body is due.
    next_at: Option<Instant>,
    sending: Sending,
}

impl Feed {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if let Some((at, how, fault)) = self.broken
            && self.at >= at
        {
            return self.break_off(how, fault).await;
        }
        if self.at >= self.to {
            self.sending.entry.complete();
            if self.short {
                self.drained().await;
            }
            return None;
        }
        let end = self.broken.map_or(self.to, |(at, ..)| at.min(self.to));
        let left = usize::try_from(end - self.at).unwrap_or(usize::MAX);
        let mut most = PIECE.min(left);
        if let Some(rate) = self.sending.bandwidth {
            let rate = rate.max(1);
            most = most.min(usize::try_from((rate / BEATS).max(1)).unwrap_or(PIECE));
            if let Some(due) = self.next_at {
                if let Some(slow) = self.slow {
                    self.sending.entry.hit(slow);
                }
                sleep_until(due).await;
            }
        }
        let piece = self.content.some(self.at, most);
        if piece.is_empty() {
            // The content is shorter than it was said to be, which nothing here makes; hanging up is the honest end.
            return Some((Err(io::ErrorKind::UnexpectedEof.into()), self));
        }
        let bytes = piece.len() as u64;
        if let Some(rate) = self.sending.bandwidth {
            // Counted from when it was due and not from when the timer fired, so that late timers do not add up.
            let now = Instant::now();
            let due = self
                .next_at
                .unwrap_or(now)
                .max(now.checked_sub(SLACK).unwrap_or(now));
            self.next_at = Some(due + Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64));
        }
        self.at += bytes;
        self.sending.entry.hand(bytes);
        if self.at >= self.to {
            self.sending.entry.complete();
        }
        Some((Ok(piece), self))
    }

    /// Waits until all that came so far is on its way: a connection that breaks takes what is buffered with it.
    async fn drained(&self) {
        let mut changes = self.sending.log.watch();
        while !self.sending.entry.is_drained() {
            if changes.changed().await.is_err() {
                break;
            }
        }
    }

    async fn break_off(self, how: Break, fault: FaultKind) -> Option<(io::Result<Bytes>, Self)> {
        self.drained().await;
        if self.at < self.to {
            self.sending.entry.hit(fault);
            self.sending.log.touch();
        }
        match how {
            Break::Stall => std::future::pending().await,
            Break::Reset => self.sending.wire.reset(),
            Break::Cut => {}
        }
        Some((Err(io::ErrorKind::ConnectionAborted.into()), self))
    }
}
