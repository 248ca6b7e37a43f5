//! A recording as lines: every field it has, the ones nobody has named yet too.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::app::mask::Mask;
use crate::app::statistics::Finding;
use crate::app::text::{safe, width, wrap};
use crate::app::words;
use crate::app::zone::Zone;
use crate::audio::Media;
use crate::plivo::Recording;

/// One line of the pane: safe text, no wider than the pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A field; with an empty label, what is left of the one above.
    Field {
        label: String,
        text: String,
    },
    /// The name of a field that is too long to stand beside its text.
    Name(String),
    /// The text of such a field.
    Text(String),
    Heading(&'static str),
    Json(String),
}

/// The width of labels and the space behind them.
const LABEL: usize = 11;

/// The fields with a place of their own, in the order shown: label, and the API's name for it.
const KNOWN: &[(&str, &str)] = &[
    ("Id", "recording_id"),
    ("Call", "call_uuid"),
    ("Added", "add_time"),
    ("Started", "recording_start_ms"),
    ("Ended", "recording_end_ms"),
    ("Length", "recording_duration_ms"),
    ("From", "from_number"),
    ("To", "to_number"),
    ("Conference", "conference_name"),
    ("Conf. UUID", "conference_uuid"),
    ("MPC", "mpc_name"),
    ("MPC UUID", "mpc_uuid"),
    ("Type", "recording_type"),
    ("Format", "recording_format"),
    ("Link", "recording_url"),
    ("Resource", "resource_uri"),
    ("Billed", "rounded_recording_duration"),
    ("Stored", "recording_storage_duration"),
    ("Rate", "recording_storage_rate"),
    ("A month", "monthly_recording_storage_amount"),
];

/// How the lines are made.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub zone: &'a Zone,
    pub mask: &'a Mask,
    pub now: DateTime<Utc>,
    /// What the file turned out to be, where it has been played.
    pub media: Option<&'a Media>,
    /// What is wrong with its sound, where that is known.
    pub sound: &'a [Finding],
    pub marked: Marked,
}

/// What reviewing has left at a recording.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marked {
    pub reviewed: Option<DateTime<Utc>>,
    /// Where the listener left it.
    pub left: Option<Duration>,
    pub moments: usize,
}

/// Everything about a recording in lines of at most `columns`.
pub fn lines(recording: &Recording, raw: bool, reading: Reading, columns: usize) -> Vec<Line> {
    if raw {
        json(recording, reading.mask, columns)
    } else {
        fields(recording, reading, columns)
    }
}

fn json(recording: &Recording, mask: &Mask, columns: usize) -> Vec<Line> {
    let masked = mask.json(&recording.raw);
    let text = serde_json::to_string_pretty(&masked).unwrap_or_default();
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = safe(line);
        // What does not fit goes on further in than where the line began.
        let indent = line.len() - line.trim_start().len();
        let hang = if columns > indent + 12 { indent + 4 } else { 0 };
        let mut parts = wrap(&line, columns.saturating_sub(hang)).into_iter();
        // The first part may start with the spaces of the indent, which wrapping keeps.
        lines.extend(parts.next().map(Line::Json));
        lines.extend(parts.map(|part| Line::Json(format!("{:hang$}{part}", ""))));
    }
    lines
}

fn fields(recording: &Recording, reading: Reading, columns: usize) -> Vec<Line> {
    let masked = reading.mask.json(&recording.raw);
    let mut lines = Vec::new();
    for (label, name) in KNOWN {
        let text = known(recording, name, reading).or_else(|| masked.get(*name).and_then(plain));
        if let Some(text) = text {
            field(&mut lines, label, &text, columns);
        }
        if *name == "recording_format" && !reading.sound.is_empty() {
            let words: Vec<_> = reading.sound.iter().map(Finding::words).collect();
            field(
                &mut lines,
                "Sound",
                &format!("! {}", words.join(" · ")),
                columns,
            );
        }
    }
    marked(&mut lines, reading, columns);
    let others = masked
        .iter()
        .filter(|(name, _)| !KNOWN.iter().any(|(_, known)| known == name));
    let mut heading = Some(Line::Heading("Other fields"));
    for (name, value) in others {
        lines.extend(heading.take());
        field(&mut lines, name, &value_text(value), columns);
    }
    lines
}

