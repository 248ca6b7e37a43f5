//! How the requests look whose answers come by callback.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::deliveries::Line;
use crate::app::layout::Layout;
use crate::app::overlay::log_box;

use super::View;
use super::overlay::Reading;
use super::panel::after;
use super::text::{put, width};

/// Columns of a fact's name, of a time and of what was asked for, with the gap after each.
const NAME: u16 = 13;
const TIME: u16 = 10;
const WHAT: u16 = 11;
/// Columns of the longest state, before the id.
const STATE: u16 = 36;

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout, scroll: usize) {
    let lines = view.app.deliveries.lines(&view.app.zone, &view.app.mask);
    let reading = Reading {
        title: "Deliveries",
        note: None,
        area: log_box(layout),
        lines: &lines,
        scroll,
    };
    reading.draw(view, frame, draw_line);
}

fn draw_line(view: &View, frame: &mut Frame, place: Rect, line: &Line) {
    let styles = view.styles;
    let buffer = frame.buffer_mut();
    match line {
        Line::Blank => {}
        Line::Note(text) => {
            put(buffer, place, text, styles.quiet);
        }
        Line::Fact(name, value) => {
            put(buffer, place, name, styles.quiet);
            put(buffer, after(place, NAME), value, styles.text);
        }
        Line::Request {
            time,
            what,
            words,
            api_id,
            trouble,
        } => {
            put(buffer, place, time, styles.quiet);
            put(buffer, after(place, TIME), what, styles.text);
            let rest = after(place, TIME + WHAT);
            // Words say that it is trouble where colour cannot.
            let (text, style) = match trouble {
                true => (format!("! {words}"), styles.trouble),
                false => (words.clone(), styles.text),
            };
            put(buffer, rest, &text, style);
            let used = u16::try_from(width(&text)).unwrap_or(u16::MAX);
            let id = after(rest, used.saturating_add(2).max(STATE));
            put(buffer, id, api_id, styles.quiet);
        }
    }
}
