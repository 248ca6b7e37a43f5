//! Standard output on a thread of its own: a reader that is slow, or gone, holds up nothing but what is written to it.

use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use anyhow::anyhow;
use tokio::sync::{mpsc, watch};

use crate::app::text::safe;
use crate::runtime::sys::{self, Standard, Want};

use super::Failure;

/// Blocks that wait to be written.
const WAITING: usize = 8;

/// Takes blocks of bytes, in order.
#[derive(Debug)]
pub(super) struct Output {
    blocks: mpsc::Sender<Vec<u8>>,
    /// Blocks handed over.
    given: u64,
    written: watch::Receiver<u64>,
    end: watch::Receiver<Option<End>>,
}

/// Why nothing more is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// All that was given is written.
    Written,
    /// Whoever read has seen enough.
    Closed,
    /// What the system said.
    Failed(String),
}

impl End {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(error.to_string()),
        }
    }

    /// What the command that wrote makes of it.
    ///
    /// # Errors
    /// When not all could be written, and not because enough was read.
    pub(super) fn code(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Written | Self::Closed => Ok(ExitCode::SUCCESS),
            Self::Failed(why) => Err(anyhow!("cannot write to standard output: {why}").into()),
        }
    }
}

/// Writes where a file is. A program that reads it gets the path byte for byte; a terminal gets what can be shown of it.
///
/// # Errors
/// As `print`.
pub(super) fn print_path(path: &Path) -> Result<(), Failure> {
    match io::stdout().is_terminal() {
        true => print(format!("{}\n", shown(path))),
        false => print([path.as_os_str().as_bytes(), b"\n"].concat()),
    }
}

/// A path for people, in one line.
pub(super) fn shown(path: &Path) -> String {
    safe(&path.display().to_string()).into_owned()
}

/// Writes all of a text at once, for a command that prints one.
///
/// # Errors
/// Standard output fails; that whoever reads it has seen enough is none.
pub(super) fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let end = match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Ok(()) => End::Written,
        Err(error) => End::of(&error),
    };
    end.code().map(drop)
}

impl Output {
    pub(super) fn start() -> Self {
        let (blocks, waiting) = mpsc::channel(WAITING);
        let (ended, end) = watch::channel(None);
        let (count, written) = watch::channel(0);
        let writer = ended.clone();
        // Neither thread is waited for: the program may end while they are stuck.
        thread::spawn(move || {
            let end = write_all(waiting, &count);
            writer.send_if_modified(|told| told.is_none() && told.replace(end).is_none());
        });
        if !io::stdout().is_terminal() {
            thread::spawn(move || {
                if reader_is_gone() {
                    ended.send_replace(Some(End::Closed));
                }
            });
        }
        Self {
            blocks,
            given: 0,
            written,
            end,
        }
    }

    /// Waits until a block can be handed over without a wait. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Why nothing is written any more.
    pub(super) async fn room(&mut self) -> Result<(), End> {
        let room = tokio::select! {
            biased;
            room = self.blocks.reserve() => room.is_ok(),
            _ = self.end.wait_for(Option::is_some) => false,
        };
        match room {
            true => Ok(()),
            false => Err(self.ended().await),
        }
    }

    /// Waits until all that was handed over is written. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Why nothing is written any more.
    pub(super) async fn flushed(&mut self) -> Result<(), End> {
        let given = self.given;
        let written = tokio::select! {
            biased;
            written = self.written.wait_for(|written| *written >= given) => written.is_ok(),
            _ = self.end.wait_for(Option::is_some) => false,
        };
        match written {
            true => Ok(()),
            false => Err(self.ended().await),
        }
    }

    /// How many of the blocks that were handed over are written.
    pub(super) fn written(&self) -> u64 {
        *self.written.borrow()
    }

    /// Hands over a block; waits while many are waiting.
    ///
    /// # Errors
    /// Why nothing is written any more.
    pub(super) async fn write(&mut self, block: Vec<u8>) -> Result<(), End> {
        let sent = tokio::select! {
            biased;
            sent = self.blocks.send(block) => sent.is_ok(),
            _ = self.end.wait_for(Option::is_some) => false,
        };
        match sent {
            true => {
                self.given += 1;
                Ok(())
            }
            false => Err(self.ended().await),
        }
    }

    /// Waits until nothing more will be written.
    pub(super) async fn ended(&mut self) -> End {
        match self.end.wait_for(Option::is_some).await {
            Ok(end) => end.clone().unwrap_or(End::Closed),
            Err(_) => End::Closed,
        }
    }

    /// No more blocks come; waits until the last is written. To wait again loses nothing.
    pub(super) async fn finish(&mut self) -> End {
        let (closed, _) = mpsc::channel(1);
        self.blocks = closed;
        self.ended().await
    }
}

fn write_all(mut waiting: mpsc::Receiver<Vec<u8>>, count: &watch::Sender<u64>) -> End {
    let mut out = io::stdout();
    while let Some(block) = waiting.blocking_recv() {
        match out.write_all(&block).and_then(|()| out.flush()) {
            Ok(()) => count.send_modify(|count| *count += 1),
            Err(error) => return End::of(&error),
        }
    }
    End::Written
}

/// Waits until the other end of a pipe or socket is closed; for ever where there is none. False where that cannot be known.
fn reader_is_gone() -> bool {
    let out = sys::standard(Standard::Output);
    loop {
        match sys::poll([(out, Want::End)], None) {
            Ok([true]) => return true,
            // A signal came.
            Ok([false]) => {}
            Err(_) => return false,
        }
    }
}
