//! How the list looks.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};

use crate::app::columns::Column as Wanted;
use crate::app::history::Row;
use crate::app::palette::PAGE;
use crate::app::queue::Queue;
use crate::app::sort::Column as Order;
use crate::app::zone::Zone;
use crate::app::{App, Focus, words};

use super::cell::cell;
use super::columns::{Cell, Column, MARKED, fit, reviewed};
use super::panel::{Titles, panel};
use super::spinner::spin;
use super::text::{cut_end, put, width};
use super::{View, empty};

pub(super) fn draw(view: &mut View, frame: &mut Frame, area: Rect) {
    let app = view.app;
    let styles = view.styles;
    let since = app
        .history
        .as_ref()
        .and_then(|history| history.waiting_since());
    let spinner = spin(view, since);
    let title = title(app, spinner);
    let (page, place) = (page(app), place(app));
    let news = news(app);
    let focused = app.focus == Focus::List && app.overlay.is_none();
    let border = if focused {
        styles.border_focus
    } else {
        styles.border
    };
    let titles = Titles {
        top_left: Some((&title, styles.title)),
        top_right: Some((&page, styles.quiet)),
        bottom_left: Some((&news, styles.accent)),
        bottom_right: Some((&place, styles.quiet)),
    };
    let inner = panel(frame, area, border, &titles);
    if inner.is_empty() {
        return;
    }
    if app.rows().is_empty() {
        empty::draw(view, frame, inner);
        return;
    }
    let columns = fit(inner.width, &app.columns);
    let buffer = frame.buffer_mut();
    heading(view, buffer, inner, &columns);
    for (line, number) in (inner.y + 1..inner.bottom()).zip(app.table.top..) {
        let Some(row) = app.rows().get(number) else {
            break;
        };
        let place = Rect {
            y: line,
            height: 1,
            ..inner
        };
        draw_row(view, buffer, place, &columns, (number, row));
        view.map.rows.push((
            Rect {
                x: area.x,
                width: area.width,
                ..place
            },
            number,
        ));
    }
}

fn heading(view: &View, buffer: &mut Buffer, inner: Rect, columns: &[Column]) {
    let zone = zone_name(&view.app.zone);
    let sorting = view.app.sorting.as_ref();
    let (by, reversed) = sorting.map_or((Order::Added, false), |s| (s.column, s.reversed));
    for column in columns {
        let (name, order) = heading_of(column.cell, &zone);
        let sorted = sorting.is_some() && order == Some(by);
        let sign = match (sorted, reversed) {
            (false, _) => "",
            (true, false) => "↓",
            (true, true) => "↑",
        };
        let style = if sorted {
            view.styles.accent
        } else {
            view.styles.quiet
        };
        let text = format!("{name}{sign}");
        put_cell(buffer, inner, *column, &text, style);
    }
}

/// A column's name, and the order that goes by it.
fn heading_of(cell: Cell, zone: &str) -> (String, Option<Order>) {
    let Cell::Full(column) = cell else {
        return ("Added".to_owned(), Some(Order::Added));
    };
    let (name, order) = match column {
        Wanted::Added => return (format!("Added ({zone})"), Some(Order::Added)),
        Wanted::Started => ("Started", Some(Order::Started)),
        Wanted::Length => ("Length", Some(Order::Length)),
        Wanted::From => ("From", Some(Order::From)),
        Wanted::To => ("To", Some(Order::To)),
        Wanted::Type => ("Type", Some(Order::Kind)),
        Wanted::Format => ("Format", None),
        Wanted::Conference => ("Conference", None),
        Wanted::Id => ("Id", None),
        Wanted::Call => ("Call", None),
        Wanted::Billed => ("Billed", None),
        Wanted::Stored => ("Stored", None),
        Wanted::Rate => ("Rate", None),
        Wanted::Monthly => ("Monthly", None),
    };
    (name.to_owned(), order)
}

fn draw_row(
    view: &mut View,
    buffer: &mut Buffer,
    place: Rect,
    columns: &[Column],
    row: (usize, Row),
) {
    let (number, row) = row;
    let app = view.app;
    let styles = view.styles;
    let under_cursor = number == app.table.cursor;
    match row {
        Row::Ready(recording) => {
            let plays = app
                .player
                .subject()
                .is_some_and(|subject| subject.id == recording.id);
            let playing = plays && app.player.is_playing();
            let base = if playing { styles.playing } else { styles.text };
            let found = app
                .needle
                .as_ref()
                .filter(|needle| needle.is_in(recording, &app.zone, &app.mask))
                .map(|needle| needle.text());
            for column in columns {
                let text = cell(app, recording, *column);
                let at = put_cell(buffer, place, *column, &text, base);
                if let Some(needle) = found {
                    underline(buffer, at, &text, needle, styles.found);
                }
            }
            let mut sign = |column: u16, sign: &str| {
                let at = Rect {
                    x: place.x + column,
                    width: 1,
                    ..place
                };
                put(buffer, at, sign, base);
            };
            if plays {
                sign(1, "♪");
            }
            if app.is_picked(recording) {
                sign(MARKED, "x");
            }
            let heard = |queue: &Queue| queue.is_heard(&recording.id);
            if app.marks.reviewed(&recording.id).is_some() {
                sign(reviewed(columns), "v");
            } else if app.shown_queue().is_some_and(heard) {
                sign(reviewed(columns), "•");
            }
        }
        Row::Loading => {
            for column in columns {
                put_cell(buffer, place, *column, "·", styles.quiet);
            }
        }
    }
    if under_cursor {
        put(buffer, Rect { width: 1, ..place }, ">", styles.title);
        buffer.set_style(place, styles.cursor);
        view.cursor = Some(Position {
            x: place.x,
            y: place.y,
        });
    }
    let stale = app.history.as_ref().is_some_and(|history| history.stale());
    if stale && app.shown_queue().is_none() {
        buffer.set_style(place, Style::new().add_modifier(Modifier::DIM));
    }
}

