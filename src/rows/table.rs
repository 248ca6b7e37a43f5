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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    #[test]
    fn columns_stay_where_they_are_whatever_stands_before_them() {
        let at = |line: &str, text: &str| {
            let size = NonZeroU16::new(140).unwrap();
            let mut terminal = vt100::Parser::new(size, size, 0);
            terminal.process(line.trim_end().as_bytes());
            let screen = terminal.screen();
            (0..140).find(|&column| {
                screen.contents_between(0, column, 0, 140).trim_end() == text
                    && screen
                        .cell(0, column)
                        .is_some_and(|cell| !cell.contents().is_empty())
            })
        };
        let head = at(&head(), "Recording");
        assert!(head.is_some());
        for from in [
            "+14155550100",
            "sip:\u{633}\u{644}\u{627}\u{645}@example.net",
            "\u{644}\u{627}\u{644}\u{627}\u{644}\u{627}\u{644}\u{627}\u{644}\u{627}\u{644}\u{627}\u{644}\u{627}\u{644}\u{627}",
            "sip:漢字漢字漢字漢字漢字漢字@example.net",
            "e\u{301}e\u{301}\u{fff3}\u{200b}",
            "",
        ] {
            let cells = ["", "", from, from, "the-id"].map(str::to_owned);
            let line = line(cells);
            assert_eq!(at(&line, "the-id"), head, "{line}");
        }
    }
}
