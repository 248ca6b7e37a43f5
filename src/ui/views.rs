//! How the saved views look, and the question where one that is new goes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::criteria::calls;
use crate::app::layout::Layout;
use crate::app::text::{safe, wrap};
use crate::app::views::{Choosing, Saving, View as Saved};

use super::View;
use super::choices::{self, List};
use super::panel::after;
use super::text::{cut_end, put};

/// Columns of the box.
const WIDTH: u16 = 100;
/// Columns of names; a longer one moves its words to the right.
const NAME: u16 = 16;

pub(super) fn draw_list(view: &mut View, frame: &mut Frame, layout: &Layout, choosing: Choosing) {
    let (views, styles) = (view.app.views(), view.styles);
    let list = List {
        title: "Views",
        width: WIDTH,
        rows: views.len(),
        chosen: choosing.chosen,
        empty: &[
            ("There are no views yet.".to_owned(), styles.text),
            (view.app.none_saved(), styles.quiet),
        ],
    };
    choices::list(view, frame, layout, &list, |view, frame, place, at| {
        if let Some(saved) = views.get(at) {
            draw_view(view, frame, place, saved);
        }
    });
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
    let area = choices::area_for(layout, columns, &text);
    choices::question(view, frame, area, "Save this view?", &text);
}
