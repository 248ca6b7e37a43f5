//! Signals, as words in the loop's own terms.

use std::io;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What the system told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// SIGTERM, SIGINT, SIGQUIT or SIGHUP: end, with this signal's number in the exit code.
    End(Ending),
    /// SIGTSTP from outside (Ctrl-z itself comes as a key).
    Stop,
    /// SIGCONT: someone else may have had the terminal.
    Continued,
    /// SIGWINCH.
    Resized,
}

/// The signals that end the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    HangUp,
    Interrupt,
    Quit,
    Terminate,
}

impl Ending {
    /// By the shells' habit 128 and the signal's number.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::Quit => 131,
            Self::Terminate => 143,
        }
    }
}

/// All the signals the loop listens to.
#[derive(Debug)]
pub struct Signals {
    terminate: Stream,
    interrupt: Stream,
    quit: Stream,
    hang_up: Stream,
    stop: Stream,
    continued: Stream,
    resized: Stream,
}

impl Signals {
    /// Listens from now on. Must be called inside a tokio runtime.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(SignalKind::from_raw(libc::SIGTSTP))?,
            continued: signal(SignalKind::from_raw(libc::SIGCONT))?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    /// The next one. Several of one kind that came together are one.
    pub async fn next(&mut self) -> Told {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Told::End(Ending::Terminate),
            _ = self.hang_up.recv() => Told::End(Ending::HangUp),
            _ = self.interrupt.recv() => Told::End(Ending::Interrupt),
            _ = self.quit.recv() => Told::End(Ending::Quit),
            _ = self.stop.recv() => Told::Stop,
            _ = self.continued.recv() => Told::Continued,
            _ = self.resized.recv() => Told::Resized,
        }
    }
}
