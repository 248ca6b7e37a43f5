//! The list without rows, and why it has none.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::words;

use super::View;
use super::spinner::spin;
use super::text::{put, safe, width};

/// No rows: because there are none, because they are on their way, or because they cannot come.
pub(super) fn draw(view: &mut View, frame: &mut Frame, inner: Rect) {
    let app = view.app;
    let styles = view.styles;
    let Some(history) = &app.history else {
        return;
    };
    let mut lines: Vec<(String, Style)> = Vec::new();
    if let Some(error) = history.error() {
        let words::Failure { what, help } = words::failure(error);
        lines.push((format!("! {}", app.mask.text(&what)), styles.trouble));
        lines.push((app.keymap.spell(help), styles.text));
        let way = app.deliveries.missed(error);
        lines.extend(way.map(|text| (app.mask.text(&text), styles.quiet)));
    } else if history.found_nothing() {
        lines.push(("No recordings in this range".into(), styles.title));
        lines.push((
            app.criteria.summary(&app.zone, app.planned, &app.mask),
            styles.quiet,
        ));
        lines.push((String::new(), styles.text));
        lines.push((
            app.keymap
                .spell("{filter}  looks further back: an earlier From, or “all time”"),
            styles.text,
        ));
        if app.criteria.is_filtered() {
            lines.push((
                app.keymap.spell("{clear-filters}  clears the filters"),
                styles.text,
            ));
        }
    } else if let Some(since) = history.waiting_since()
        && let Some(sign) = spin(view, Some(since))
    {
        lines.push((format!("{sign} asking for recordings …"), styles.quiet));
    }
    let height = u16::try_from(lines.len())
        .unwrap_or(inner.height)
        .min(inner.height);
    let first = inner.y + (inner.height - height) / 2;
    view.cursor = Some(Position {
        x: inner.x,
        y: first.min(inner.bottom() - 1),
    });
    for (line, (text, style)) in (first..inner.bottom()).zip(&lines) {
        let wide = u16::try_from(width(&safe(text)))
            .unwrap_or(inner.width)
            .min(inner.width);
        let place = Rect {
            x: inner.x + (inner.width - wide) / 2,
            y: line,
            width: wide,
            height: 1,
        };
        put(frame.buffer_mut(), place, text, *style);
    }
}
