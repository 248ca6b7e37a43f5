//! The system calls behind the terminal, each in a safe wrapper. All `unsafe` of the runtime stands here.

#![allow(unsafe_code, reason = "each call into the system says why it is sound")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::app::Size;

/// A terminal's line settings, exactly as the system gave them.
pub type Termios = libc::termios;

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// The line settings of a terminal.
pub fn settings(fd: BorrowedFd<'_>) -> io::Result<Termios> {
    // SAFETY: termios is plain integers, for which all zeroes is a value; the descriptor is open for the call.
    unsafe {
        let mut termios: Termios = std::mem::zeroed();
        check(libc::tcgetattr(fd.as_raw_fd(), &raw mut termios))?;
        Ok(termios)
    }
}

/// Puts line settings in force at once: what was typed ahead stays typed.
pub fn set_settings(fd: BorrowedFd<'_>, termios: &Termios) -> io::Result<()> {
    loop {
        // SAFETY: the descriptor is open for the call and `termios` came from tcgetattr.
        match check(unsafe { libc::tcsetattr(fd.as_raw_fd(), libc::TCSANOW, termios) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map(drop),
        }
    }
}

/// The same settings in raw mode: every byte comes as it was typed, none is echoed, none makes a signal.
pub fn raw(settings: &Termios) -> Termios {
    let mut raw = *settings;
    // SAFETY: `raw` is a whole termios that belongs to us.
    unsafe { libc::cfmakeraw(&raw mut raw) };
    raw
}

/// The same settings, but nothing that is typed is shown. Lines are still edited, and Ctrl-c still makes its signal.
pub fn without_echo(settings: &Termios) -> Termios {
    let mut unseen = *settings;
    unseen.c_lflag &= !(libc::ECHO | libc::ECHOE | libc::ECHOK | libc::ECHONL);
    unseen
}

/// The same settings, but every key comes at once and none is echoed. Ctrl-c and its like still make signals.
pub fn unechoed(settings: &Termios) -> Termios {
    let mut unechoed = *settings;
    unechoed.c_lflag &= !(libc::ICANON | libc::ECHO);
    unechoed.c_iflag &= !libc::ICRNL;
    for (place, value) in [(libc::VMIN, 1), (libc::VTIME, 0)] {
        if let Some(character) = unechoed.c_cc.get_mut(place) {
            *character = value;
        }
    }
    unechoed
}

/// Does this terminal listen to the process group that runs here?
pub fn is_foreground(fd: BorrowedFd<'_>) -> bool {
    // SAFETY: both calls take and give integers only.
    unsafe { libc::tcgetpgrp(fd.as_raw_fd()) == libc::getpgrp() }
}

/// The size of a terminal in cells. `None` when the terminal does not know it (0 by 0).
pub fn size(fd: BorrowedFd<'_>) -> Option<Size> {
    // SAFETY: winsize is plain integers, and TIOCGWINSZ writes one through the pointer it is given.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        check(libc::ioctl(fd.as_raw_fd(), libc::TIOCGWINSZ, &raw mut size)).ok()?;
        size
    };
    (size.ws_col > 0 && size.ws_row > 0).then_some(Size {
        width: size.ws_col,
        height: size.ws_row,
    })
}

/// What a descriptor is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    Read,
    Write,
    /// Only that its other end is gone.
    End,
}

/// Waits until one of the descriptors is ready, hung up or broken, or the time is over (`None`: no limit).
/// Gives back, in their order, which are.
pub fn poll<const N: usize>(
    fds: [(BorrowedFd<'_>, Want); N],
    timeout: Option<Duration>,
) -> io::Result<[bool; N]> {
    let mut polled = fds.map(|(fd, want)| libc::pollfd {
        fd: fd.as_raw_fd(),
        events: match want {
            Want::Read => libc::POLLIN,
            Want::Write => libc::POLLOUT,
            Want::End => 0,
        },
        revents: 0,
    });
    // Rounded up: a wait that ends early would only have to be made again.
    let timeout = timeout.map_or(-1, |left| {
        i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX)
    });
    // SAFETY: the array holds exactly N entries and outlives the call.
    let ready = check(unsafe { libc::poll(polled.as_mut_ptr(), N as libc::nfds_t, timeout) });
    match ready {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; N]),
        Err(error) => Err(error),
        Ok(_) => Ok(polled.map(|entry| entry.revents != 0)),
    }
}

/// Reads what is there, up to the buffer's length; 0 is the end.
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the pointer and the length describe the buffer, which is ours for the call.
    let read = unsafe {
        libc::read(
            fd.as_raw_fd(),
            buffer.as_mut_ptr().cast::<libc::c_void>(),
            buffer.len(),
        )
    };
    usize::try_from(read).map_err(|_| io::Error::last_os_error())
}

/// Writes as much as is taken.
pub fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the pointer and the length describe `bytes`, which is only read.
    let written = unsafe {
        libc::write(
            fd.as_raw_fd(),
            bytes.as_ptr().cast::<libc::c_void>(),
            bytes.len(),
        )
    };
    usize::try_from(written).map_err(|_| io::Error::last_os_error())
}

