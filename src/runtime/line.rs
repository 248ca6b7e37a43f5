//! One line of an ordinary terminal, drawn over and over, while keys are read: for programs that need no screen.
//!
//! It is on standard error, so that standard output stays free for data. Where there is no terminal, there is no line and there are
//! no keys.

use std::io;

use tokio::sync::mpsc;

use super::input::{Reader, Typed};
use super::sys::{self, Want};
use super::terminal::{self, Tty};
use crate::app::text::{cut_end, width};

/// The line while the terminal is ours. Dropped, it gives the terminal back.
#[derive(Debug)]
pub struct Line {
    tty: Tty,
    reader: Reader,
    /// What stands there now.
    shown: String,
    /// The terminal is taken.
    ours: bool,
}

impl Line {
    /// Takes the terminal, if there is one in the foreground that can draw over itself; what is typed comes by the receiver.
    ///
    /// # Errors
    /// When the terminal is there and refuses.
    pub fn enter() -> io::Result<Option<(Self, mpsc::Receiver<Typed>)>> {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        let Some(tty) = Tty::for_line().filter(|_| !dumb) else {
            return Ok(None);
        };
        terminal::enter_line(&tty)?;
        let keyboard = tty.input().try_clone_to_owned();
        match keyboard.and_then(Reader::spawn) {
            Ok((reader, typed)) => Ok(Some((
                Self {
                    tty,
                    reader,
                    shown: String::new(),
                    ours: true,
                },
                typed,
            ))),
            Err(error) => {
                terminal::leave();
                Err(error)
            }
        }
    }

    /// Columns of a line that is not wrapped.
    pub fn columns(&self) -> usize {
        usize::from(self.tty.size().width).saturating_sub(1)
    }

    /// Draws `text`, which is safe to print, over what stood there. A terminal that takes nothing just now is left alone: the next
    /// drawing tells the same.
    pub fn draw(&mut self, text: &str) {
        let text = cut_end(text, self.columns());
        if !self.ours || self.shown == *text || !matches!(self.takes_bytes(), Ok(true)) {
            return;
        }
        let rest = width(&self.shown).saturating_sub(width(&text));
        let bytes = format!("\r{text}{}", " ".repeat(rest.min(self.columns())));
        if sys::write(self.tty.output(), bytes.as_bytes()).is_ok() {
            self.shown = text.into_owned();
        }
    }

    fn takes_bytes(&self) -> io::Result<bool> {
        let soon = Some(std::time::Duration::ZERO);
        let [takes] = sys::poll([(self.tty.output(), Want::Write)], soon)?;
        Ok(takes)
    }

    /// Gives the terminal back and stops the process group, as Ctrl-z does. Returns when it goes on, the terminal
    /// taken again, unless another program has it.
    ///
    /// # Errors
    /// When the group cannot be stopped.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.reader.aside();
        self.ours = false;
        terminal::leave();
        sys::stop_group()?;
        self.resume()
    }

    /// Takes the terminal again, if it is to be had.
    ///
    /// # Errors
    /// When it is and refuses.
    pub fn resume(&mut self) -> io::Result<()> {
        if !sys::is_foreground(self.tty.input()) {
            return Ok(());
        }
        terminal::enter_line(&self.tty)?;
        self.reader.back();
        self.shown.clear();
        self.ours = true;
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        terminal::leave();
    }
}
