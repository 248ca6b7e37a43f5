//! The screen before there is an account: what to set, and the way to try it without one.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::layout::Layout;

use super::View;
use super::text::{put, width};

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout) {
    let styles = view.styles;
    let missing = view.app.missing.as_deref().unwrap_or_default();
    let lines: Vec<(&str, Style)> = vec![
        ("callreel", styles.title),
        (
            "phone-call recordings, browsed and heard in the terminal",
            styles.quiet,
        ),
        ("", styles.text),
        (missing, styles.accent),
        ("", styles.text),
        ("Your account: set both, then start again", styles.text),
        ("  export PLIVO_AUTH_ID=MA…", styles.key),
        (
            "  read -rs PLIVO_AUTH_TOKEN && export PLIVO_AUTH_TOKEN",
            styles.key,
        ),
        (
            "Both stand on the first page of console.plivo.com",
            styles.quiet,
        ),
        ("", styles.text),
        ("No account: d opens a demo, without a network", styles.text),
    ];
    // Blank lines go first where there is little room.
    let room = usize::from(layout.body.height);
    let lines: Vec<_> = lines
        .iter()
        .filter(|(text, _)| !text.is_empty() || room > 12)
        .collect();
    let wide = lines.iter().map(|(text, _)| width(text)).max().unwrap_or(0);
    let wide = u16::try_from(wide).unwrap_or(u16::MAX);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let area = layout.popup(wide.saturating_add(2), height);
    for (y, (text, style)) in (area.y..area.bottom()).zip(lines) {
        let place = Rect {
            x: area.x + 1,
            y,
            width: area.width.saturating_sub(2),
            height: 1,
        };
        put(frame.buffer_mut(), place, text, *style);
    }
    view.cursor = Some(Position {
        x: area.x + 1,
        y: area.y,
    });
}
