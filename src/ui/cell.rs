//! What stands in one cell of the list.

use serde_json::Value;

use crate::app::columns::Column as Wanted;
use crate::app::{App, words};
use crate::plivo::Recording;

use super::columns::{Cell, Column};
use super::text::{cut_end, cut_start, safe, width};

/// A cell's text, safe, masked, and no wider than its column.
pub(super) fn cell(app: &App, recording: &Recording, column: Column) -> String {
    let room = usize::from(column.width);
    let nothing = || "–".to_owned();
    let end = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(nothing, |text| cut_end(&safe(text), room).into_owned())
    };
    let time = |at: Option<_>| at.map_or_else(nothing, |at| app.zone.format(at));
    // As the API wrote it: a price is not for us to round.
    let field = |name: &str| end(&recording.raw.get(name).and_then(plain));
    match column.cell {
        Cell::AddedShort => recording.added.map_or_else(nothing, |at| {
            let full = app.zone.format(at);
            full.get(5..16).unwrap_or(&full).to_owned()
        }),
        Cell::Full(full) => match full {
            Wanted::Added => time(recording.added),
            Wanted::Started => time(recording.started),
            Wanted::Length if app.jobs.is_gone(&recording.id) => "deleted".into(),
            Wanted::Length if recording.is_still_recording() => "ongoing".into(),
            Wanted::Length => recording.duration.map_or_else(nothing, words::length),
            Wanted::From => number(app, &recording.from_number, room),
            Wanted::To => number(app, &recording.to_number, room),
            Wanted::Type => end(&recording.kind),
            Wanted::Format => end(&recording.format),
            Wanted::Conference => {
                let name = recording.conference_name.as_deref();
                end(&name.map(|name| app.mask.name(name)))
            }
            Wanted::Id => end(&Some(recording.id.to_string())),
            Wanted::Call => end(&recording.call_uuid),
            Wanted::Billed => end(&recording
                .billed()
                .map(|length| format!("{} s", length.as_secs()))),
            Wanted::Stored => end(&recording.storage_days().map(|days| format!("{days} d"))),
            Wanted::Rate => field("recording_storage_rate"),
            Wanted::Monthly => field("monthly_recording_storage_amount"),
        },
    }
}

/// A number or a text; anything else is no price.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Telephone numbers differ at their end, sip addresses before the host.
fn number(app: &App, number: &Option<String>, room: usize) -> String {
    let Some(number) = number else {
        return "–".into();
    };
    let masked = app.mask.number(number);
    let text = safe(&masked);
    let cut = if text.contains('@') {
        cut_end(
            text.strip_prefix("sip:")
                .filter(|_| width(&text) > room)
                .unwrap_or(&text),
            room,
        )
    } else {
        cut_start(&text, room)
    };
    cut.into_owned()
}
