//! CSV (RFC 4180, lines ending in LF) and TSV, made so that a spreadsheet runs nothing that a caller put into a name.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::object::utc;
use crate::plivo::Recording;
use crate::rows::csv::{harmless, quoted};

/// What stands between cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Comma,
    Tab,
}

/// Ours, which can be trusted.
const OURS: [&str; 3] = ["added", "seconds", "started"];

/// The API's fields by its names.
const THEIRS: [&str; 20] = [
    "recording_id",
    "add_time",
    "recording_duration_ms",
    "from_number",
    "to_number",
    "call_uuid",
    "conference_name",
    "conference_uuid",
    "mpc_name",
    "mpc_uuid",
    "recording_type",
    "recording_format",
    "recording_start_ms",
    "recording_end_ms",
    "rounded_recording_duration",
    "recording_storage_duration",
    "recording_storage_rate",
    "monthly_recording_storage_amount",
    "recording_url",
    "resource_uri",
];

/// Fields that have no column, as one JSON object.
const OTHERS: &str = "other_fields";

pub(super) fn head(sign: Sign, out: &mut Vec<u8>) {
    let names = OURS.iter().chain(&THEIRS).chain([&OTHERS]);
    line(names.map(|name| Cow::Borrowed(*name)), sign, out);
}

/// One row. With `raw`, cells are as they came, whatever a spreadsheet would make of them.
pub(super) fn row(recording: &Recording, sign: Sign, raw: bool, out: &mut Vec<u8>) {
    let ours = [
        recording.added.map(utc),
        recording
            .duration
            .map(|length| length.as_secs_f64().to_string()),
        recording.started.map(utc),
    ];
    let ours = ours.map(|cell| Cow::Owned(cell.unwrap_or_default()));
    let theirs = THEIRS.map(|name| recording.raw.get(name).map_or(Cow::Borrowed(""), text));
    let others: Map<String, Value> = recording
        .raw
        .iter()
        .filter(|(name, _)| !THEIRS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let others = match others.is_empty() {
        true => Cow::Borrowed(""),
        false => Cow::Owned(crate::app::text::json::line(&Value::Object(others))),
    };
    let cells = ours.into_iter().chain(theirs).chain([others]);
    match raw {
        true => line(cells, sign, out),
        false => line(cells.map(harmless), sign, out),
    }
}

/// Text as it is, nothing for null, and JSON for the rest.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Cow::Owned(value.to_string())
        }
    }
}

fn line<'a>(cells: impl Iterator<Item = Cow<'a, str>>, sign: Sign, out: &mut Vec<u8>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(match sign {
                Sign::Comma => b',',
                Sign::Tab => b'\t',
            });
        }
        match sign {
            Sign::Comma => quoted(&cell, out),
            Sign::Tab => escaped(&cell, out),
        }
    }
    out.push(b'\n');
}

/// TSV has no quotes: what would end a cell is written with a backslash.
fn escaped(cell: &str, out: &mut Vec<u8>) {
    for c in cell.chars() {
        let sign = match c {
            '\t' => "\\t",
            '\n' => "\\n",
            '\r' => "\\r",
            '\\' => "\\\\",
            c => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
        };
        out.extend_from_slice(sign.as_bytes());
    }
}

#[cfg(test)]
mod tests;
