//! Bytes on their way to the terminal: a frame is one write, and a terminal that is slow holds nothing up.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use tokio::io::unix::AsyncFd;

use super::{panic, sys, terminal};

/// Begins and ends a synchronized update: the terminal shows the frame whole, or ignores the words if it knows them not.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// The terminal's output end. What it did not take yet stays here; no new frame is drawn until that is gone.
#[derive(Debug)]
pub struct Output {
    fd: AsyncFd<OwnedFd>,
    pending: Vec<u8>,
    /// How much of `pending` was taken.
    taken: usize,
}

impl Output {
    /// Takes over a descriptor. Must be called inside a tokio runtime.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            fd: sys::register(fd)?,
            pending: Vec::new(),
            taken: 0,
        })
    }

    /// Sends one frame: nothing at all when it is empty.
    pub fn frame(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.pending.extend_from_slice(BEGIN);
        self.pending.extend_from_slice(bytes);
        self.pending.extend_from_slice(END);
        self.push()
    }

    /// Sends bytes that are no part of a frame, a clipboard sequence say.
    pub fn words(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        self.push()
    }

    /// Has everything been taken?
    pub fn is_clear(&self) -> bool {
        self.pending.is_empty()
    }

    /// Forgets what the terminal did not take: it will be drawn anew.
    pub fn forget(&mut self) {
        self.pending.clear();
        self.taken = 0;
    }

    /// Waits until the terminal takes bytes again, and gives it some.
    pub async fn drain(&mut self) -> io::Result<()> {
        let mut ready = self.fd.writable().await?;
        ready.clear_ready();
        drop(ready);
        self.push()
    }

    /// Gives the terminal as much as it takes now, but nothing once it was given back for a panic.
    fn push(&mut self) -> io::Result<()> {
        terminal::hold(|| {
            if panic::happened() {
                self.forget();
            }
            while let Some(rest) = self
                .pending
                .get(self.taken..)
                .filter(|rest| !rest.is_empty())
            {
                match sys::write(self.fd.get_ref().as_fd(), rest) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(written) => self.taken += written,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                    Err(error) => return Err(error),
                }
            }
            self.forget();
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pipe() -> (OwnedFd, Output) {
        let (reader, writer) = sys::pipe().unwrap();
        sys::set_nonblocking(writer.as_fd(), true).unwrap();
        sys::set_nonblocking(reader.as_fd(), true).unwrap();
        (reader, Output::new(writer).unwrap())
    }

    fn read(reader: &OwnedFd) -> Vec<u8> {
        let mut all = Vec::new();
        let mut part = [0; 4096];
        while let Ok(read) = sys::read(reader.as_fd(), &mut part) {
            all.extend_from_slice(&part[..read]);
        }
        all
    }

    #[tokio::test]
    async fn an_empty_frame_is_no_bytes_and_a_full_one_is_wrapped() {
        let (reader, mut output) = pipe();
        output.frame(b"").unwrap();
        assert_eq!(read(&reader), b"");
        output.frame(b"x").unwrap();
        assert_eq!(read(&reader), b"\x1b[?2026hx\x1b[?2026l");
        assert!(output.is_clear());
    }

    #[tokio::test]
    async fn a_slow_terminal_gets_everything_in_the_end_and_blocks_nobody() {
        let (reader, mut output) = pipe();
        let frame = vec![b'x'; 300_000];
        output.frame(&frame).unwrap();
        assert!(!output.is_clear(), "the pipe is full");
        let mut got = read(&reader);
        while !output.is_clear() {
            output.drain().await.unwrap();
            got.extend(read(&reader));
        }
        assert_eq!(got.len(), frame.len() + BEGIN.len() + END.len());
        assert!(got.ends_with(END));
    }

    #[tokio::test]
    async fn a_terminal_that_is_gone_is_an_error() {
        let (reader, mut output) = pipe();
        drop(reader);
        assert!(output.frame(b"x").is_err());
    }
}
