//! Keys, clicks and pastes from the terminal, read on a thread of their own.
//!
//! The thread waits for bytes, for the parser's next deadline, or for a word from the loop; it holds nothing else up
//! and nothing wakes it while nobody types.

pub mod parser;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc as blocking;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::app::Input;

use super::sys::{self, Want};
use parser::Parser;

/// Inputs the loop has not taken yet; beyond that the terminal's own queue holds them.
const QUEUE: usize = 256;
/// How long the loop waits for the thread to step aside.
const PATIENCE: Duration = Duration::from_millis(500);

const ASIDE: u8 = b'a';
const BACK: u8 = b'b';
const END: u8 = b'e';

/// What comes from the terminal.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    Input(Input),
    /// The terminal is gone.
    HungUp,
}

/// The reading thread, as the loop sees it. Dropped, it ends.
#[derive(Debug)]
pub struct Reader {
    words: OwnedFd,
    aside: blocking::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Starts to read `terminal`.
    pub fn spawn(terminal: OwnedFd) -> io::Result<(Self, mpsc::Receiver<Typed>)> {
        let (heard, words) = sys::pipe()?;
        let (tell_aside, aside) = blocking::sync_channel(1);
        let (inputs, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("input".into())
            .spawn(move || {
                let gone = read(terminal.as_fd(), heard.as_fd(), &inputs, &tell_aside).is_err();
                if gone {
                    // The loop may be gone too: then nobody is left to be told.
                    let _ = inputs.blocking_send(Typed::HungUp);
                }
            })?;
        let reader = Self {
            words,
            aside,
            thread: Some(thread),
        };
        Ok((reader, receiver))
    }

    /// Leaves the terminal to someone else. When this returns no byte is read any more, until [`Reader::back`].
    pub fn aside(&self) {
        // An answer that came too late last time is no answer to this.
        while self.aside.try_recv().is_ok() {}
        if self.say(ASIDE) {
            let _ = self.aside.recv_timeout(PATIENCE);
        }
    }

    /// The terminal is ours again.
    pub fn back(&self) {
        self.say(BACK);
    }

    fn say(&self, word: u8) -> bool {
        sys::write(self.words.as_fd(), &[word]).is_ok()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.say(END);
        // A thread that waits for room in a queue that nobody empties ends when the queue does; it is not waited for.
        if let Some(thread) = self.thread.take()
            && thread.is_finished()
        {
            let _ = thread.join();
        }
    }
}

/// Reads until told to end (`Ok`) or until the terminal is gone.
fn read(
    terminal: BorrowedFd<'_>,
    words: BorrowedFd<'_>,
    inputs: &mpsc::Sender<Typed>,
    aside: &blocking::SyncSender<()>,
) -> io::Result<()> {
    let mut parser = Parser::default();
    let mut buffer = [0; 4096];
    loop {
        let left = parser
            .deadline()
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let [word, typed] = sys::poll([(words, Want::Read), (terminal, Want::Read)], left)?;
        if word {
            if !obey(words, aside)? {
                return Ok(());
            }
            // Half a sequence from before is nobody's any more.
            parser = Parser::default();
            continue;
        }
        let found = if typed {
            match sys::read(terminal, &mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => parser.feed(buffer.get(..length).unwrap_or_default(), Instant::now()),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                    ) =>
                {
                    continue;
                }
                Err(error) => return Err(error),
            }
        } else {
            parser.expire(Instant::now())
        };
        for input in found {
            if inputs.blocking_send(Typed::Input(input)).is_err() {
                return Ok(());
            }
        }
    }
}

/// Does what the loop said. False: end.
fn obey(words: BorrowedFd<'_>, aside: &blocking::SyncSender<()>) -> io::Result<bool> {
    let mut word = [END];
    sys::read(words, &mut word)?;
    if word == [ASIDE] {
        // A full channel means that the word before was not waited for; one answer is enough.
        let _ = aside.try_send(());
        while word == [ASIDE] {
            word = [END];
            sys::read(words, &mut word)?;
        }
    }
    Ok(word == [BACK])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::app::{Key, KeyCode};

    fn write(fd: &OwnedFd, bytes: &[u8]) {
        assert_eq!(sys::write(fd.as_fd(), bytes).unwrap(), bytes.len());
    }

    fn key(key: Key) -> Option<Typed> {
        Some(Typed::Input(Input::Key(key)))
    }

    #[test]
    fn keys_come_and_the_end_is_told() {
        let (terminal, keyboard) = sys::pipe().unwrap();
        let (_reader, mut inputs) = Reader::spawn(terminal).unwrap();
        write(&keyboard, b"j\x1b");
        assert_eq!(inputs.blocking_recv(), key(Key::char('j')));
        assert_eq!(inputs.blocking_recv(), key(Key::plain(KeyCode::Esc)));
        drop(keyboard);
        assert_eq!(inputs.blocking_recv(), Some(Typed::HungUp));
        assert_eq!(inputs.blocking_recv(), None);
    }

    #[test]
    fn aside_nothing_is_read_until_it_is_back() {
        let (terminal, keyboard) = sys::pipe().unwrap();
        let (reader, mut inputs) = Reader::spawn(terminal.try_clone().unwrap()).unwrap();
        reader.aside();
        write(&keyboard, b"other");
        let mut other = [0; 5];
        assert_eq!(sys::read(terminal.as_fd(), &mut other).unwrap(), 5);
        assert_eq!(&other, b"other");
        reader.back();
        write(&keyboard, b"j");
        assert_eq!(inputs.blocking_recv(), key(Key::char('j')));
    }

    #[test]
    fn dropped_it_ends() {
        let (terminal, _keyboard) = sys::pipe().unwrap();
        let (reader, mut inputs) = Reader::spawn(terminal).unwrap();
        drop(reader);
        assert_eq!(inputs.blocking_recv(), None);
    }
}
