//! A table of fixed columns, so that rows can be printed as they come.

use crate::app::text::{cut_start, safe, width};
use crate::app::words;
use crate::plivo::Recording;

/// Columns of the table: its head, and how wide it is.
const COLUMNS: [(&str, usize); 5] = [
    ("Added (UTC)", 20),
    ("Length", 8),
    ("From", 24),
    ("To", 24),
    ("Recording", 36),
];

pub(super) fn head() -> String {
    line(COLUMNS.map(|(name, _)| name.to_owned()))
}

pub(super) fn row(recording: &Recording) -> String {
    let added = recording
        .added
        .map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string());
    line([
        added.unwrap_or_default(),
        recording.duration.map(words::length).unwrap_or_default(),
        recording.from_number.clone().unwrap_or_default(),
        recording.to_number.clone().unwrap_or_default(),
        recording.id.to_string(),
    ])
}

/// The last column may be longer than it should: an id is worth nothing when it is cut.
fn line(cells: [String; COLUMNS.len()]) -> String {
    let mut line = String::new();
    for (at, (cell, (_, wide))) in cells.iter().zip(COLUMNS).enumerate() {
        let cell = safe(cell);
        if at + 1 == COLUMNS.len() {
            line.push_str(&cell);
        } else {
            // Numbers differ at their end.
            let cell = cut_start(&cell, wide);
            line.push_str(&cell);
            line.push_str(&" ".repeat(wide + 2 - width(&cell)));
        }
    }
    line.push('\n');
    line
}
