//! Text on its way to the screen: made safe, cut to its place; and the last look over everything drawn.

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

pub use crate::app::text::{cut_end, cut_start, is_joined, is_safe, safe, width, wrap};

/// Writes one line of text from anywhere; it is made safe and cut at the area's end. Gives the columns used.
pub fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    if area.is_empty() {
        return 0;
    }
    let safe = safe(text);
    let cut = cut_end(&safe, usize::from(area.width));
    let (plain, rest) = cut.split_at(plain_bytes(&cut));
    let used = put_plain(buffer, area, plain, style);
    let (end, _) = buffer.set_stringn(
        area.x + used,
        area.y,
        rest,
        usize::from(area.width - used),
        style,
    );
    end - area.x
}

/// How many bytes of `text` from its start on are printable ASCII with which nothing behind them joins.
fn plain_bytes(text: &str) -> usize {
    let ascii = text.bytes().take_while(|byte| matches!(byte, 0x20..0x7f));
    match ascii.count() {
        all if all == text.len() => all,
        // A mark may follow, which belongs to the last one.
        some => some.saturating_sub(1),
    }
}

/// Writes printable ASCII, of which each byte takes a cell: most of what is drawn is such, and nothing else in a frame took as long as
/// looking where the signs of it begin and end. Gives the columns used.
fn put_plain(buffer: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let room = buffer.area.right().saturating_sub(area.x).min(area.width);
    let columns = u16::try_from(text.len()).unwrap_or(u16::MAX).min(room);
    for (x, sign) in (area.x..area.x + columns).zip(text.split_inclusive(|_| true)) {
        buffer[(x, area.y)].set_symbol(sign).set_style(style);
    }
    columns
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
    let taken: usize = rest.iter().map(|span| width(&span.content)).sum();
    let safe = safe(first);
    let cut = cut_end(&safe, columns.saturating_sub(taken)).into_owned();
    let mut spans = vec![Span::styled(cut, style)];
    spans.extend(rest);
    Line::from(spans)
}

/// Without the first `skip` columns; `…` says that something stands before.
pub fn scrolled(text: &str, skip: usize) -> String {
    if skip == 0 {
        return text.to_owned();
    }
    let mut passed = 0;
    let mut rest = String::new();
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if passed > skip {
            rest.push_str(grapheme);
        } else if passed + wide > skip {
            // The sign takes the place of what is cut, wide letters included.
            rest.push('…');
            rest.push_str(&" ".repeat((passed + wide - skip).saturating_sub(1)));
            passed = skip;
        }
        passed += wide;
    }
    rest
}

/// The last look: whatever a drawing put in a cell, nothing that moves the cursor or hides leaves it.
pub fn sweep(buffer: &mut Buffer) {
    let columns = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks_mut(columns) {
        let mut x = 0;
        while let Some(cell) = row.get_mut(x) {
            // Nearly all are; to look at each for longer takes as long as the drawing.
            if matches!(cell.symbol().as_bytes(), [0x20..0x7f]) {
                x += 1;
                continue;
            }
            clean(cell);
            x += match usize::from(cell.cell_width()) {
                0 | 1 => 1,
                wide => settle(row, x, wide),
            };
        }
    }
}

fn clean(cell: &mut Cell) {
    let symbol = cell.symbol();
    if is_safe(symbol) {
        return;
    }
    let safe = safe(symbol);
    let swept = match safe.is_empty() {
        true => " ".to_owned(),
        false => safe.into_owned(),
    };
    cell.set_symbol(&swept);
}

/// Makes a sign of several columns one that can be drawn over. Where something was drawn over its right part, it goes: its left part
/// would hide that. Where it is of several characters, the cells behind its first are not left blank: most terminals show characters
/// in them, which only go when these cells are drawn again. Gives how many columns that settles.
fn settle(row: &mut [Cell], x: usize, wide: usize) -> usize {
    let blank = |cell: &Cell| cell.symbol() == " ";
    let right = row.get(x + 1..x + wide);
    let is_whole = right.is_some_and(|cells| cells.iter().all(blank));
    let Some(cell) = row.get_mut(x) else {
        return wide;
    };
    if !is_whole {
        cell.set_symbol(" ");
        return 1;
    }
    if is_joined(cell.symbol()) {
        for cell in row.iter_mut().skip(x + 1).take(wide - 1) {
            cell.set_symbol("");
        }
    }
    wide
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn a_wide_character_goes_when_its_half_is_covered_or_outside() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        put(&mut buffer, Rect::new(0, 0, 6, 1), "漢字漢", Style::new());
        buffer[(3, 0)].set_symbol("│");
        buffer[(5, 0)].set_symbol("漢");
        sweep(&mut buffer);
        let row: Vec<_> = buffer.content.iter().map(Cell::symbol).collect();
        assert_eq!(row, ["漢", " ", " ", "│", " ", " "]);
    }

    #[test]
    fn joined_letters_go_whole_when_something_else_comes_in_their_place() {
        let area = Rect::new(0, 0, 8, 1);
        let drawn = |text: &str| {
            let mut buffer = Buffer::empty(area);
            put(&mut buffer, area, text, Style::new());
            sweep(&mut buffer);
            buffer
        };
        let before = drawn("हि🇱🇺漢");
        for after in ["", "x"] {
            let after = drawn(after);
            let written: Vec<u16> = before.diff(&after).iter().map(|(x, ..)| *x).collect();
            assert_eq!(written, [0, 1, 2, 3, 4]);
        }
        assert!(before.diff(&drawn("हि🇱🇺漢")).is_empty());
    }

    #[test]
    fn what_was_scrolled_out_is_told_and_its_columns_are_kept() {
        assert_eq!(scrolled("abcdef", 0), "abcdef");
        assert_eq!(scrolled("abcdef", 2), "…def");
        assert_eq!(scrolled("漢字漢字", 1), "…字漢字");
        assert_eq!(scrolled("漢字漢字", 2), "… 漢字");
    }

    proptest! {
        #[test]
        fn drawing_gives_each_sign_the_room_that_it_takes(text in any::<String>()) {
            for sign in safe(&text).graphemes(true) {
                prop_assert_eq!(usize::from(sign.cell_width()), width(sign), "{:?}", sign);
            }
        }
    }

    proptest! {
        #[test]
        fn text_is_put_as_ratatui_would_put_it(text in "(\\PC|[ -~]{1,8}|[e漢🇱]\u{301}?){0,12}", x in 0u16..12, width in 0u16..14) {
            let all = Rect::new(0, 0, 12, 1);
            let area = Rect { x, width, ..all };
            let (mut ours, mut theirs) = (Buffer::empty(all), Buffer::empty(all));
            let style = Style::new().bold();
            let used = put(&mut ours, area, &text, style);
            let text = cut_end(&safe(&text), usize::from(width)).into_owned();
            let (end, _) = theirs.set_stringn(x, 0, &text, usize::from(width), style);
            prop_assert_eq!(&ours, &theirs);
            prop_assert_eq!(used, end - x);
        }
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
