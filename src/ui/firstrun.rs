//! The screen before there is an account: what to set, and the way to try it without one.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::layout::Layout;

use super::View;
use super::text::{put, safe, width, wrap};

pub(super) fn draw(view: &mut View, frame: &mut Frame, layout: &Layout) {
    let styles = view.styles;
    let missing = view.app.missing.as_deref().unwrap_or_default();
    let demo = view.app.keymap.spell("No account? {demo} opens a demo");
    // The last word of each: is it needed where there is little room?
    let lines: [(&str, Style, bool); 13] = [
        ("callreel", styles.title, true),
        (
            "phone-call recordings, browsed and heard in the terminal",
            styles.quiet,
            false,
        ),
        ("", styles.text, false),
        (missing, styles.accent, true),
        ("", styles.text, false),
        ("Set both, then start again:", styles.text, true),
        ("  export PLIVO_AUTH_ID=MA…", styles.key, true),
        ("  read -rs PLIVO_AUTH_TOKEN", styles.key, true),
        ("  export PLIVO_AUTH_TOKEN", styles.key, true),
        (
            "Both stand on the first page of console.plivo.com",
            styles.quiet,
            false,
        ),
        ("", styles.text, false),
        (&demo, styles.text, true),
        (
            "made-up calls; it needs no network and leaves nothing behind",
            styles.quiet,
            false,
        ),
    ];
    let roomy = usize::from(layout.body.height) >= lines.len();
    let room = usize::from(layout.body.width.saturating_sub(2));
    let lines: Vec<(String, Style)> = lines
        .iter()
        .filter(|(.., needed)| *needed || roomy)
        .flat_map(|(text, style, _)| {
            let wrapped = wrap(&safe(text), room);
            wrapped.into_iter().map(move |line| (line, *style))
        })
        .collect();
    let wide = lines.iter().map(|(text, _)| width(text)).max().unwrap_or(0);
    let wide = u16::try_from(wide).unwrap_or(u16::MAX);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let area = layout.popup(wide.saturating_add(2), height);
    for (y, (text, style)) in (area.y..area.bottom()).zip(&lines) {
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
