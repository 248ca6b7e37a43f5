//! The terminal's state: taken on enter, given back on leave exactly as it was found.
//!
//! What must be undone is kept in one static place, so that the panic hook, which knows no one's variables, can give the
//! terminal back as well as the loop can. [`leave`] works from any thread, any number of times.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::app::Size;

use super::sys::{self, Standard, Termios, Want};

/// Alternate screen, pastes in brackets; the cursor is hidden until a drawing places it.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?25l";
/// Presses, drags with a button held and the wheel, in the form that has no column limit. Not every motion (1003): it
/// would wake the program for nothing.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";
/// Undoes [`ENTER`] from the inside out. First it ends whatever a torn frame left open: a string, a synchronized update, a colour.
const LEAVE: &str = "\x1b\\\x1b[?2026l\x1b[0m";
const LEAVE_SCREEN: &str = "\x1b[?2004l\x1b[?25h\x1b[?1049l";
/// Switching the mouse off is harmless where it never was on.
const LEAVE_ALL: [&str; 3] = [LEAVE, MOUSE_OFF, LEAVE_SCREEN];
/// One line among others: no screen of our own, only the cursor goes.
const ENTER_LINE: &str = "\x1b[?25l";
/// The line stays as it was drawn last, and whatever comes next begins below it.
const LEAVE_ONE_LINE: [&str; 3] = ["\x1b[0m", "\x1b[?25h", "\r\n"];

/// A terminal that does not take bytes for this long is given up when leaving.
const PATIENCE: Duration = Duration::from_millis(500);

/// Why the screen cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Output is a file or a pipe.
    #[error(
        "standard output is not a terminal: run callreel in a terminal, without redirecting its output"
    )]
    NotATerminal,
    /// Neither standard input nor `/dev/tty` can be read.
    #[error(
        "no terminal to read keys from ({0}): run callreel in a terminal, without redirecting its input"
    )]
    NoKeyboard(io::Error),
    /// The terminal refused what every terminal takes.
    #[error("the terminal could not be set up: {0}")]
    Setup(#[from] io::Error),
}

/// The two ends of the terminal: where keys come from, where the screen goes.
#[derive(Debug)]
pub struct Tty {
    input: OwnedFd,
    output: OwnedFd,
}

impl Tty {
    /// Finds the terminal: standard output, and standard input or else `/dev/tty`.
    pub fn open() -> Result<Self, Error> {
        if !io::stdout().is_terminal() {
            return Err(Error::NotATerminal);
        }
        let input = if io::stdin().is_terminal() {
            sys::standard(Standard::Input).try_clone_to_owned()
        } else {
            File::open("/dev/tty").map(OwnedFd::from)
        }
        .map_err(Error::NoKeyboard)?;
        let output = open_output(Standard::Output)?;
        Ok(Self { input, output })
    }

    /// The terminal for one line of words: standard error, and standard input or else `/dev/tty`. `None` where there is none, or
    /// where it belongs to another program, since whoever takes it from the background is stopped.
    pub fn for_line() -> Option<Self> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let input = if io::stdin().is_terminal() {
            sys::standard(Standard::Input).try_clone_to_owned()
        } else {
            File::open("/dev/tty").map(OwnedFd::from)
        }
        .ok()?;
        if !sys::is_foreground(input.as_fd()) {
            return None;
        }
        let output = open_output(Standard::Error).ok()?;
        Some(Self { input, output })
    }

    /// A terminal that is none, for tests.
    #[cfg(test)]
    pub fn over(input: OwnedFd, output: OwnedFd) -> Self {
        Self { input, output }
    }

    pub fn input(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }

    pub fn output(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }

    /// The size now; 80 by 24 when the terminal does not know.
    pub fn size(&self) -> Size {
        sys::size(self.output()).unwrap_or(Size {
            width: 80,
            height: 24,
        })
    }
}

/// The terminal behind one of the standard descriptors, opened once more: an open file of our own may be non-blocking without
/// changing what the shell shares with us. Where that is refused (another user's terminal), the shared one must do, blocking.
fn open_output(standard: Standard) -> io::Result<OwnedFd> {
    use std::os::unix::fs::OpenOptionsExt;
    let standard = sys::standard(standard);
    let own = std::fs::OpenOptions::new()
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(format!("/proc/self/fd/{}", standard.as_raw_fd()));
    match own {
        Ok(file) => Ok(file.into()),
        Err(_) => standard.try_clone_to_owned(),
    }
}

/// What was changed and must be put back.
struct Taken {
    input: OwnedFd,
    output: OwnedFd,
    found: Termios,
    farewell: &'static [&'static str],
}

static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);

fn taken() -> MutexGuard<'static, Option<Taken>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal: raw mode, alternate screen, paste brackets, and the mouse when asked. Safe to call again while it is
/// taken (after a stop that nobody announced): the modes are asserted anew, and what was found first is what comes back.
pub fn enter(tty: &Tty, mouse: bool) -> io::Result<()> {
    take(tty, sys::raw, &LEAVE_ALL)?;
    write_all(tty.output(), ENTER.as_bytes())?;
    if mouse {
        write_all(tty.output(), MOUSE_ON.as_bytes())?;
    }
    Ok(())
}

/// Takes the terminal for one line: keys come as they are typed, unechoed, and Ctrl-c still interrupts. Safe to call again, as
/// [`enter`] is.
pub fn enter_line(tty: &Tty) -> io::Result<()> {
    take(tty, sys::unechoed, &LEAVE_ONE_LINE)?;
    write_all(tty.output(), ENTER_LINE.as_bytes())
}

/// Takes the terminal for a question to it: its answer comes unechoed, and nothing is drawn. Safe to call again, as [`enter`] is.
pub fn enter_question(tty: &Tty) -> io::Result<()> {
    take(tty, sys::unechoed, &[])
}

/// Sets the line settings, and keeps how they were found and how to leave.
fn take(
    tty: &Tty,
    changed: impl Fn(&Termios) -> Termios,
    farewell: &'static [&'static str],
) -> io::Result<()> {
    let mut taken = taken();
    let found = match &*taken {
        Some(before) => before.found,
        None => sys::settings(tty.input())?,
    };
    *taken = Some(Taken {
        input: tty.input().try_clone_to_owned()?,
        output: tty.output().try_clone_to_owned()?,
        found,
        farewell,
    });
    sys::set_settings(tty.input(), &changed(&found))
}

/// Gives the terminal back as it was found. Does nothing when it is not taken. Errors are not told: the terminal
/// may be gone, and then there is nothing to give back.
pub fn leave() {
    let mut taken = taken();
    let Some(before) = taken.take() else { return };
    for part in before.farewell {
        if write_all(before.output.as_fd(), part.as_bytes()).is_err() {
            break;
        }
    }
    let _ = sys::set_settings(before.input.as_fd(), &before.found);
}

/// Keeps the terminal from being given back while `work`, which must not wait, writes to it: half a frame behind the
/// farewell would stand on the user's own screen.
pub fn hold<T>(work: impl FnOnce() -> T) -> T {
    let _held = taken();
    work()
}

/// Writes all of it, waiting for a slow terminal, but not for a dead one.
pub(super) fn write_all(fd: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    while !bytes.is_empty() {
        match sys::write(fd, bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                sys::poll([(fd, Want::Write)], Some(left))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
