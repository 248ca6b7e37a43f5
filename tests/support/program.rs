//! The real program with its output in pipes.
//!
//! Every wait is for a state, with a generous limit after which the test fails.

#![allow(dead_code, reason = "each file of tests uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what fails here fails the test"
)]

#[path = "proc.rs"]
mod proc;

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// How long a test waits for a state before it gives up: long, since machines under load are slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program under test. Dropping it ends it.
pub struct Program {
    child: Child,
    /// `None` when it is left to the test.
    lines: Option<Receiver<String>>,
    told: Receiver<String>,
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Program {
    /// Starts `callreel` without any credentials but these.
    pub fn start(args: &[&str], token: Option<&str>) -> Self {
        Self::start_with(args, token, true)
    }

    /// Starts it and leaves its standard output to the test.
    pub fn start_unread(args: &[&str], token: Option<&str>) -> Self {
        Self::start_with(args, token, false)
    }

    fn start_with(args: &[&str], token: Option<&str>, read: bool) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
        command
            .args(args)
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .env_remove("PLIVO_AUTH_ID")
            .env_remove("PLIVO_AUTH_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(token) = token {
            command.env("PLIVO_AUTH_TOKEN", token);
        }
        let mut child = command.spawn().unwrap();
        let lines = read.then(|| lines_of(child.stdout.take().unwrap()));
        let told = lines_of(child.stderr.take().unwrap());
        Self { child, lines, told }
    }

    /// The next line of standard output; `None` at its end.
    pub fn line(&self) -> Option<String> {
        next(self.lines.as_ref().unwrap(), "standard output")
    }

    /// The next line of standard error; `None` at its end.
    pub fn told(&self) -> Option<String> {
        next(&self.told, "standard error")
    }

    /// Where it says that it listens.
    pub fn addr(&self) -> SocketAddr {
        let line = self.told().expect("the address, before it ends");
        let url = line.strip_prefix("listening on http://");
        let addr = url.and_then(|url| url.strip_suffix('/'));
        addr.unwrap_or_else(|| panic!("{line}")).parse().unwrap()
    }

    /// Nobody will read its standard output any more.
    pub fn close_output(&mut self) {
        drop(self.child.stdout.take());
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let pid = libc::pid_t::try_from(self.child.id()).unwrap();
        // SAFETY: kill reads two numbers; the child was not waited for, so that the id is still its own.
        #[allow(unsafe_code)]
        let sent = unsafe { libc::kill(pid, libc::SIGTERM) };
        assert_eq!(sent, 0);
    }

    /// Its highest resident set so far, in KiB.
    #[cfg(target_os = "linux")]
    pub fn most_memory(&self) -> u64 {
        proc::most_memory(self.child.id()).unwrap()
    }

    /// Waits for its end; what it printed and told meanwhile, and how it ended.
    pub fn end(mut self) -> End {
        // The pipes end with the program.
        let told = std::iter::from_fn(|| self.told()).collect();
        let lines = match &self.lines {
            Some(_) => std::iter::from_fn(|| self.line()).collect(),
            None => Vec::new(),
        };
        End {
            status: self.child.wait().unwrap(),
            lines,
            told,
        }
    }
}

/// What was left when a program ended.
#[derive(Debug)]
pub struct End {
    pub status: ExitStatus,
    pub lines: Vec<String>,
    pub told: Vec<String>,
}

fn next(lines: &Receiver<String>, name: &str) -> Option<String> {
    match lines.recv_timeout(PATIENCE) {
        Ok(line) => Some(line),
        Err(mpsc::RecvTimeoutError::Disconnected) => None,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("nothing comes on {name}"),
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
