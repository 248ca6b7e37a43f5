//! A drawn screen as text, for snapshots: each row as it reads, and below it how it looks, where it is not plain.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

/// Draws on a terminal of this size; gives the picture and what the drawing gave.
pub(crate) fn picture<T>(
    width: u16,
    height: u16,
    draw: impl FnOnce(&mut ratatui::Frame, Rect) -> T,
) -> (String, T) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut given = None;
    let mut draw = Some(draw);
    terminal
        .draw(|frame| {
            let area = frame.area();
            given = draw.take().map(|draw| draw(frame, area));
        })
        .unwrap();
    (text(terminal.backend().buffer()), given.unwrap())
}

/// Letters for styles: `r` reversed, `u` underlined, `b` bold, `d` dim, and a capital for the colour alone.
fn letter(cell: &Cell) -> char {
    let has = |modifier| cell.modifier.contains(modifier);
    if has(Modifier::REVERSED) {
        'r'
    } else if has(Modifier::UNDERLINED) {
        'u'
    } else if has(Modifier::BOLD) {
        'b'
    } else if has(Modifier::DIM) {
        'd'
    } else {
        match cell.fg {
            Color::Reset => ' ',
            Color::Cyan => 'C',
            Color::Yellow => 'Y',
            Color::Green => 'G',
            Color::Red => 'R',
            _ => '?',
        }
    }
}

pub(crate) fn text(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut out = String::new();
    for row in buffer.content.chunks(width) {
        // The cell behind a wide letter is empty in the buffer and nothing on the screen.
        let mut skip = 0;
        let mut line = String::new();
        for cell in row {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            line.push_str(cell.symbol());
            skip = crate::ui::text::width(cell.symbol()).saturating_sub(1);
        }
        let styles: String = row.iter().map(letter).collect();
        out.push_str(&format!("│{line}│\n"));
        if !styles.trim().is_empty() {
            out.push_str(&format!("·{}\n", styles.trim_end()));
        }
    }
    out
}