/// Where a cell's text went: right-aligned for what is compared by its size, else left.
fn put_cell(buffer: &mut Buffer, place: Rect, column: Column, text: &str, style: Style) -> Rect {
    let wide = u16::try_from(width(text))
        .unwrap_or(column.width)
        .min(column.width);
    let indent = if column.cell.stands_right() {
        column.width - wide
    } else {
        0
    };
    let at = Rect {
        x: place.x + column.x + indent,
        y: place.y,
        width: (column.width - indent).min(place.width.saturating_sub(column.x + indent)),
        height: 1,
    };
    put(buffer, at, text, style);
    at
}

/// Marks what was searched for, where the text shows it.
fn underline(buffer: &mut Buffer, at: Rect, text: &str, needle: &str, style: Style) {
    // Small letters can differ in length from capitals outside ASCII; then the row's sign is enough.
    if !text.is_ascii() || !needle.is_ascii() {
        return;
    }
    if let Some(start) = text.to_ascii_lowercase().find(needle) {
        let start = u16::try_from(start).unwrap_or(u16::MAX).min(at.width);
        let wide = u16::try_from(needle.len())
            .unwrap_or(u16::MAX)
            .min(at.width - start);
        buffer.set_style(
            Rect {
                x: at.x + start,
                width: wide,
                ..at
            },
            style,
        );
    }
}

/// A zone in a column's heading.
fn zone_name(zone: &Zone) -> String {
    match zone {
        Zone::Utc => "UTC".into(),
        Zone::Local(_) => "local".into(),
        Zone::Named(tz) => {
            let name = tz.name().rsplit('/').next().unwrap_or_default();
            cut_end(&name.replace('_', " "), 11).into_owned()
        }
    }
}

fn title(app: &App, spinner: Option<char>) -> String {
    let mut title = match (app.shown_queue(), &app.sorting) {
        (Some(queue), _) => format!("Random queue · seed {}", queue.sample().seed),
        (None, Some(sorting)) => format!("Loaded recordings by {}", sorting.words()),
        (None, None) => "Recordings".to_owned(),
    };
    if let Some(spinner) = spinner {
        title.push(' ');
        title.push(spinner);
    }
    title
}

fn page(app: &App) -> String {
    let whole = app.sorting.is_none() && app.shown_queue().is_none();
    let Some(history) = app.history.as_ref().filter(|_| whole) else {
        return String::new();
    };
    let total = history.total();
    if total.known == 0 {
        return String::new();
    }
    let page = words::count((app.table.cursor / PAGE + 1) as u64);
    let pages = words::count(total.known.div_ceil(PAGE) as u64);
    format!(
        "page {page} of {pages}{}",
        if total.exact { "" } else { "+" }
    )
}

fn place(app: &App) -> String {
    let Some(history) = &app.history else {
        return String::new();
    };
    let at = words::count(app.table.cursor as u64 + 1);
    if let Some(queue) = app.shown_queue() {
        return match queue.is_empty() {
            true => String::new(),
            false => format!("{at} of {}", words::count(queue.len() as u64)),
        };
    }
    match &app.sorting {
        Some(sorting) if sorting.rows.is_empty() => String::new(),
        Some(sorting) => format!(
            "{at} of the {} rows loaded",
            words::count(sorting.rows.len() as u64)
        ),
        None if history.is_empty() => String::new(),
        None => {
            let total = history.total();
            format!(
                "{at} of {}{}",
                words::count(total.known as u64),
                if total.exact { "" } else { "+" }
            )
        }
    }
}

fn news(app: &App) -> String {
    let marked = app.picks.words();
    let news = match app.history.as_ref().map_or(0, |history| history.arrivals()) {
        0 => String::new(),
        1 => "1 new, {refresh} loads it".into(),
        new => format!("{} new, {{refresh}} loads them", words::count(new)),
    };
    let news = app.keymap.spell(&news);
    let parts = [marked, news].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" · ")
}
