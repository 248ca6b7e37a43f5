//! How the saved views look, and the question where one that is new goes.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::criteria::calls;
use crate::app::layout::Layout;
use crate::app::text::{safe, wrap};
use crate::app::views::{Choosing, Saving, View as Saved};

use super::View;
use super::panel::{Titles, after, popup};
use super::text::{cut_end, put};

/// Columns of the box.
const WIDTH: u16 = 100;
/// Columns of names; a longer one moves its words to the right.
const NAME: u16 = 16;

pub(super) fn draw_list(view: &mut View, frame: &mut Frame, layout: &Layout, choosing: Choosing) {
    let styles = view.styles;
    let views = view.app.views();
    let all = u16::try_from(views.len()).unwrap_or(u16::MAX);
    let area = layout.popup(WIDTH, all.max(2).saturating_add(2));
    let room = usize::from(area.height.saturating_sub(2));
    let place = match views.len() > room {
        true => format!("{} of {}", choosing.chosen + 1, views.len()),
        false => String::new(),
    };
    let titles = Titles {
        top_left: Some(("Views", styles.title)),
        bottom_right: Some((&place, styles.quiet)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    view.cursor = Some(Position {
        x: inner.x,
        y: inner.y,
    });
    if views.is_empty() {
        let words = view.app.none_saved();
        lines(
            frame,
            inner,
            &[
                ("There are no views yet.".to_owned(), styles.text),
                (words, styles.quiet),
            ],
        );
        return;
    }
    let top = (choosing.chosen + 1).saturating_sub(room);
    for (y, (at, saved)) in (inner.y..inner.bottom()).zip(views.iter().enumerate().skip(top)) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        draw_view(view, frame, place, saved);
        if at == choosing.chosen {
            let buffer = frame.buffer_mut();
            put(buffer, Rect { width: 1, ..place }, ">", styles.title);
            buffer.set_style(place, styles.cursor);
            view.cursor = Some(Position { x: place.x, y });
        }
    }
}

fn draw_view(view: &View, frame: &mut Frame, place: Rect, saved: &Saved) {
    let styles = view.styles;
    let mask = &view.app.mask;
    let name = mask.text(saved.name.as_str());
    let at = after(place, 2);
    let buffer = frame.buffer_mut();
    let used = put(buffer, at, &name, styles.text) + 2;
    let criteria = &saved.criteria;
    let mut words = vec![
        format!("{} → {}", criteria.from.text, criteria.to.text),
        calls(&criteria.filter, criteria.either.as_deref(), mask),
    ];
    words.push(saved.looks());
    words.retain(|words| !words.is_empty());
    let words = words.join(" · ");
    let rest = after(at, used.max(NAME));
    let words = safe(&words);
    let words = cut_end(&words, usize::from(rest.width));
    put(buffer, rest, &words, styles.quiet);
}

pub(super) fn draw_question(view: &mut View, frame: &mut Frame, layout: &Layout, saving: &Saving) {
    let styles = view.styles;
    let columns = WIDTH.min(layout.body.width);
    let room = usize::from(columns.saturating_sub(4));
    let mut text: Vec<(String, Style)> = Vec::new();
    for line in saving.view.shown(&view.app.mask) {
        text.extend(
            wrap(&safe(&line), room)
                .into_iter()
                .map(|line| (line, styles.text)),
        );
    }
    text.push((String::new(), styles.text));
    let choices = match view.app.views_file() {
        Some(file) => {
            let yes = format!("y  write it to the end of {}", safe(file));
            vec![
                (cut_end(&yes, room).into_owned(), styles.key),
                ("c  copy it".to_owned(), styles.key),
                ("Esc  neither".to_owned(), styles.quiet),
            ]
        }
        None => vec![
            (
                "c  copy it: nothing is written from here".to_owned(),
                styles.key,
            ),
            ("Esc  leave it".to_owned(), styles.quiet),
        ],
    };
    text.extend(choices);
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let titles = Titles {
        top_left: Some(("Save this view?", styles.title)),
        ..Titles::default()
    };
    let area = layout.popup(columns, height);
    let inner = popup(frame, area, styles.border_focus, &titles);
    // In a low terminal the choices are kept in sight.
    let skipped = text.len().saturating_sub(usize::from(inner.height));
    lines(frame, inner, text.get(skipped..).unwrap_or_default());
    view.cursor = Some(Position {
        x: inner.x,
        y: inner.y,
    });
}

fn lines(frame: &mut Frame, inner: Rect, text: &[(String, Style)]) {
    for (y, (line, style)) in (inner.y..inner.bottom()).zip(text) {
        let place = Rect {
            y,
            height: 1,
            ..inner
        };
        put(frame.buffer_mut(), place, line, *style);
    }
}
