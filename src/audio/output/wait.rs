//! Waiting for descriptors, and being woken from that.

use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What a descriptor is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Read,
    Write,
    /// Only to hear that its other end is gone.
    Nothing,
}

/// Waits until a descriptor is ready, hung up or broken, or until `until` (`None`: no limit). In their order, which are.
///
/// # Errors
/// What the system says; being interrupted is none.
pub(super) fn ready<const N: usize>(
    fds: [(BorrowedFd<'_>, Want); N],
    until: Option<Instant>,
) -> std::io::Result<[bool; N]> {
    let mut polled = fds.each_ref().map(|(fd, want)| {
        let flags = match want {
            Want::Read => PollFlags::IN,
            Want::Write => PollFlags::OUT,
            Want::Nothing => PollFlags::empty(),
        };
        PollFd::from_borrowed_fd(*fd, flags)
    });
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    let left = left.and_then(|left| Timespec::try_from(left).ok());
    match poll(&mut polled, left.as_ref()) {
        Ok(_) => Ok(polled.map(|fd| !fd.revents().is_empty())),
        Err(rustix::io::Errno::INTR) => Ok([false; N]),
        Err(error) => Err(error.into()),
    }
}

/// Wakes the thread that waits for the [`Alarm`].
#[derive(Debug)]
pub(super) struct Waker(UnixStream);

/// Becomes readable when it is rung.
#[derive(Debug)]
pub(super) struct Alarm(UnixStream);

/// The two ends.
///
/// # Errors
/// When the system has no descriptor left.
pub(super) fn alarm() -> std::io::Result<(Waker, Alarm)> {
    let (waker, alarm) = UnixStream::pair()?;
    waker.set_nonblocking(true)?;
    alarm.set_nonblocking(true)?;
    Ok((Waker(waker), Alarm(alarm)))
}

impl Waker {
    /// Never waits.
    pub(super) fn wake(&self) {
        // Where there is no room, it has been woken often enough.
        let _ = (&self.0).write(&[0]);
    }
}

impl Alarm {
    /// Quiet again. False: nobody is left who could ring.
    pub(super) fn quiet(&self) -> bool {
        let mut rung = [0; 64];
        loop {
            match (&self.0).read(&mut rung) {
                Ok(1..) => {}
                Ok(0) => return false,
                Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
            }
        }
    }
}

impl AsFd for Alarm {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_alarm_is_heard_however_often_it_was_rung() {
        let (waker, alarm) = alarm().unwrap();
        let soon = || Some(Instant::now() + Duration::from_millis(1));
        let rung = |until| ready([(alarm.as_fd(), Want::Read)], until).unwrap() == [true];
        assert!(!rung(soon()));
        for _ in 0..100_000 {
            waker.wake();
        }
        assert!(rung(None));
        alarm.quiet();
        assert!(!rung(soon()));
    }
}
