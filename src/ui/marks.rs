//! How the moments of a recording look, and the question whether they may be kept.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::app::layout::Layout;
use crate::app::marks::{Keeping, List};
use crate::app::text::wrap;
use crate::app::words;
use crate::store::Moment;

use super::View;
use super::panel::{Titles, after, popup};
use super::text::put;

/// Columns of a box that is read at a glance.
const WIDTH: u16 = 76;
/// Columns of a time up to `100:00:00.0` would be more than enough; most are shorter.
const TIME: u16 = 10;

pub(super) fn draw_list(view: &mut View, frame: &mut Frame, layout: &Layout, list: &List) {
    let styles = view.styles;
    let moments = view.app.marks.moments(&list.recording);
    let height = u16::try_from(moments.len()).unwrap_or(u16::MAX);
    let area = layout.popup(WIDTH, height.max(1).saturating_add(2));
    let id = list.recording.as_str();
    let title = format!("Moments · {}", id.split('-').next().unwrap_or_default());
    let room = usize::from(area.height.saturating_sub(2));
    let place = match moments.len() > room {
        true => format!("{} of {}", list.chosen + 1, moments.len()),
        false => String::new(),
    };
    let titles = Titles {
        top_left: Some((&title, styles.title)),
        bottom_right: Some((&place, styles.quiet)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    if moments.is_empty() {
        let place = Rect {
            height: inner.height.min(1),
            ..inner
        };
        put(frame.buffer_mut(), place, "none is left", styles.quiet);
    }
    let top = (list.chosen + 1).saturating_sub(room);
    for (y, (at, moment)) in (inner.y..inner.bottom()).zip(moments.iter().enumerate().skip(top)) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        draw_moment(view, frame, place, moment);
        if at == list.chosen {
            let buffer = frame.buffer_mut();
            put(buffer, Rect { width: 1, ..place }, ">", styles.title);
            buffer.set_style(place, styles.cursor);
            view.cursor = Some(Position { x: place.x, y });
        }
    }
}

fn draw_moment(view: &View, frame: &mut Frame, place: Rect, moment: &Moment) {
    let styles = view.styles;
    let buffer = frame.buffer_mut();
    let time = after(place, 2);
    put(buffer, time, &words::clock(moment.at), styles.text);
    let note = after(time, TIME);
    // What was said on the telephone names people; which words are names cannot be known.
    match moment.note.is_empty() {
        true => put(buffer, note, "no note", styles.quiet),
        false if view.app.mask.on => put(buffer, note, "hidden", styles.quiet),
        false => put(buffer, note, &moment.note, styles.text),
    };
}

pub(super) fn draw_question(view: &mut View, frame: &mut Frame, layout: &Layout) {
    let Keeping::Ask { path } = view.app.marks.keeping() else {
        return;
    };
    let styles = view.styles;
    let columns = WIDTH.min(layout.body.width);
    let words = format!("Marks, notes and positions can be kept in {path}; only you can read it.");
    let room = usize::from(columns.saturating_sub(4));
    let text: Vec<_> = wrap(&words, room)
        .into_iter()
        .map(|line| (line, styles.text))
        .chain([
            (String::new(), styles.text),
            (
                "y  keep them there, now and at every start".to_owned(),
                styles.key,
            ),
            (
                "n  for this run only, nothing is written".to_owned(),
                styles.key,
            ),
            ("Esc  ask again at the next mark".to_owned(), styles.quiet),
        ])
        .collect();
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let titles = Titles {
        top_left: Some(("Keep them?", styles.title)),
        ..Titles::default()
    };
    let area = layout.popup(columns, height);
    let inner = popup(frame, area, styles.border_focus, &titles);
    for (y, (line, style)) in (inner.y..inner.bottom()).zip(&text) {
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
