//! Where the program is shown: the terminal, ratatui's buffers, and the bytes between them.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Instant;

use ratatui::{Frame, Terminal};

use crate::app::Size;

use super::log::Log;
use super::output::Output;
use super::screen::Screen;
use super::terminal::{self, Tty};
use super::{stderr, sys};

/// The screen while it is ours. Dropped, it gives the terminal back.
#[derive(Debug)]
pub struct Stage {
    tty: Tty,
    terminal: Terminal<Screen>,
    output: Output,
    mouse: bool,
    log: Log,
    size: Size,
}

impl Stage {
    /// Takes the terminal, and turns standard error into the log. Must be called inside a tokio runtime.
    pub fn enter(tty: Tty, mouse: bool, log: Log) -> io::Result<Self> {
        let stage = Self::over(tty, mouse, log)?;
        stage.take()?;
        Ok(stage)
    }

    /// A stage over a terminal that is not taken.
    fn over(tty: Tty, mouse: bool, log: Log) -> io::Result<Self> {
        let size = tty.size();
        Ok(Self {
            terminal: Terminal::new(Screen::new(cells(size)))?,
            output: Output::new(tty.output().try_clone_to_owned()?)?,
            tty,
            mouse,
            log,
            size,
        })
    }

    fn take(&self) -> io::Result<()> {
        stderr::capture(&self.log)?;
        terminal::enter(&self.tty, self.mouse)
    }

    /// Where keys come from.
    pub fn keyboard(&self) -> io::Result<OwnedFd> {
        self.tty.input().try_clone_to_owned()
    }

    /// The size as the app knows it.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Draws one frame with `draw` and sends what changed. `draw` tells when it wants to be called again.
    pub fn draw(
        &mut self,
        draw: impl FnOnce(&mut Frame<'_>) -> Option<Instant>,
    ) -> io::Result<Option<Instant>> {
        let mut redraw_at = None;
        self.terminal.draw(|frame| redraw_at = draw(frame))?;
        let bytes = self.terminal.backend_mut().take();
        self.output.frame(&bytes)?;
        Ok(redraw_at)
    }

    /// Does the terminal take another frame? While it is slow, none is drawn: what it gets then is the newest.
    pub fn is_clear(&self) -> bool {
        self.output.is_clear()
    }

    /// Waits for a slow terminal.
    pub async fn drain(&mut self) -> io::Result<()> {
        self.output.drain().await
    }

    /// Sends words that are no part of a frame.
    pub fn words(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.words(bytes)
    }

    /// Asks the terminal for its size. `Some` when it changed.
    pub fn measure(&mut self) -> Option<Size> {
        let size = self.tty.size();
        if size == self.size {
            return None;
        }
        self.size = size;
        self.terminal.backend_mut().resize(cells(size));
        Some(size)
    }

    /// Gives the terminal back and stops the process group, as Ctrl-z does. Returns when it goes on, the terminal
    /// taken again; everything must be drawn anew.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.output.forget();
        terminal::leave();
        stderr::restore();
        sys::stop_group()?;
        self.reassert()
    }

    /// Takes the terminal again after someone else may have had it.
    pub fn reassert(&mut self) -> io::Result<()> {
        self.take()?;
        self.output.forget();
        self.terminal.backend_mut().forget_cursor();
        self.terminal.clear()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        terminal::leave();
        stderr::restore();
    }
}

fn cells(size: Size) -> ratatui::layout::Size {
    ratatui::layout::Size::new(size.width, size.height)
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::fd::AsFd;

    use super::*;

    /// A stage whose terminal is a pipe, 80 by 24; what it writes comes out of the other end, which does not block.
    pub fn piped() -> (Stage, OwnedFd) {
        let (reader, writer) = sys::pipe().unwrap();
        sys::set_nonblocking(reader.as_fd(), true).unwrap();
        sys::set_nonblocking(writer.as_fd(), true).unwrap();
        let (input, _) = sys::pipe().unwrap();
        let tty = Tty::over(input, writer);
        (Stage::over(tty, true, Log::default()).unwrap(), reader)
    }
}