/// Makes standard error (descriptor 2) another name of `target`.
pub fn replace_stderr(target: BorrowedFd<'_>) -> io::Result<()> {
    loop {
        // SAFETY: dup2 only changes which open file descriptor 2 names; Rust's stderr writes to the number 2.
        match check(unsafe { libc::dup2(target.as_raw_fd(), libc::STDERR_FILENO) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map(drop),
        }
    }
}

/// The descriptor's standard number, borrowed for the life of the program.
///
/// `std::io::stdin().as_fd()` would do, but takes no part in a panic hook's promise to lock nothing.
pub fn standard(number: Standard) -> BorrowedFd<'static> {
    let number = match number {
        Standard::Input => libc::STDIN_FILENO,
        Standard::Output => libc::STDOUT_FILENO,
        Standard::Error => libc::STDERR_FILENO,
    };
    // SAFETY: Rust's start-up opens 0, 1 and 2 (on /dev/null if need be), and nothing in this program closes them.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// The three descriptors every program starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    Input,
    Output,
    Error,
}

/// Stops this process group as Ctrl-z would, and returns when it goes on again. Whatever handler SIGTSTP has is set
/// aside for that. In a group that no shell watches the system ignores the stop, and this returns at once.
pub fn stop_group() -> io::Result<()> {
    // SAFETY: both sigaction values are whole (zeroed, then filled in); SIG_DFL is a valid disposition; kill has
    // no memory effects. The old disposition is put back before anything else runs on this thread.
    unsafe {
        let mut default: libc::sigaction = std::mem::zeroed();
        default.sa_sigaction = libc::SIG_DFL;
        let mut before: libc::sigaction = std::mem::zeroed();
        check(libc::sigaction(
            libc::SIGTSTP,
            &raw const default,
            &raw mut before,
        ))?;
        let stopped = check(libc::kill(0, libc::SIGTSTP));
        check(libc::sigaction(
            libc::SIGTSTP,
            &raw const before,
            std::ptr::null_mut(),
        ))?;
        stopped.map(drop)
    }
}

/// No core files from now on: they would hold the account's token.
///
/// # Errors
/// The system refuses the limit.
pub fn forbid_core_dumps() -> io::Result<()> {
    // Where dumps go to a program the limit does not hold (core(5)): this leaves nothing of the memory in them. The process
    // stays dumpable, since PipeWire takes one whose /proc/PID/root it cannot open for one in a sandbox.
    #[cfg(target_os = "linux")]
    {
        // Without a /proc, or with a kernel that dumps nothing, there is nothing to be done about it.
        let _ = std::fs::write("/proc/self/coredump_filter", "0");
    }
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: setrlimit only reads the value it is given.
    check(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) }).map(drop)
}

/// Has the allocator give back what was freed, where it would keep it. To be called before there are threads.
///
/// glibc makes up to eight pools a core, for threads that allocate at the same time, and after the first large buffers it takes the next
/// ones from them too. A session of hours with many threads, none of them busy, then holds several times what it uses (27 MB for 4,
/// as `malloc_stats` told in a soak). Elsewhere nothing is done.
pub fn give_back_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Bytes from which a buffer is the system's own, which takes it back at once. What it is at first, but then it stays.
        const LARGE: libc::c_int = 128 << 10;
        // SAFETY: mallopt takes two numbers; no other thread allocates yet.
        unsafe {
            // Refused settings leave all as it was.
            libc::mallopt(libc::M_ARENA_MAX, 2);
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        }
    }
}

/// Gives back now what was freed in places, between things that live longer. Takes up to some milliseconds, in which no other thread
/// gets memory from the pool that is looked through. Elsewhere than with glibc nothing is done.
pub fn give_back_freed() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim takes a number and locks what it looks through.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// A pipe: what is written to the second comes out of the first. Closed in children.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    Ok((reader.into(), writer.into()))
}

/// Lets tokio tell when a descriptor takes bytes again. Must be called inside a tokio runtime.
pub fn register(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd gives the same open descriptor for as long as it lives, which is as long as the AsyncFd does.
    unsafe { AsyncFd::register_with_interest(fd, Interest::WRITABLE) }.map_err(io::Error::from)
}

/// Sets or clears `O_NONBLOCK` on an open file.
pub fn set_nonblocking(fd: BorrowedFd<'_>, nonblocking: bool) -> io::Result<()> {
    // SAFETY: fcntl with F_GETFL and F_SETFL takes and gives integers only.
    unsafe {
        let flags = check(libc::fcntl(fd.as_raw_fd(), libc::F_GETFL))?;
        let flags = if nonblocking {
            flags | libc::O_NONBLOCK
        } else {
            flags & !libc::O_NONBLOCK
        };
        check(libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_os = "linux")]
    fn neither_a_file_nor_a_program_gets_a_core_with_memory_in_it() {
        super::forbid_core_dumps().unwrap();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"));
        let words: Vec<_> = core.unwrap().split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"]);
        let filter = std::fs::read_to_string("/proc/self/coredump_filter").unwrap();
        assert_eq!(filter.trim(), "00000000");
    }
}
