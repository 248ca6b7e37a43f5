//! How the box looks in which columns are shown, hidden and moved.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::columns::{Arranging, Column};
use crate::app::layout::Layout;
use crate::app::text::wrap;

use super::View;
use super::choices;
use super::columns::fit;
use super::panel::{Titles, after, popup};
use super::text::put;

/// Columns of the box.
const WIDTH: u16 = 76;
/// Columns of the sign that tells whether one is shown, and of its name.
const SIGN: u16 = 4;
const NAME: u16 = 12;
/// Room for `no room`, at the right.
const NOTE: u16 = 9;

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout, arranging: &Arranging) {
    let styles = view.styles;
    let line = view.app.columns_line();
    let room = usize::from(WIDTH.min(layout.body.width).saturating_sub(4));
    let line = wrap(&line, room);
    let rows = arranging.rows();
    let foot = u16::try_from(line.len() + 2).unwrap_or(u16::MAX);
    let all = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let area = layout.popup(WIDTH, all.saturating_add(foot).saturating_add(2));
    let titles = Titles {
        top_left: Some(("Columns", styles.title)),
        top_right: Some(("from left to right", styles.quiet)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    // Where both do not fit, the columns matter more than the line to copy.
    let foot = match inner.height > foot + 4 {
        true => foot,
        false => 0,
    };
    let list = Rect {
        height: inner.height - foot,
        ..inner
    };
    let fitting = fitting(view, layout);
    let chosen = (rows.len(), arranging.chosen);
    choices::rows(view, frame, list, chosen, |view, frame, place, at| {
        if let Some((column, shown)) = rows.get(at) {
            let room = !shown || fitting.contains(column);
            draw_row(view, frame, place, (*column, *shown, room));
        }
    });
    if foot == 0 {
        return;
    }
    let words = "[screen]".to_owned();
    let lines = [&words].into_iter().chain(&line);
    for (y, text) in (list.bottom() + 1..inner.bottom()).zip(lines) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        put(frame.buffer_mut(), place, text, styles.quiet);
    }
}

/// The columns that the list has room for now.
fn fitting(view: &View, layout: &Layout) -> Vec<Column> {
    let inside = layout.table.or(layout.detail).unwrap_or_default().width;
    let columns = fit(inside.saturating_sub(4), &view.app.columns);
    columns.iter().map(|column| column.cell.column()).collect()
}

fn draw_row(view: &View, frame: &mut Frame, place: Rect, row: (Column, bool, bool)) {
    let styles = view.styles;
    let (column, shown, room) = row;
    let (sign, style) = match shown {
        true => ("[x]", styles.text),
        false => ("[ ]", styles.quiet),
    };
    let buffer = frame.buffer_mut();
    let sign_at = after(place, 2);
    put(buffer, sign_at, sign, style);
    let name = after(sign_at, SIGN);
    put(buffer, name, column.name(), style);
    let about = after(name, NAME);
    let note = after(place, place.width.saturating_sub(NOTE));
    let about = match room {
        true => about,
        false => Rect {
            width: note.x.saturating_sub(about.x),
            ..about
        },
    };
    put(buffer, about, column.words(), styles.quiet);
    if !room {
        put(buffer, note, "no room", styles.waiting);
    }
}
