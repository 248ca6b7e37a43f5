//! What is logged.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::archive::written;
use crate::plivo::RecordingId;

/// The longest text of a line, in characters; Plivo's ids have 36.
const LONGEST: usize = 256;

/// What was done with which recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub recording: RecordingId,
    /// When the recording was added, where that is known.
    pub added: Option<DateTime<Utc>>,
    pub deed: Deed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Sound of it was heard. Times are of the recording.
    Listened {
        /// Each second as often as it was heard.
        seconds: Duration,
        /// What was heard, ascending and disjoint.
        parts: Vec<(Duration, Duration)>,
        /// More parts than stand in `parts`.
        more_parts: usize,
        /// When the first sound was heard.
        began: DateTime<Utc>,
        /// Why it is over: `ended`, `stopped`, `replaced`, `failed`, `quit`.
        over: &'static str,
    },
    /// A part of it is about to be written as a wav.
    Clipped {
        from: Duration,
        to: Duration,
        bytes: u64,
    },
    /// All of it has come, and is about to get its name in an archive.
    Downloaded {
        /// Below the archive's folder.
        path: String,
        bytes: u64,
        sha256: String,
    },
    /// Its deletion is about to be asked for.
    Deleting { run: String },
    /// It is deleted.
    Deleted(Answer),
    /// It is not deleted by this: it is still there, or was gone before.
    NotDeleted(Answer),
}

/// What the API said to a deletion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The run's name in the receipts.
    pub run: String,
    /// The status of the DELETE.
    pub status: Option<u16>,
    pub api_id: Option<String>,
    /// The status of the GET afterwards.
    pub check: Option<u16>,
}

impl Deed {
    /// What it is called in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Listened { .. } => "listened",
            Self::Clipped { .. } => "clipped",
            Self::Downloaded { .. } => "downloaded",
            Self::Deleting { .. } => "deleting",
            Self::Deleted(_) => "deleted",
            Self::NotDeleted(_) => "not_deleted",
        }
    }

    /// What is needed to prove it.
    fn details(&self) -> Value {
        match self {
            Self::Listened {
                seconds: heard,
                parts,
                more_parts,
                began,
                over,
            } => {
                let parts = parts.iter();
                let parts: Vec<_> = parts
                    .map(|(from, to)| [seconds(*from), seconds(*to)])
                    .collect();
                json!({
                    "seconds": seconds(*heard), "parts": parts, "more_parts": more_parts, "began": written(*began), "over": over,
                })
            }
            Self::Clipped { from, to, bytes } => {
                json!({ "from": seconds(*from), "to": seconds(*to), "bytes": bytes })
            }
            Self::Downloaded {
                path,
                bytes,
                sha256,
            } => json!({ "path": short(path), "bytes": bytes, "sha256": sha256 }),
            Self::Deleting { run } => json!({ "run": short(run) }),
            Self::Deleted(answer) | Self::NotDeleted(answer) => json!({
                "run": short(&answer.run), "status": answer.status, "api_id": answer.api_id.as_deref().map(short),
                "check": answer.check,
            }),
        }
    }
}

impl Entry {
    /// The members of its line between the account and the hash of the line before.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut members = Map::from_iter([
            ("action".to_owned(), json!(self.deed.name())),
            (
                "recording".to_owned(),
                json!(short(self.recording.as_str())),
            ),
            ("add_time".to_owned(), json!(self.added.map(written))),
        ]);
        if let Value::Object(details) = self.deed.details() {
            members.extend(details);
        }
        members
    }
}

/// To the millisecond.
fn seconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1000.0
}

/// A text from outside, cut where it is longer than anything real.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
