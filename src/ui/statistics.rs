//! How the statistics of a recording look.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::layout::Layout;
use crate::app::overlay::statistics_box;
use crate::app::statistics::{Line, lines};

use super::View;
use super::overlay::Reading;
use super::panel::after;
use super::text::{put, width};

/// Columns of labels and the space behind them.
const LABEL: u16 = 15;

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout, scroll: usize) {
    let styles = view.styles;
    let player = &view.app.player;
    let lines = lines(player, &view.app.keymap);
    let id = player.subject().map_or("", |subject| {
        subject.id.as_str().split('-').next().unwrap_or_default()
    });
    let title = match id {
        "" => "Statistics".to_owned(),
        id => format!("Statistics · {id}"),
    };
    let coming = player
        .statistics()
        .is_some_and(|statistics| !statistics.complete);
    let reading = Reading {
        title: &title,
        note: coming.then_some(("of what has come", styles.waiting)),
        area: statistics_box(layout, &lines),
        lines: &lines,
        scroll,
    };
    reading.draw(view, frame, draw_line);
}

fn draw_line(view: &View, frame: &mut Frame, place: Rect, line: &Line) {
    let styles = view.styles;
    let buffer = frame.buffer_mut();
    let behind = after(place, LABEL);
    match line {
        Line::Blank => {}
        Line::Note(text) => {
            put(buffer, place, text, styles.quiet);
        }
        Line::Trouble(text) => {
            // A sign says that it is trouble where colour cannot.
            put(buffer, place, &format!("! {text}"), styles.trouble);
        }
        Line::Sides(names) => {
            for (at, name) in names.iter().enumerate() {
                put(buffer, column(behind, at, names.len()), name, styles.title);
            }
        }
        Line::Row { label, cells } => {
            put(buffer, place, label, styles.quiet);
            for (at, text) in cells.iter().enumerate() {
                put(buffer, column(behind, at, cells.len()), text, styles.text);
            }
        }
        Line::Talk { label, cells } => {
            put(buffer, place, label, styles.quiet);
            for (at, (time, share)) in cells.iter().enumerate() {
                let column = column(behind, at, cells.len());
                let words = format!("{time} · {:.0} %", share * 100.0);
                put(buffer, column, &words, styles.text);
                let used = u16::try_from(width(&words)).unwrap_or(u16::MAX);
                let room = after(column, used.saturating_add(2).max(15));
                put(buffer, room, &meter(*share, room.width), styles.playing);
            }
        }
        Line::Fact { label, text } => {
            put(buffer, place, label, styles.quiet);
            put(buffer, behind, text, styles.text);
        }
        Line::Strip { label, talk } => {
            put(buffer, place, label, styles.quiet);
            put(buffer, behind, &strip(talk, behind.width), styles.playing);
        }
    }
}

/// A share of at most `columns`, in eighths of a column.
fn meter(share: f64, columns: u16) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * f64::from(columns) * 8.0).round() as usize;
    let part = PARTS.get(eighths % 8).copied().unwrap_or_default();
    "█".repeat(eighths / 8) + part
}

/// Shares of a column that are talk, in eighths.
const SHARES: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// When somebody talks: the more of a column's time is talk, the higher it is.
fn strip(talk: &[(f64, f64)], columns: u16) -> String {
    let width = 1.0 / f64::from(columns.max(1));
    let mut turns = talk.iter().peekable();
    let mut line = String::new();
    for column in 0..columns {
        let (start, end) = (f64::from(column) * width, f64::from(column + 1) * width);
        let mut filled = 0.0;
        while let Some((from, to)) = turns.peek().filter(|(from, _)| *from < end) {
            filled += (to.min(end) - from.max(start)).max(0.0);
            if *to > end {
                break;
            }
            turns.next();
        }
        // A saturating cast of a share from 0 to 1.
        let eighths = (filled / width * 8.0).ceil() as usize;
        let sign = eighths.checked_sub(1).map(|at| at.min(SHARES.len() - 1));
        line.push(sign.and_then(|at| SHARES.get(at)).copied().unwrap_or('·'));
    }
    line
}

/// One of so many columns beside each other, with a space between.
fn column(place: Rect, at: usize, of: usize) -> Rect {
    let of = u16::try_from(of).unwrap_or(1).max(1);
    let wide = place.width / of;
    let start = wide.saturating_mul(u16::try_from(at).unwrap_or(0));
    let rest = after(place, start);
    Rect {
        width: wide.saturating_sub(u16::from(of > 1)).min(rest.width),
        ..rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_shows_when_and_a_meter_how_much() {
        assert_eq!(strip(&[(0.0, 0.25), (0.5, 0.52)], 8), "██··▂···");
        assert_eq!(strip(&[(0.0, 0.1), (0.15, 0.2), (0.2, 1.0)], 5), "▇████");
        assert_eq!(strip(&[], 3), "···");
        assert_eq!((meter(0.5, 3), meter(1.0, 3)), ("█▌".into(), "███".into()));
        assert_eq!(meter(f64::NAN, 3), "");
    }

    #[test]
    fn columns_stay_in_their_place() {
        let place = Rect::new(5, 0, 21, 1);
        assert_eq!(column(place, 0, 2), Rect::new(5, 0, 9, 1));
        assert_eq!(column(place, 1, 2), Rect::new(15, 0, 9, 1));
        assert_eq!(column(place, 0, 1), place);
        assert_eq!(column(Rect::new(0, 0, 0, 1), 1, 2).width, 0);
    }
}
