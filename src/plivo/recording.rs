//! One recording as the API tells it.
//!
//! Reading is lenient, since the API is not typed: numbers come as text, text as numbers, and any field may be null or
//! missing. Whatever cannot be read into its place is `None` there and still stands in `raw`, numbers with every digit that they came with.

mod read;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// The id of a recording: usually a UUID, but short and oddly ended ones exist, so any text is taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId {
    text: String,
    /// Made here for a row that came without an id; the API knows nothing of it.
    stand_in: bool,
}

impl RecordingId {
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            text: id.into(),
            stand_in: false,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True for a row that came without an id and got one only so that it can be shown. Such a recording can be
    /// looked at and played, but not be fetched or deleted by its id.
    pub fn is_stand_in(&self) -> bool {
        self.stand_in
    }

    /// Whether the API can be asked for the recording: no address holds an id that is empty, `.` or `..`.
    pub fn has_address(&self) -> bool {
        !self.stand_in && !matches!(self.text.as_str(), "" | "." | "..")
    }
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
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

/// An object without a usable `recording_id`, returned unchanged.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the object has no usable recording_id")]
pub struct NoId(pub Map<String, Value>);

/// The fields that have a place in [`Recording`] or a method of it; `api_id` belongs to the request.
const KNOWN: [&str; 21] = [
    "recording_id",
    "call_uuid",
    "conference_name",
    "conference_uuid",
    "mpc_name",
    "mpc_uuid",
    "from_number",
    "to_number",
    "recording_type",
    "recording_format",
    "recording_url",
    "resource_uri",
    "add_time",
    "recording_duration_ms",
    "recording_start_ms",
    "recording_end_ms",
    "rounded_recording_duration",
    "recording_storage_duration",
    "recording_storage_rate",
    "monthly_recording_storage_amount",
    "api_id",
];

impl Recording {
    /// Reads one object of a list, or the answer of a single get.
    ///
    /// # Errors
    /// [`NoId`] when `recording_id` is missing, empty, or neither text nor a number.
    pub fn from_json(raw: Map<String, Value>) -> Result<Self, NoId> {
        match raw.get("recording_id").and_then(read::text) {
            Some(id) => Ok(Self::with_id(RecordingId::new(id), raw)),
            None => Err(NoId(raw)),
        }
    }

    /// Reads one row of a list, whatever it is, so that none is lost. A row without an id gets the one that its
    /// `resource_uri` names, else a stand-in made from its content; a row that is no object is kept under `row`.
    pub(crate) fn from_row(row: Value) -> Self {
        let raw = match row {
            Value::Object(fields) => fields,
            other => Map::from_iter([("row".to_owned(), other)]),
        };
        Self::from_json(raw).unwrap_or_else(|NoId(raw)| {
            let id = read::id_in_uri(&raw).unwrap_or_else(|| RecordingId {
                text: format!("no-id-{:016x}", read::fingerprint(&raw)),
                stand_in: true,
            });
            Self::with_id(id, raw)
        })
    }

    /// Tells this row from an equal one on the same page that had no id either.
    pub(crate) fn number_stand_in(&mut self, copy: usize) {
        self.id.text.push_str(&format!("-{copy}"));
    }

    fn with_id(id: RecordingId, raw: Map<String, Value>) -> Self {
        let text = |name| raw.get(name).and_then(read::text);
        let instant = |name| {
            let ms = raw.get(name).and_then(read::number)?;
            // Zero is how some rows say that there is none.
            (ms > 0.0).then(|| super::time::from_epoch_ms(ms))?
        };
        Self {
            id,
            call_uuid: text("call_uuid"),
            conference_name: text("conference_name").filter(|name| name != "noname"),
            conference_uuid: text("conference_uuid"),
            mpc_name: text("mpc_name"),
            mpc_uuid: text("mpc_uuid"),
            from_number: text("from_number"),
            to_number: text("to_number"),
            kind: text("recording_type"),
            format: text("recording_format"),
            url: text("recording_url"),
            resource_uri: text("resource_uri"),
            added: text("add_time").and_then(|time| super::time::parse(&time).ok()),
            duration: raw
                .get("recording_duration_ms")
                .and_then(read::number)
                .and_then(read::length),
            started: instant("recording_start_ms"),
            ended: instant("recording_end_ms"),
            raw,
        }
    }

    /// True while the call still goes on: the API says so by a negative length.
    pub fn is_still_recording(&self) -> bool {
        self.number("recording_duration_ms")
            .is_some_and(|ms| ms < 0.0)
    }

    /// The two numbers, caller first, those that are known.
    pub fn parties(&self) -> impl Iterator<Item = &str> {
        [self.from_number.as_deref(), self.to_number.as_deref()]
            .into_iter()
            .flatten()
    }

    /// True when either party is this number. Punctuation of phone numbers and a leading `+` do not count; SIP
    /// addresses are compared without regard to case.
    pub fn has_party(&self, number: &str) -> bool {
        let wanted = read::plain_number(number);
        !wanted.is_empty()
            && self
                .parties()
                .any(|party| read::plain_number(party) == wanted)
    }

    /// What is billed: whole seconds, usually rounded up. Not a length to play by.
    pub fn billed(&self) -> Option<Duration> {
        read::length(self.number("rounded_recording_duration")? * 1000.0)
    }

    /// For how many days it has been stored.
    pub fn storage_days(&self) -> Option<u32> {
        let days = self.number("recording_storage_duration")?;
        (0.0..=f64::from(u32::MAX))
            .contains(&days)
            .then_some(days as u32)
    }

    /// The price of storing it, as the API tells it.
    pub fn storage_rate(&self) -> Option<f64> {
        self.number("recording_storage_rate")
    }

    /// What storing it costs a month, as the API tells it.
    pub fn monthly_storage_amount(&self) -> Option<f64> {
        self.number("monthly_recording_storage_amount")
    }

    /// The fields that this program has no name for, in the order of the answer.
    pub fn unknown_fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.raw
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .filter(|(name, _)| !KNOWN.contains(name))
    }

    fn number(&self, field: &str) -> Option<f64> {
        self.raw.get(field).and_then(read::number)
    }
}

#[cfg(test)]
mod tests;
