//! What a terminal makes of the bytes that are written: nothing but the drawing, and in each cell what was drawn there.

use std::num::NonZeroU16;

use callreel::app::Size;
use callreel::runtime::screen::Screen;
use ratatui::Terminal;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Position;

use crate::sitting::Sitting;
use crate::wire::Wire;
use crate::words::only_text;

/// A terminal that shows one screen after the other: of each, only what changed is written. It goes from character to character, as
/// xterm does: joined signs are several to it.
pub struct Glass {
    terminal: Terminal<Screen>,
    wire: Wire,
    shown: vt100::Parser,
}

/// What is seen: rows of cells, blank ones as a space, the right halves of wide characters as nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub cells: Vec<Vec<String>>,
    /// Column and row of the hardware cursor.
    pub cursor: (u16, u16),
}

impl Glass {
    pub fn new(size: Size) -> Self {
        let Size { width, height } = size;
        let screen = Screen::new(ratatui::layout::Size { width, height });
        Self {
            terminal: Terminal::new(screen).unwrap(),
            wire: Wire::default(),
            shown: vt100::Parser::new(some(height), some(width), 0),
        }
    }

    /// Draws the sitting as the program does.
    ///
    /// # Errors
    /// What was written that draws nothing, or the first cell that does not show what was drawn there.
    pub fn show(&mut self, sitting: &mut Sitting) -> Result<Picture, String> {
        let drawn = sitting.draw_on(&mut self.terminal);
        let bytes = self.terminal.backend_mut().take();
        self.wire.take(&bytes)?;
        let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0x1b).collect();
        only_text("a drawing", &text);
        if text.contains(&b'\n') {
            return Err("a line's end is written".to_owned());
        }
        // `�` is of one column everywhere; this emulator leaves it out, as its own sign for broken bytes.
        let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        self.shown.process(text.replace('�', "¿").as_bytes());
        let picture = Picture::of(self.shown.screen());
        match picture.first_unlike(&drawn) {
            Some(what) => Err(format!("{what}\n{}", picture.text())),
            None => Ok(picture),
        }
    }
}

fn some(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

impl Picture {
    fn of(screen: &vt100::Screen) -> Self {
        let (height, width) = screen.size();
        let cell = |y, x| match screen.cell(y, x) {
            Some(cell) if cell.is_wide_continuation() => String::new(),
            Some(cell) if cell.has_contents() => cell.contents().to_owned(),
            _ => " ".to_owned(),
        };
        let row = |y| (0..width.get()).map(|x| cell(y, x)).collect();
        let (y, x) = screen.cursor_position();
        Self {
            cells: (0..height.get()).map(row).collect(),
            cursor: (x, y),
        }
    }

    /// The first place where something else is seen than was drawn: a sign that took more or less room than it was given moves all
    /// that comes after it.
    fn first_unlike(&self, drawn: &Buffer) -> Option<String> {
        for (row, y) in self.cells.iter().zip(0..) {
            let mut x = 0;
            while x < row.len() {
                let symbol = drawn[(x as u16, y)].symbol().replace('�', "¿");
                let end = x + usize::from(symbol.cell_width()).max(1);
                let seen = row.get(x..end).map(<[String]>::concat);
                let seen = seen.filter(|_| row.get(end).is_none_or(|next| !next.is_empty()));
                if seen.as_deref().map(str::trim_end) != Some(symbol.trim_end()) {
                    return Some(format!("{symbol:?} at {x},{y} is seen as {seen:?}"));
                }
                x = end;
            }
        }
        None
    }

    pub fn at(&self, place: Position) -> &str {
        &self.cells[usize::from(place.y)][usize::from(place.x)]
    }

    pub fn text(&self) -> String {
        let rows = self.cells.iter().map(|row| row.concat());
        rows.collect::<Vec<_>>().join("\n")
    }

    /// Every corner and every side of a frame, and where it stands.
    pub fn borders(&self) -> Vec<(usize, usize, &str)> {
        let is_border = |cell: &str| matches!(cell, "╭" | "╮" | "╰" | "╯" | "│");
        let rows = self.cells.iter().enumerate().flat_map(|(y, row)| {
            let cells = row.iter().enumerate();
            cells.map(move |(x, cell)| (x, y, cell.as_str()))
        });
        rows.filter(|(.., cell)| is_border(cell)).collect()
    }

    /// The left and the right side of the smallest frame around the cursor that is whole.
    pub fn frame_around_cursor(&self) -> Option<(usize, usize)> {
        let (x, y) = (usize::from(self.cursor.0), usize::from(self.cursor.1));
        let lefts = (0..x).rev();
        let mut both =
            lefts.flat_map(|left| (x + 1..self.cells[y].len()).map(move |right| (left, right)));
        both.find(|(left, right)| self.is_framed(y, (*left, *right)))
    }

    /// Do the two sides at this row end in their corners above and below?
    fn is_framed(&self, y: usize, (left, right): (usize, usize)) -> bool {
        let sides = |y: &usize| {
            (
                self.cells[*y][left].as_str(),
                self.cells[*y][right].as_str(),
            )
        };
        let mut above = (0..=y).rev().skip_while(|y| sides(y) == ("│", "│"));
        let mut below = (y..self.cells.len()).skip_while(|y| sides(y) == ("│", "│"));
        let corners = (above.next(), below.next());
        matches!(corners, (Some(top), Some(bottom))
            if sides(&top) == ("╭", "╮") && sides(&bottom) == ("╰", "╯"))
    }
}
