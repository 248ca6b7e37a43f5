//! One request: read, checked, handed on, answered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::counts::Reason;
use super::delivery::{Delivery, Signature};
use super::limits::Limits;
use super::payload::{Broken, Payload};
use super::seat::Seat;
use super::signature::Wrong;
use super::{Shared, Taker, tap};
use crate::plivo::CallbackMethod;

/// What a request needs to know.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) shared: Arc<Shared>,
    pub(super) seat: Arc<Seat>,
}

/// Why a request is not taken, in words for its sender.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("callbacks come by GET or POST")]
    OtherMethod,
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    #[error("the body did not come within {0:?}")]
    TooSlow(Duration),
    #[error("the body was cut")]
    Cut,
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error("the signature is wrong: it was made with another auth token, or over another URL")]
    WrongSignature,
    #[error("deliveries have to be signed here, and this one is not")]
    Unsigned,
    #[error("nobody takes deliveries any more")]
    NoReader,
    #[error("there were too many connections")]
    Dismissed,
}

impl From<Wrong> for Refusal {
    fn from(Wrong: Wrong) -> Self {
        Self::WrongSignature
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::OtherMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Cut | Self::Broken(_) => StatusCode::BAD_REQUEST,
            Self::WrongSignature | Self::Unsigned => StatusCode::FORBIDDEN,
            Self::NoReader | Self::Dismissed => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// As it is counted. What is cut off is counted with its connection, and a reader who left counts nothing more.
    fn reason(&self) -> Option<Reason> {
        match self {
            Self::OtherMethod => Some(Reason::OtherMethod),
            Self::TooLong(_) => Some(Reason::TooLong),
            Self::TooSlow(_) => Some(Reason::TooSlow),
            Self::Broken(_) => Some(Reason::Broken),
            Self::WrongSignature => Some(Reason::WrongSignature),
            Self::Unsigned => Some(Reason::Unsigned),
            Self::Cut | Self::NoReader | Self::Dismissed => None,
        }
    }

    /// What is left of such a request is not worth reading.
    fn ends_connection(&self) -> bool {
        !matches!(
            self,
            Self::Broken(_) | Self::WrongSignature | Self::Unsigned
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status(), plain(format!("{self}\n"))).into_response();
        let headers = response.headers_mut();
        if self.ends_connection() {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if matches!(self, Self::OtherMethod) {
            headers.insert(ALLOW, HeaderValue::from_static("GET, POST"));
        }
        response
    }
}

/// Some of these words come from the sender: no browser may take them for anything but text.
fn plain(text: String) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}

/// Answers a request, whatever its path.
pub(super) async fn receive(State(call): State<Call>, request: Request) -> Response {
    call.seat.began();
    match take(&call, request).await {
        Ok(()) => plain("taken\n".to_owned()).into_response(),
        Err(refusal) => {
            if let Some(reason) = refusal.reason() {
                call.seat.refused();
                let tally = call.shared.taker.tally();
                tally.count(|counts| counts.refuse(reason));
            }
            refusal.into_response()
        }
    }
}

async fn take(call: &Call, request: Request) -> Result<(), Refusal> {
    let Call { shared, seat } = call;
    let (head, body) = request.into_parts();
    let method = match head.method {
        Method::GET => CallbackMethod::Get,
        Method::POST => CallbackMethod::Post,
        _ => return Err(Refusal::OtherMethod),
    };
    // Until it is handed on, the permit keeps what it takes of the memory for bodies.
    let (body, _permit) = match method {
        CallbackMethod::Get => (Vec::new(), None),
        CallbackMethod::Post => read(body, &shared.limits, &shared.large_bodies).await?,
    };
    let _busy = seat.whole().ok_or(Refusal::Dismissed)?;
    let whole = Whole {
        time: Utc::now(),
        method,
        head,
        body,
    };
    // Only now is anything made of the bytes, which may take many times their room.
    let place = match &shared.taker {
        Taker::Desk(desk) => Place::Desk(desk),
        Taker::Tap(tap) => Place::Reader(tap.place().await.ok_or(Refusal::NoReader)?),
    };
    let delivery = understand(shared, &whole)?;
    match place {
        Place::Desk(desk) => desk.take(delivery),
        Place::Reader(place) => place.take(delivery),
    }
    Ok(())
}

/// Where a delivery will go.
enum Place<'a> {
    Desk(&'a super::Desk),
    Reader(tap::Place<'a>),
}

/// A request that came whole.
struct Whole {
    time: DateTime<Utc>,
    method: CallbackMethod,
    head: Parts,
    body: Vec<u8>,
}

fn understand(shared: &Shared, whole: &Whole) -> Result<Delivery, Refusal> {
    let payload = match whole.method {
        CallbackMethod::Get => Payload::of_query(whole.head.uri.query().unwrap_or_default()),
        CallbackMethod::Post => Payload::of_body(&whole.body),
    }?;
    let signature = shared.verifier.check(&whole.head, &payload)?;
    if shared.require_signature && signature != Signature::Signed {
        return Err(Refusal::Unsigned);
    }
    let (api_id, answer) = payload.into_answer()?;
    Ok(Delivery {
        time: whole.time,
        api_id,
        method: whole.method,
        signature,
        duplicate: false,
        answer,
    })
}

/// The body, within its limits of time and length.
async fn read<'a>(
    body: Body,
    limits: &Limits,
    large_bodies: &'a Semaphore,
) -> Result<(Vec<u8>, Option<SemaphorePermit<'a>>), Refusal> {
    let too_long = Refusal::TooLong(limits.body_bytes);
    // A length that is announced is refused before anything is read.
    if body.size_hint().lower() > limits.body_bytes as u64 {
        return Err(too_long);
    }
    let (mut bytes, mut permit) = (Vec::new(), None);
    let mut chunks = body.into_data_stream();
    let mut until = Instant::now() + limits.body;
    let too_slow = Refusal::TooSlow(limits.body);
    loop {
        let Ok(chunk) = timeout_at(until, chunks.next()).await else {
            return Err(too_slow);
        };
        let Some(chunk) = chunk else {
            return Ok((bytes, permit));
        };
        let chunk = chunk.map_err(|_| Refusal::Cut)?;
        let length = bytes.len() + chunk.len();
        if length > limits.body_bytes {
            return Err(too_long);
        }
        if length > limits.small_body && permit.is_none() {
            // It is never closed, so that this does not fail. Waiting for others is not this sender's slowness; from its turn on
            // it has less time, since others wait for it.
            permit = large_bodies.acquire().await.ok();
            until = Instant::now() + limits.large_body;
        }
        bytes.extend_from_slice(&chunk);
    }
}