/// What stands nowhere but on this machine.
fn marked(lines: &mut Vec<Line>, reading: Reading, columns: usize) {
    let Marked {
        reviewed,
        left,
        moments,
    } = reading.marked;
    let reviewed = reviewed.map(|at| {
        let ago = words::ago(at, reading.now).replace(' ', "\u{a0}");
        let at = reading.zone.format(at);
        format!("{at} {} ({ago})", reading.zone.label())
    });
    let left = left.map(|at| words::length(Duration::from_secs(at.as_secs())));
    let moments = (moments > 0).then(|| words::count(moments as u64));
    for (label, text) in [
        ("Reviewed", reviewed),
        ("Left at", left),
        ("Moments", moments),
    ] {
        if let Some(text) = text {
            field(lines, label, &text, columns);
        }
    }
}

/// What a field says, in exact words, where it was understood.
fn known(recording: &Recording, name: &str, reading: Reading) -> Option<String> {
    let Reading {
        zone,
        mask,
        now,
        media,
        ..
    } = reading;
    let time = |at: DateTime<Utc>| format!("{} {}", zone.format_exact(at), zone.label());
    match name {
        "recording_id" => Some(recording.id.to_string()),
        "call_uuid" => recording.call_uuid.clone(),
        "add_time" => recording.added.map(|at| {
            // Kept on one line, by spaces that do not break.
            let ago = words::ago(at, now).replace(' ', "\u{a0}");
            format!("{} ({ago})", time(at))
        }),
        "recording_start_ms" => recording.started.map(time),
        "recording_end_ms" => recording.ended.map(time),
        "recording_duration_ms" => recording.duration.map(|length| {
            let (seconds, thousandths) = (length.as_secs(), length.subsec_millis());
            format!("{} ({seconds}.{thousandths:03} s)", words::length(length))
        }),
        "from_number" => recording
            .from_number
            .as_deref()
            .map(|number| mask.number(number)),
        "to_number" => recording
            .to_number
            .as_deref()
            .map(|number| mask.number(number)),
        "conference_name" => match &recording.conference_name {
            Some(name) => Some(mask.name(name)),
            // One of the API's three ways to say so; the other two are empty and not worth a line.
            None => recording
                .raw
                .get(name)?
                .as_str()
                .filter(|text| *text == "noname")
                .map(|_| "none".into()),
        },
        "conference_uuid" => recording.conference_uuid.clone(),
        "mpc_name" => recording.mpc_name.as_deref().map(|name| mask.name(name)),
        "mpc_uuid" => recording.mpc_uuid.clone(),
        "recording_type" => recording.kind.clone(),
        "recording_format" => media.map(words::media).or_else(|| recording.format.clone()),
        "recording_url" => recording.url.as_deref().map(|url| mask.url(url)),
        "resource_uri" => recording.resource_uri.as_deref().map(|uri| mask.url(uri)),
        "rounded_recording_duration" => number(recording, name).map(|value| format!("{value} s")),
        "recording_storage_duration" => number(recording, name).map(|value| format!("{value} d")),
        _ => None,
    }
}

fn number(recording: &Recording, name: &str) -> Option<String> {
    let text = recording.raw.get(name).map(value_text)?;
    text.parse::<f64>().ok().map(|_| text)
}

/// A field that was not understood is shown as it came; one that says nothing is left out.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        value => Some(value_text(value)),
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn field(lines: &mut Vec<Line>, label: &str, text: &str, columns: usize) {
    let (label, text) = (safe(label), safe(text));
    if width(&label) < LABEL && columns > LABEL + 8 {
        let mut label = label.into_owned();
        for text in wrap(&text, columns - LABEL) {
            lines.push(Line::Field {
                label: std::mem::take(&mut label),
                text,
            });
        }
    } else {
        // A long name has a line of its own.
        for label in wrap(&label, columns) {
            lines.push(Line::Name(label));
        }
        let indent = if columns > 16 { 2 } else { 0 };
        for text in wrap(&text, columns.saturating_sub(indent)) {
            lines.push(Line::Text(format!("{:indent$}{text}", "")));
        }
    }
}

impl Line {
    /// Columns before a field's text.
    pub const LABEL: usize = LABEL;
}
