//! How the command line looks: the line, and what fits it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::app::keymap::Context;
use crate::app::layout::Layout;
use crate::app::palette::{Command, Palette};
use crate::app::{App, words};

use super::View;
use super::panel::{Titles, popup};
use super::text::{put, safe, scrolled, width};

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout, open: &Palette) {
    let styles = view.styles;
    let offers = open.offers();
    let area = layout.popup(72, 16);
    let titles = Titles {
        top_left: Some(("Command", styles.title)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    let buffer = frame.buffer_mut();
    let line = Rect {
        height: inner.height.min(1),
        ..inner
    };
    put(buffer, line, ":", styles.key);
    let room = inner.width.saturating_sub(2);
    let text = view.app.mask.text(open.line.text());
    // What is hidden is not as long as what is typed.
    let before = match text == open.line.text() {
        true => width(open.line.before_caret()),
        false => width(&text),
    };
    let skipped = before.saturating_sub(usize::from(room));
    let typed = scrolled(&text, skipped);
    put(
        buffer,
        Rect {
            x: line.x + 1,
            width: room,
            ..line
        },
        &typed,
        styles.text,
    );
    let caret = u16::try_from(before - skipped).unwrap_or(room);
    view.cursor = Some(Position {
        x: line.x + 1 + caret,
        y: line.y,
    });

    let list = Rect {
        y: inner.y + 1,
        height: inner.height.saturating_sub(1),
        ..inner
    };
    if offers.is_empty() {
        put(
            buffer,
            Rect {
                height: list.height.min(1),
                ..list
            },
            "no action is called that",
            styles.quiet,
        );
    }
    let top = (open.chosen + 1).saturating_sub(usize::from(list.height));
    for (y, (at, offer)) in (list.y..list.bottom()).zip(offers.iter().enumerate().skip(top)) {
        let place = Rect {
            y,
            height: 1,
            ..list
        };
        let (name, about, keys) = words_of(view.app, offer);
        let wide = u16::try_from(width(&keys)).unwrap_or(0).min(place.width);
        let left = Rect {
            width: place.width - wide,
            ..place
        };
        let used = put(buffer, left, &name, styles.text)
            .max(18)
            .min(left.width)
            + 1;
        let middle = Rect {
            x: left.x + used,
            width: left.width.saturating_sub(used + 1),
            ..left
        };
        put(buffer, middle, &about, styles.quiet);
        put(
            buffer,
            Rect {
                x: place.right() - wide,
                width: wide,
                ..place
            },
            &keys,
            styles.key,
        );
        if at == open.chosen {
            buffer.set_style(place, styles.cursor);
        }
    }
}

/// Name, words, keys.
fn words_of(app: &App, offer: &Command) -> (String, String, String) {
    match offer {
        Command::Row(row) => (
            format!("row {}", words::count(*row as u64)),
            "go there".into(),
            "⏎".into(),
        ),
        Command::Page(page) => (
            format!("page {}", words::count(*page as u64)),
            "go to its first row".into(),
            "⏎".into(),
        ),
        Command::Moment(link) => {
            // Copied as it will be pasted again; here it is short.
            let link = app.mask.text(link.id.as_str());
            (safe(&link).into_owned(), "play it".into(), "⏎".into())
        }
        Command::Do(about) => {
            let keys: Vec<_> = app
                .keymap
                .chords(Context::List, about.action)
                .take(2)
                .map(|chord| chord.to_string())
                .collect();
            (about.name.into(), about.words.into(), keys.join("  "))
        }
    }
}
