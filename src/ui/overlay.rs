//! What stands over the panes: help, the log; the command line and the filter form have files of their own.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::Overlay;
use crate::app::layout::Layout;
use crate::app::overlay::{
    HELP_COLUMN, HelpLine, help, help_box, help_height, log_box, log_lines, readable,
};

use super::panel::{Titles, popup};
use super::text::{put, width};
use super::{View, arrange, deliveries, jobs, marks, palette, profiles, statistics, views};

/// Columns of keys in help.
const KEYS: u16 = 16;

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout) {
    match &view.app.overlay {
        None
        | Some(
            Overlay::Search(_)
            | Overlay::GoTo(_)
            | Overlay::Note(_)
            | Overlay::Into(_)
            | Overlay::ViewName(_),
        ) => {}
        Some(Overlay::Delete(dialog)) => jobs::draw_delete(view, frame, layout, dialog),
        Some(Overlay::Leave { .. }) => jobs::draw_leave(view, frame, layout),
        Some(Overlay::Moments(list)) => marks::draw_list(view, frame, layout, list),
        Some(Overlay::Columns(arranging)) => arrange::draw(view, frame, layout, arranging),
        Some(Overlay::Views(choosing)) => views::draw_list(view, frame, layout, *choosing),
        Some(Overlay::SaveView(saving)) => views::draw_question(view, frame, layout, saving),
        Some(Overlay::Profiles(choosing)) => profiles::draw_list(view, frame, layout, choosing),
        Some(Overlay::ChangeProfile(changing)) => {
            profiles::draw_question(view, frame, layout, changing);
        }
        Some(Overlay::KeepMarks) => marks::draw_question(view, frame, layout),
        Some(Overlay::Help { scroll }) => draw_help(view, frame, layout, *scroll),
        Some(Overlay::Log { lines, scroll }) => {
            draw_log(view, frame, layout, (lines.as_deref(), *scroll))
        }
        Some(Overlay::Deliveries { scroll }) => deliveries::draw(view, frame, layout, *scroll),
        Some(Overlay::Statistics { scroll }) => statistics::draw(view, frame, layout, *scroll),
        Some(Overlay::Palette(open)) => palette::draw(view, frame, layout, open),
        Some(Overlay::Filter(_)) => super::form(view, frame, layout.popup(100, 28)),
    }
}

fn draw_help(view: &mut View, frame: &mut Frame, layout: &Layout, scroll: usize) {
    let styles = view.styles;
    let lines = help(&view.app.keymap, view.app.mouse);
    let (columns, area) = help_box(layout, &lines);
    let rows = help_height(&columns);
    let room = usize::from(area.height.saturating_sub(2));
    let scroll = scroll.min(rows.saturating_sub(room));
    let place = match rows > room {
        true => format!("{}–{} of {rows}", scroll + 1, (scroll + room).min(rows)),
        false => String::new(),
    };
    let titles = Titles {
        top_left: Some(("Keys", styles.title)),
        bottom_right: Some((&place, styles.quiet)),
        ..Titles::default()
    };
    let inner = popup(frame, area, styles.border_focus, &titles);
    let buffer = frame.buffer_mut();
    for (column, lines) in columns.iter().enumerate() {
        let x = inner.x + HELP_COLUMN * u16::try_from(column).unwrap_or(0);
        for (y, line) in (inner.y..inner.bottom()).zip(lines.iter().skip(scroll)) {
            let wide = (HELP_COLUMN - 2).min(inner.right().saturating_sub(x));
            let place = Rect {
                x,
                y,
                width: wide,
                height: 1,
            };
            match line {
                HelpLine::Title(title) => {
                    put(buffer, place, title, styles.title);
                }
                HelpLine::Keys { keys, words } => {
                    let least = u16::try_from(width(keys)).unwrap_or(KEYS) + 2;
                    let indent = KEYS.max(least).min(wide);
                    put(
                        buffer,
                        Rect {
                            width: indent,
                            ..place
                        },
                        keys,
                        styles.key,
                    );
                    put(
                        buffer,
                        Rect {
                            x: x + indent,
                            width: wide - indent,
                            ..place
                        },
                        words,
                        styles.text,
                    );
                }
                HelpLine::Blank => {}
            }
        }
    }
    view.cursor = Some(Position {
        x: inner.x,
        y: inner.y,
    });
}

fn draw_log(view: &mut View, frame: &mut Frame, layout: &Layout, log: (Option<&[String]>, usize)) {
    let area = log_box(layout);
    let lines = log_lines(log.0.unwrap_or_default(), &view.app.mask, area);
    let reading = Reading {
        title: "Log",
        note: None,
        area,
        lines: &lines,
        scroll: log.1,
    };
    let inner = reading.draw(view, frame, |view, frame, place, line| {
        put(frame.buffer_mut(), place, line, view.styles.text);
    });
    if log.0.is_some_and(|lines| lines.is_empty()) {
        let place = Rect {
            height: inner.height.min(1),
            ..inner
        };
        let text = "Nothing has been logged.";
        put(frame.buffer_mut(), place, text, view.styles.quiet);
    }
}

/// Text over the panes that is read by lines, and scrolled where they do not all fit.
pub(super) struct Reading<'a, L> {
    pub title: &'a str,
    /// At the right of the title.
    pub note: Option<(&'a str, Style)>,
    pub area: Rect,
    pub lines: &'a [L],
    /// Lines above the box.
    pub scroll: usize,
}

impl<L> Reading<'_, L> {
    /// Draws the box, and each line that is seen by `line`; gives the room inside.
    pub(super) fn draw(
        &self,
        view: &mut View,
        frame: &mut Frame,
        line: impl Fn(&View, &mut Frame, Rect, &L),
    ) -> Rect {
        let styles = view.styles;
        let (all, room) = (self.lines.len(), readable(self.area));
        let scroll = self.scroll.min(all.saturating_sub(room));
        let place = match all > room {
            true => format!("{}–{} of {all}", scroll + 1, (scroll + room).min(all)),
            false => String::new(),
        };
        let titles = Titles {
            top_left: Some((self.title, styles.title)),
            top_right: self.note,
            bottom_right: Some((&place, styles.quiet)),
            ..Titles::default()
        };
        let inner = popup(frame, self.area, styles.border_focus, &titles);
        for (y, content) in (inner.y..inner.bottom()).zip(self.lines.iter().skip(scroll)) {
            let place = Rect {
                y,
                height: 1,
                ..inner
            };
            line(view, frame, place, content);
        }
        view.cursor = Some(Position {
            x: inner.x,
            y: inner.y,
        });
        inner
    }
}
