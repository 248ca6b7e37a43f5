//! One recording as the API tells it.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// The id of a recording: usually a UUID, but short and oddly ended ones exist, so any text is taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId(String);

impl RecordingId {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One recording. Text is as the API sent it and not safe to print: whoever draws it makes it safe.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    pub id: RecordingId,
    pub call_uuid: Option<String>,
    /// `None` for each of the API's three ways to say none: `""`, `"noname"`, null.
    pub conference_name: Option<String>,
    pub conference_uuid: Option<String>,
    pub mpc_name: Option<String>,
    pub mpc_uuid: Option<String>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    /// An open set: `mp3` (2012), `call`, `normal`, `conference`.
    pub kind: Option<String>,
    /// `mp3` or `wav`, as the API says it; the bytes may differ.
    pub format: Option<String>,
    pub url: Option<String>,
    pub resource_uri: Option<String>,
    /// When it was added, to the microsecond.
    pub added: Option<DateTime<Utc>>,
    /// Declared length; `None` when missing or negative (still recording).
    pub duration: Option<Duration>,
    pub started: Option<DateTime<Utc>>,
    pub ended: Option<DateTime<Utc>>,
    /// Every field of the answer, verbatim and in its order, the unknown ones too.
    pub raw: Map<String, Value>,
}
