//! Standard output on a thread of its own: a reader that is slow, or gone, holds up nothing but what is written to it.

use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use anyhow::anyhow;
use tokio::sync::{mpsc, watch};

use crate::runtime::sys::{self, Standard, Want};

use super::Failure;

/// Blocks that wait to be written.
const WAITING: usize = 8;

/// Takes blocks of bytes, in order.
#[derive(Debug)]
pub(super) struct Output {
    blocks: mpsc::Sender<Vec<u8>>,
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

impl Output {
    pub(super) fn start() -> Self {
        let (blocks, waiting) = mpsc::channel(WAITING);
        let (ended, end) = watch::channel(None);
        let writer = ended.clone();
        // Neither thread is waited for: the program may end while they are stuck.
        thread::spawn(move || {
            let end = write_all(waiting);
            writer.send_if_modified(|told| told.is_none() && told.replace(end).is_none());
        });
        if !io::IsTerminal::is_terminal(&io::stdout()) {
            thread::spawn(move || {
                if reader_is_gone() {
                    ended.send_replace(Some(End::Closed));
                }
            });
        }
        Self { blocks, end }
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
            true => Ok(()),
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

    /// No more blocks come; waits until the last is written.
    pub(super) async fn finish(mut self) -> End {
        let (closed, _) = mpsc::channel(1);
        self.blocks = closed;
        self.ended().await
    }
}

fn write_all(mut waiting: mpsc::Receiver<Vec<u8>>) -> End {
    let mut out = io::stdout();
    while let Some(block) = waiting.blocking_recv() {
        match out.write_all(&block).and_then(|()| out.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return End::Closed,
            Err(error) => return End::Failed(error.to_string()),
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
