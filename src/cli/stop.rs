//! Being told to end: Ctrl-c, or SIGTERM.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for it from the moment it is made.
#[derive(Debug)]
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    told: bool,
}

impl Stop {
    /// Must be called inside a tokio runtime.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            told: false,
        })
    }

    /// Waits until it was told; at once when it was before.
    pub(super) async fn told(&mut self) {
        if self.told {
            return;
        }
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        self.told = true;
    }
}
