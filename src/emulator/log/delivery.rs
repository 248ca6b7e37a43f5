//! One sending of an asynchronous call's answer, as the log keeps it.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// One attempt to deliver an answer; a repeat is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When it was sent.
    pub time: DateTime<Utc>,
    /// Whose answer it is: that of the call's own answer.
    pub api_id: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The call's `callback_url`, without the answer that a GET puts behind it.
    pub url: String,
    /// From 1; higher ones repeat what the receiver failed to take.
    pub attempt: u32,
    /// Broken JSON on purpose.
    pub garbage: bool,
    pub outcome: Outcome,
    /// Until the receiver answered or was given up.
    pub took: Duration,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver's status.
    Answered(u16),
    /// None came, for this reason.
    Unanswered(String),
    /// It was not sent, on purpose.
    Lost,
}

impl Outcome {
    /// Whether there is nothing to repeat: a server's failure and silence are to be tried again.
    pub(in crate::emulator) fn is_taken(&self) -> bool {
        match self {
            Self::Answered(status) => *status < 500,
            Self::Unanswered(_) => false,
            Self::Lost => true,
        }
    }
}

impl Delivery {
    /// Its line in the log file; of the requests' lines none has an `attempt`.
    pub(super) fn line(&self) -> Value {
        let (status, error) = match &self.outcome {
            Outcome::Answered(status) => (Some(*status), None),
            Outcome::Unanswered(reason) => (None, Some(reason.as_str())),
            Outcome::Lost => (None, Some("lost on purpose")),
        };
        json!({
            "time": self.time.to_rfc3339_opts(SecondsFormat::Micros, true),
            "api_id": self.api_id,
            "method": self.method,
            "url": self.url,
            "attempt": self.attempt,
            "garbage": self.garbage,
            "status": status,
            "error": error,
            "ms": self.took.as_millis() as u64,
        })
    }
}
