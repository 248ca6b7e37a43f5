//! ratatui's view of the terminal: frames are gathered, and what would change nothing is not sent.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};

use crate::app::text::is_joined;

/// Turns cells into bytes and keeps them until [`Screen::take`]. ratatui's own backend flushes at every word about the
/// cursor, resets colours in empty frames, and asks the terminal where its cursor is; this one remembers instead.
#[derive(Debug)]
pub struct Screen {
    inner: CrosstermBackend<Gathered>,
    gathered: Gathered,
    size: Size,
    /// As the terminal last heard it; `None` while it cannot be known.
    position: Option<Position>,
    shown: Option<bool>,
}

/// A frame's bytes, shared with ratatui's backend, which keeps its writer to itself.
#[derive(Debug, Clone, Default)]
struct Gathered(Rc<RefCell<Vec<u8>>>);

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    pub fn new(size: Size) -> Self {
        let gathered = Gathered::default();
        Self {
            inner: CrosstermBackend::new(gathered.clone()),
            gathered,
            size,
            position: None,
            shown: None,
        }
    }

    /// The terminal's size changed; the next drawing starts from an empty screen.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// What is to be sent. The frame begins with nothing in it again.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.gathered.0.borrow_mut())
    }

    /// Someone else had the terminal: nothing is known of its cursor.
    pub fn forget_cursor(&mut self) {
        self.position = None;
        self.shown = None;
    }
}

/// Blanks for the room of a sign of several characters: a terminal that draws them one over the other would leave what stood in
/// the rest of it.
fn room_of_joined((x, y, cell): (u16, u16, &Cell)) -> impl Iterator<Item = (u16, u16, Cell)> {
    let wide = cell.cell_width();
    let mut blank = cell.clone();
    blank.set_symbol(" ");
    (x..x.saturating_add(wide)).map(move |x| (x, y, blank.clone()))
}

impl Backend for Screen {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let content: Vec<_> = content.collect();
        if content.is_empty() {
            return Ok(());
        }
        self.position = None;
        let joined = content.iter().copied();
        let joined = joined.filter(|(.., cell)| is_joined(cell.symbol()));
        let room: Vec<_> = joined.flat_map(room_of_joined).collect();
        if !room.is_empty() {
            self.inner
                .draw(room.iter().map(|(x, y, cell)| (*x, *y, cell)))?;
        }
        self.inner.draw(content.into_iter())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.shown != Some(false) {
            self.shown = Some(false);
            self.gathered.write_all(b"\x1b[?25l")?;
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.shown != Some(true) {
            self.shown = Some(true);
            self.gathered.write_all(b"\x1b[?25h")?;
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.position.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.position != Some(position) {
            self.inner.set_cursor_position(position)?;
            self.position = Some(position);
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::default(),
        })
    }

    /// A frame is sent when the loop takes it, not when ratatui thinks so.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ratatui::Terminal;
    use ratatui::text::Line;

    use super::*;

    fn terminal() -> Terminal<Screen> {
        Terminal::new(Screen::new(Size::new(20, 3))).unwrap()
    }

    fn draw(terminal: &mut Terminal<Screen>, text: &str, cursor: Option<(u16, u16)>) -> String {
        terminal
            .draw(|frame| {
                frame.render_widget(Line::from(text), frame.area());
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(cursor);
                }
            })
            .unwrap();
        String::from_utf8(terminal.backend_mut().take()).unwrap()
    }

    #[test]
    fn the_same_frame_again_is_no_bytes() {
        let mut terminal = terminal();
        let first = draw(&mut terminal, "hello", Some((2, 1)));
        assert!(
            first.contains("hello") && first.ends_with("\x1b[?25h\x1b[2;3H"),
            "{first:?}"
        );
        assert_eq!(draw(&mut terminal, "hello", Some((2, 1))), "");
        assert_eq!(draw(&mut terminal, "hello", Some((3, 1))), "\x1b[2;4H");
        assert_eq!(draw(&mut terminal, "hello", None), "\x1b[?25l");
        assert_eq!(draw(&mut terminal, "hello", None), "");
    }

    #[test]
    fn the_cursor_goes_back_after_cells_were_drawn() {
        let mut terminal = terminal();
        draw(&mut terminal, "hello", Some((2, 1)));
        let bytes = draw(&mut terminal, "hellO", Some((2, 1)));
        assert!(
            bytes.starts_with("\x1b[1;5HO") && bytes.ends_with("\x1b[2;3H"),
            "{bytes:?}"
        );
        assert!(
            bytes.len() < 40,
            "one changed cell is a few bytes: {bytes:?}"
        );
    }

    #[test]
    fn the_room_of_joined_letters_is_cleared_before_they_are_drawn() {
        let mut terminal = terminal();
        draw(&mut terminal, "xyz", None);
        let bytes = draw(&mut terminal, "हिz", None);
        let (cleared, drawn) = bytes.split_once("हि").unwrap();
        assert!(cleared.starts_with("\x1b[1;1H  "), "{bytes:?}");
        assert!(cleared.ends_with("\x1b[1;1H"), "{bytes:?}");
        assert!(!drawn.contains('z'), "{bytes:?}");
        let bytes = draw(&mut terminal, "漢éz", None);
        assert!(!bytes.contains(' '), "{bytes:?}");
    }

    #[test]
    fn after_someone_else_had_the_terminal_everything_comes_again() {
        let mut terminal = terminal();
        draw(&mut terminal, "hello", Some((2, 1)));
        terminal.backend_mut().forget_cursor();
        terminal.clear().unwrap();
        let bytes = draw(&mut terminal, "hello", Some((2, 1)));
        assert!(
            bytes.contains("\x1b[2J") && bytes.contains("hello"),
            "{bytes:?}"
        );
        assert!(bytes.ends_with("\x1b[?25h\x1b[2;3H"), "{bytes:?}");
    }
}
