//! What stands in one cell of the list.

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
    match column.cell {
        Cell::Added => recording
            .added
            .map_or_else(nothing, |at| app.zone.format(at)),
        Cell::AddedShort => recording.added.map_or_else(nothing, |at| {
            let full = app.zone.format(at);
            full.get(5..16).unwrap_or(&full).to_owned()
        }),
        Cell::Started => recording
            .started
            .map_or_else(nothing, |at| app.zone.format(at)),
        Cell::Length if app.jobs.is_gone(&recording.id) => "deleted".into(),
        Cell::Length if recording.is_still_recording() => "ongoing".into(),
        Cell::Length => recording.duration.map_or_else(nothing, words::length),
        Cell::From => number(app, &recording.from_number, room),
        Cell::To => number(app, &recording.to_number, room),
        Cell::Kind => end(&recording.kind),
        Cell::Format => end(&recording.format),
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
