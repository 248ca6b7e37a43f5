//! The standard input of a command.
//!
//! `sh -c` runs it, in a process group of its own. What it says on its standard output is dropped; of its standard error the
//! last line is kept, to be told when it ends.

use std::io::{BufRead, BufReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::feed::Fed;
use super::pipe::{Mouth, pipe};
use crate::audio::sink::Format;

/// How long it may take to end after its last byte, before it is told to: the last bytes and this are well within the time that
/// the program waits for its thread at its own end.
const GRACE: Duration = Duration::from_millis(300);

/// How long one that takes no more bytes may need to end, before it is said that it lives on.
const LAST_BREATH: Duration = Duration::from_secs(2);

/// Bytes of its last line that are kept.
const LINE: usize = 200;

/// Sound goes to `sh -c line`, which is started with the first opening and does not get the variables `hidden`.
pub(super) fn output(line: &str, format: Format, hidden: &'static [&'static str]) -> Fed {
    let line = line.to_owned();
    pipe("the command", format, move || {
        Running::start(&line, hidden)
            .map_err(|error| format!("the command could not be started: {error}"))
    })
}

/// Its input is closed before it is waited for.
struct Running {
    input: ChildStdin,
    process: Process,
}

impl Running {
    fn start(line: &str, hidden: &[&str]) -> std::io::Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        for name in hidden {
            command.env_remove(name);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        match (child.stdin.take(), child.stderr.take()) {
            (Some(input), Some(stderr)) => Ok(Self {
                input,
                process: Process::watch(child, stderr)?,
            }),
            _ => Err(std::io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Mouth for Running {
    fn fd(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    fn epitaph(&mut self, error: std::io::Error) -> String {
        self.process.epitaph(&error)
    }
}

struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
    /// Disconnected once it has ended.
    ended: Receiver<()>,
    /// Disconnected once it has said everything.
    silent: Receiver<()>,
}

impl Process {
    fn watch(mut child: Child, stderr: ChildStderr) -> std::io::Result<Self> {
        let said = Arc::new(Mutex::new(String::new()));
        let pid = Pid::from_child(&child);
        let watched = || {
            let ended = thread("callreel-child", move || {
                // It is left to be reaped by its owner, so that its id stays its own until then.
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                while waitid(WaitId::Pid(pid), options).is_err_and(|e| e == Errno::INTR) {}
            })?;
            let said = Arc::clone(&said);
            let silent = thread("callreel-words", move || listen(stderr, &said))?;
            Ok((ended, silent))
        };
        match watched() {
            Ok((ended, silent)) => Ok(Self {
                child,
                said,
                ended,
                silent,
            }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    fn epitaph(&mut self, error: &std::io::Error) -> String {
        if !over(&self.ended, LAST_BREATH) {
            return format!("the command takes no more sound: {error}");
        }
        let how = match self.child.wait() {
            Ok(status) => words(status),
            Err(error) => error.to_string(),
        };
        over(&self.silent, LAST_BREATH);
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match said.as_str() {
            "" => format!("the command ended ({how})"),
            said => format!("the command ended ({how}): {said}"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !over(&self.ended, GRACE) {
            // Some players wait for keys at the end of their input. Its children are told as well.
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::TERM);
        }
        // However long: this thread has nothing else to do, and nothing is left of the process then.
        let _ = self.child.wait();
    }
}

/// Runs `work` on a thread; what comes back is disconnected at its end.
fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<Receiver<()>> {
    let (running, over) = channel::<()>();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            work();
            drop(running);
        })?;
    Ok(over)
}

fn over(end: &Receiver<()>, within: Duration) -> bool {
    end.recv_timeout(within) == Err(RecvTimeoutError::Disconnected)
}

fn words(status: ExitStatus) -> String {
    match status.code() {
        Some(127) => "127: not found".to_owned(),
        Some(code) => code.to_string(),
        None => status.to_string(),
    }
}

/// Keeps the last line of what comes, as far as it may be shown.
fn listen(stderr: impl Read, said: &Mutex<String>) {
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = (&mut stderr).take(64 * 1024);
        match { limit }.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text: String = text
            .chars()
            .filter(|c| !c.is_control())
            .take(LINE)
            .collect();
        if !text.trim().is_empty() {
            *said.lock().unwrap_or_else(PoisonError::into_inner) = text.trim().to_owned();
        }
    }
}
