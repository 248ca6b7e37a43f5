//! Being told to end: Ctrl-c, or SIGTERM.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::runtime::signals::{Ending, Signals, Told};
use crate::runtime::sys;

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

/// Waits for a signal that ends the program. Ctrl-z stops it meanwhile, as it does any other.
pub(super) async fn ending(signals: &mut Signals) -> Ending {
    loop {
        match signals.next().await {
            Told::End(ending) => return ending,
            Told::Stop => {
                // Where the system refuses, it goes on.
                let _ = sys::stop_group();
            }
            Told::Continued | Told::Resized => {}
        }
    }
}
