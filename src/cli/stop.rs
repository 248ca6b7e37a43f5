//! Being told to end: Ctrl-c, or SIGTERM.

use std::io;

use anyhow::anyhow;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::runtime::signals::{Ending, Signals, Told};
use crate::runtime::sys;

use super::Failure;

/// Listens for it from the moment it is made.
#[derive(Debug)]
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
    told: Option<Ending>,
}

impl Stop {
    /// Must be called inside a tokio runtime.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            told: None,
        })
    }

    /// Waits until it was told, and says by what; at once when it was before.
    pub(super) async fn told(&mut self) -> Ending {
        if let Some(ending) = self.told {
            return ending;
        }
        let ending = tokio::select! {
            _ = self.interrupt.recv() => Ending::Interrupt,
            _ = self.terminate.recv() => Ending::Terminate,
        };
        self.told = Some(ending);
        ending
    }
}

/// What a command that was ended before its end makes of it: by the shells' habit 130 for Ctrl-c and 143 for SIGTERM.
pub(super) fn interrupted(ending: Ending) -> Failure {
    Failure {
        error: anyhow!("interrupted"),
        code: ending.exit_code(),
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
