//! Asynchronous mode (seed document, "Asynchronous Mode"; api.md): a call with a `callback_url` is answered at once, and
//! what it really says is delivered to that URL.
//!
//! ```text
//! routes ─▶ target (where to) ─▶ plan (what goes wrong) ─▶ outbox (when) ─▶ parcel (as what) ─▶ signature ─▶ courier ─▶ log
//! ```

mod courier;
mod outbox;
mod parcel;
mod plan;
mod signature;
mod target;
mod turns;

use std::time::Duration;

use axum::http::StatusCode;

pub(super) use outbox::{Job, Outbox};
pub use parcel::Form;
pub(super) use plan::Plan;
pub(super) use target::{Callback, PARAMETERS, Wish};

/// How asynchronous calls are answered and their answers delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callbacks {
    pub accept: AcceptStatus,
    pub form: Form,
    /// From the call's own answer to the delivery.
    pub delay: Duration,
    /// Before a delivery is sent for the second time; it doubles before each further one.
    pub retry_pause: Duration,
    pub signing: Signing,
}

impl Default for Callbacks {
    fn default() -> Self {
        Self {
            accept: AcceptStatus::default(),
            form: Form::default(),
            delay: Duration::ZERO,
            retry_pause: Duration::from_millis(500),
            signing: Signing::default(),
        }
    }
}

/// The status of an asynchronous call's own answer: no source says which it is (api.md).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum AcceptStatus {
    #[value(name = "200")]
    Ok,
    #[value(name = "201")]
    Created,
    #[default]
    #[value(name = "202")]
    Accepted,
}

impl AcceptStatus {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Ok => StatusCode::OK,
            Self::Created => StatusCode::CREATED,
            Self::Accepted => StatusCode::ACCEPTED,
        }
    }
}

/// Whether deliveries prove who sent them (`X-Plivo-Signature-V3`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Signing {
    #[default]
    Signed,
    Unsigned,
    /// By another token than the account's.
    Wrong,
}
