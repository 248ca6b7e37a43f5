//! How the moments of a recording look, and the question whether they may be kept.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::layout::Layout;
use crate::app::marks::{Keeping, List as Moments};
use crate::app::text::{safe, wrap};
use crate::app::words;
use crate::store::Moment;

use super::View;
use super::choices::{self, List};
use super::panel::after;
use super::text::put;

/// Columns of a box that is read at a glance.
const WIDTH: u16 = 76;
/// Columns of a time up to `100:00:00.0` would be more than enough; most are shorter.
const TIME: u16 = 10;

pub(super) fn draw_list(view: &mut View, frame: &mut Frame, layout: &Layout, list: &Moments) {
    let moments = view.app.marks.moments(&list.recording);
    let id = list.recording.as_str();
    let title = format!("Moments · {}", id.split('-').next().unwrap_or_default());
    let list = List {
        title: &title,
        width: WIDTH,
        rows: moments.len(),
        chosen: list.chosen,
        empty: &[("none is left".to_owned(), view.styles.quiet)],
    };
    choices::list(view, frame, layout, &list, |view, frame, place, at| {
        if let Some(moment) = moments.get(at) {
            draw_moment(view, frame, place, moment);
        }
    });
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
    let text: Vec<_> = wrap(&safe(&words), room)
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
    let area = choices::area_for(layout, columns, &text);
    choices::question(view, frame, area, "Keep them?", &text);
}
