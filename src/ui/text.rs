//! Text on its way to the screen: made safe, cut to its place; and the last look over everything drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub use crate::app::text::{cut_end, cut_start, is_safe, safe, width, wrap};

/// Writes one line of text from anywhere; it is made safe and cut at the area's end. Gives the columns used.
pub fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    if area.is_empty() {
        return 0;
    }
    let safe = safe(text);
    let cut = cut_end(&safe, usize::from(area.width));
    let (end, _) = buffer.set_stringn(area.x, area.y, cut, usize::from(area.width), style);
    end - area.x
}

/// A span of text from anywhere.
pub fn span(text: &str, style: impl Into<Style>) -> Span<'static> {
    Span::styled(safe(text).into_owned(), style)
}

/// Parts of a line that fit: the first takes what the others leave, and is cut at its end.
pub fn fitted(
    first: &str,
    style: Style,
    rest: Vec<Span<'static>>,
    columns: usize,
) -> Line<'static> {
    let taken: usize = rest.iter().map(Span::width).sum();
    let safe = safe(first);
    let cut = cut_end(&safe, columns.saturating_sub(taken)).into_owned();
    let mut spans = vec![Span::styled(cut, style)];
    spans.extend(rest);
    Line::from(spans)
}

/// The last look: whatever a drawing put in a cell, nothing that moves the cursor or hides leaves it.
pub fn sweep(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let symbol = cell.symbol();
        let plain = matches!(symbol.as_bytes(), [byte] if (0x20..0x7f).contains(byte));
        if !plain && !is_safe(symbol) {
            let swept = safe(symbol);
            let swept = if swept.is_empty() {
                " ".to_owned()
            } else {
                swept.into_owned()
            };
            cell.set_symbol(&swept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sweep_takes_out_what_slipped_through() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        buffer[(0, 0)].set_symbol("\u{1b}");
        buffer[(1, 0)].set_symbol("\u{202e}");
        buffer[(2, 0)].set_symbol("é");
        sweep(&mut buffer);
        assert_eq!(buffer[(0, 0)].symbol(), "␛");
        assert_eq!(buffer[(1, 0)].symbol(), "�");
        assert_eq!(buffer[(2, 0)].symbol(), "é");
    }

    #[test]
    fn put_stays_in_its_place() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 2));
        let used = put(
            &mut buffer,
            Rect::new(2, 0, 4, 1),
            "abcdefgh\n",
            Style::new(),
        );
        assert_eq!(used, 4);
        let row: String = (0..10)
            .map(|x| buffer[(x, 0)].symbol().to_owned())
            .collect();
        assert_eq!(row, "  abc…    ");
    }
}
