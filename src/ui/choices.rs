//! Boxes over the panes in which something is chosen: a list with its cursor, or a question with its answers.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::layout::Layout;

use super::View;
use super::panel::{Titles, popup};
use super::text::put;

/// A box with a row for each thing that can be chosen.
pub(super) struct List<'a> {
    pub title: &'a str,
    /// Columns of the box.
    pub width: u16,
    pub rows: usize,
    pub chosen: usize,
    /// Lines that are there when there are no rows.
    pub empty: &'a [(String, Style)],
}

/// Draws the box, and each row that is seen by `row`. Where not all are, its border says which is chosen.
pub(super) fn list(
    view: &mut View,
    frame: &mut Frame,
    layout: &Layout,
    list: &List,
    row: impl Fn(&View, &mut Frame, Rect, usize),
) {
    let styles = view.styles;
    let height = u16::try_from(list.rows.max(list.empty.len()).max(1)).unwrap_or(u16::MAX);
    let area = layout.popup(list.width, height.saturating_add(2));
    let place = match list.rows > usize::from(area.height.saturating_sub(2)) {
        true => format!("{} of {}", list.chosen + 1, list.rows),
        false => String::new(),
    };
    let titles = Titles {
        top_left: Some((list.title, styles.title)),
        bottom_right: Some((&place, styles.quiet)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    if list.rows == 0 {
        lines(view, frame, inner, list.empty);
    } else {
        rows(view, frame, inner, (list.rows, list.chosen), row);
    }
}

/// Draws so many rows, as far as there is room for them, so that the chosen one is seen and has the cursor.
pub(super) fn rows(
    view: &mut View,
    frame: &mut Frame,
    inner: Rect,
    (rows, chosen): (usize, usize),
    row: impl Fn(&View, &mut Frame, Rect, usize),
) {
    let styles = view.styles;
    let top = (chosen + 1).saturating_sub(usize::from(inner.height));
    for (y, at) in (inner.y..inner.bottom()).zip(top..rows) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        row(view, frame, place, at);
        if at == chosen {
            let buffer = frame.buffer_mut();
            put(buffer, Rect { width: 1, ..place }, ">", styles.title);
            buffer.set_style(place, styles.cursor);
            view.cursor = Some(Position { x: place.x, y });
        }
    }
}

/// Draws a box with these lines, the answers last: in a low terminal those stay in sight.
pub(super) fn question(
    view: &mut View,
    frame: &mut Frame,
    area: Rect,
    title: &str,
    text: &[(String, Style)],
) {
    let styles = view.styles;
    let titles = Titles {
        top_left: Some((title, styles.title)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    let skipped = text.len().saturating_sub(usize::from(inner.height));
    lines(view, frame, inner, text.get(skipped..).unwrap_or_default());
}

/// Where a box for these lines goes.
pub(super) fn area_for(layout: &Layout, columns: u16, text: &[(String, Style)]) -> Rect {
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    layout.popup(columns, height)
}

fn lines(view: &mut View, frame: &mut Frame, inner: Rect, text: &[(String, Style)]) {
    for (y, (line, style)) in (inner.y..inner.bottom()).zip(text) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        put(frame.buffer_mut(), place, line, *style);
    }
    view.cursor = Some(Position {
        x: inner.x,
        y: inner.y,
    });
}
