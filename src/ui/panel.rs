//! A pane's frame: rounded, with up to four titles that never cover one another.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding};

use super::text::{cut_end, safe, width};

/// The titles of a frame. Where both on one side do not fit, the left one is cut.
#[derive(Debug, Default)]
pub(super) struct Titles<'a> {
    pub top_left: Option<(&'a str, Style)>,
    pub top_right: Option<(&'a str, Style)>,
    pub bottom_left: Option<(&'a str, Style)>,
    pub bottom_right: Option<(&'a str, Style)>,
}

/// Draws the frame and gives the room inside it.
pub(super) fn panel(frame: &mut Frame, area: Rect, border: Style, titles: &Titles) -> Rect {
    let room = usize::from(area.width.saturating_sub(4));
    let mut block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(border)
        .padding(Padding::horizontal(1));
    for (top, left, right) in [
        (true, titles.top_left, titles.top_right),
        (false, titles.bottom_left, titles.bottom_right),
    ] {
        let right = right.map(|(text, style)| (title(text, room), style));
        let taken = right.as_ref().map_or(0, |(text, _)| width(text) + 1);
        if let Some((text, style)) = left {
            let text = title(text, room.saturating_sub(taken));
            let line = Line::styled(text, style).left_aligned();
            block = if top {
                block.title_top(line)
            } else {
                block.title_bottom(line)
            };
        }
        if let Some((text, style)) = right {
            let line = Line::styled(text, style).right_aligned();
            block = if top {
                block.title_top(line)
            } else {
                block.title_bottom(line)
            };
        }
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

/// A box over the panes: what was there is gone.
pub(super) fn popup(frame: &mut Frame, area: Rect, border: Style, titles: &Titles) -> Rect {
    frame.render_widget(Clear, area);
    panel(frame, area, border, titles)
}

/// What is left of a place behind its first columns.
pub(super) fn after(place: Rect, columns: u16) -> Rect {
    let columns = columns.min(place.width);
    Rect {
        x: place.x + columns,
        width: place.width - columns,
        ..place
    }
}

fn title(text: &str, room: usize) -> String {
    match room.checked_sub(2) {
        Some(room) if room > 1 && !text.is_empty() => format!(" {} ", cut_end(&safe(text), room)),
        _ => String::new(),
    }
}
