//! How the detail pane looks.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::app::deliveries::What;
use crate::app::detail::Line;
use crate::app::overlay::readable;
use crate::app::{Focus, detail_columns, words};
use crate::plivo::Error;

use super::View;
use super::panel::{Titles, panel};
use super::spinner::spin;
use super::text::{cut_end, put, width};

pub(super) fn draw(view: &mut View, frame: &mut Frame, area: Rect) {
    let app = view.app;
    let styles = view.styles;
    let focused = app.focus == Focus::Detail && app.overlay.is_none();
    let spinner = spin(view, app.detail.waiting_since());
    let name = if app.detail.raw {
        "Recording as JSON"
    } else {
        "Recording"
    };
    let title = spinner.map_or(name.to_owned(), |sign| format!("{name} {sign}"));
    let lines = app.detail_lines(view.now, detail_columns(area));
    let room = readable(area);
    let scroll = app.detail.scroll.min(lines.len().saturating_sub(room));
    let seen = (scroll + room).min(lines.len());
    let place = match lines.len() > room {
        true => format!("{}–{seen} of {}", scroll + 1, lines.len()),
        false => String::new(),
    };
    let (said, said_style) = match app.detail.error() {
        Some(error) => {
            // Corners, blanks, and what stands at the right.
            let taken = match width(&place) {
                0 => 7,
                wide => wide + 9,
            };
            let room = usize::from(area.width).saturating_sub(taken);
            (trouble(&app.mask.text(&what(error)), room), styles.trouble)
        }
        // How far it has come that the pane waits for.
        None => (
            spinner
                .and_then(|_| app.deliveries.waiting(&What::Recording))
                .unwrap_or_default(),
            styles.quiet,
        ),
    };
    let titles = Titles {
        top_left: Some((&title, styles.title)),
        bottom_left: Some((&said, said_style)),
        bottom_right: Some((&place, styles.quiet)),
        ..Titles::default()
    };
    let border = if focused {
        styles.border_focus
    } else {
        styles.border
    };
    let inner = panel(frame, area, border, &titles);
    let buffer = frame.buffer_mut();
    for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(scroll)) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        match line {
            Line::Field { label, text } => {
                put(buffer, place, label, styles.quiet);
                let indent = u16::try_from(Line::LABEL).unwrap_or(0).min(place.width);
                let place = Rect {
                    x: place.x + indent,
                    width: place.width - indent,
                    ..place
                };
                put(buffer, place, text, styles.text);
            }
            Line::Name(text) => {
                put(buffer, place, text, styles.quiet);
            }
            Line::Text(text) | Line::Json(text) => {
                put(buffer, place, text, styles.text);
            }
            Line::Heading(text) => {
                put(buffer, place, text, styles.title);
            }
        }
    }
    view.map.detail = Some(area);
    if focused || view.cursor.is_none() {
        view.cursor = Some(Position {
            x: inner.x,
            y: inner.y,
        });
    }
}

/// What failed, in the words for one recording.
fn what(error: &Error) -> String {
    match error {
        Error::NotDelivered { .. } => words::failure(error).what,
        _ => error.to_string(),
    }
}

/// What failed and the key that helps, which stays whole where there is not room for both.
fn trouble(what: &str, room: usize) -> String {
    const HELP: &str = " · r again";
    let what = cut_end(what, room.saturating_sub(width(HELP) + 2));
    format!("! {what}{HELP}")
}
