//! Real time into a pipe, which may make it wait: what [`super::stdout`] and [`super::command`] have in common.
//!
//! Nothing blocks in a write: a pipe that says it is ready takes [`PORTION`] at once. Between openings its thread sleeps, and
//! hears all the same when the other end goes away.

use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::feed::{Death, Fed, Live, Orders};
use super::pace::Pace;
use super::wait::{Want, ready};
use crate::audio::ring::Frame;
use crate::audio::sink::Format;

/// PIPE_BUF of Linux. The least that POSIX grants is less, and where that is so a write may wait for a moment.
const PORTION: usize = 4096;

/// How long the last bytes may take at the end.
const LAST: Duration = Duration::from_millis(100);

/// What takes the bytes. Dropping it closes it, and may take a while.
pub(super) trait Mouth {
    fn fd(&self) -> BorrowedFd<'_>;

    /// Why it takes no more, after a write has failed with `error`; for people.
    fn epitaph(&mut self, error: std::io::Error) -> String;
}

/// An output into what `begin` makes, on its own thread, with the first opening and with the next after each end.
pub(super) fn pipe<M: Mouth + 'static>(
    name: &'static str,
    format: Format,
    begin: impl Fn() -> Result<M, String> + Send + Sync + 'static,
) -> Fed {
    Fed::new(name, format.rate, move |orders| {
        let mut mouth = begin().map_err(|reason| Death {
            reason,
            playing: None,
            remains: Box::new(()),
        })?;
        let mut flow = Flow::new(format);
        flow.run(&mouth, orders).map_err(|error| Death {
            reason: mouth.epitaph(error),
            playing: flow.playing.map(|live| live.fault),
            remains: Box::new(mouth),
        })
    })
}

/// What is on its way into the pipe.
struct Flow {
    format: Format,
    playing: Option<Live>,
    pace: Pace,
    frames: Vec<Frame>,
    /// Not yet written.
    bytes: Vec<u8>,
}

impl Flow {
    fn new(format: Format) -> Self {
        let pace = Pace::new(format.rate, Instant::now());
        Self {
            playing: None,
            frames: vec![[0.0; 2]; pace.frames()],
            pace,
            bytes: format.header(),
            format,
        }
    }

    /// Ends when it is told to, or with the write that failed.
    fn run(&mut self, mouth: &impl Mouth, orders: &Orders) -> std::io::Result<()> {
        loop {
            let rested = self.playing.is_none();
            if orders.obey(&mut self.playing).is_none() {
                return self.write_last(mouth);
            }
            if rested {
                self.pace = Pace::new(self.format.rate, Instant::now());
            }
            self.gather();
            let empty = self.bytes.is_empty();
            let want = if empty { Want::Nothing } else { Want::Write };
            let until = (empty && self.playing.is_some()).then(|| self.pace.due());
            let fds = [(orders.alarm.as_fd(), Want::Read), (mouth.fd(), want)];
            match ready(fds, until)? {
                // Nothing was asked of it: it only says that its other end is gone.
                [_, true] if empty => return Err(ErrorKind::BrokenPipe.into()),
                [_, true] => self.write(mouth)?,
                [_, false] => {}
            }
        }
    }

    /// Takes a period once it is due and what came before has gone.
    fn gather(&mut self) {
        let (now, due) = (Instant::now(), self.pace.due());
        let Some(live) = &mut self.playing else {
            return;
        };
        if !self.bytes.is_empty() || now < due {
            return;
        }
        let gathered = live.renderer.gather(&mut self.frames, due);
        let frames = self.frames.get(..gathered).unwrap_or_default();
        self.format.encode(frames, &mut self.bytes);
        self.pace.taken(now);
    }

    /// Writes what the pipe takes now.
    fn write(&mut self, mouth: &impl Mouth) -> std::io::Result<()> {
        let portion = self.bytes.len().min(PORTION);
        let portion = self.bytes.get(..portion).unwrap_or_default();
        match rustix::io::write(mouth.fd(), portion) {
            Ok(written) => {
                self.bytes.drain(..written);
                Ok(())
            }
            Err(Errno::INTR | Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What was taken out of the ring is written, if the pipe takes it soon.
    fn write_last(&mut self, mouth: &impl Mouth) -> std::io::Result<()> {
        let until = Instant::now() + LAST;
        while !self.bytes.is_empty() && Instant::now() < until {
            if let [true] = ready([(mouth.fd(), Want::Write)], Some(until))? {
                self.write(mouth)?;
            }
        }
        Ok(())
    }
}
