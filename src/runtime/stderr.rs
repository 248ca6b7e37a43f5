//! Keeps standard error off the screen: while the screen is up descriptor 2 leads into a pipe, and what comes out of the
//! pipe goes to the [`Log`].
//!
//! Sound libraries write there by the dozen lines, past every Rust interface, so the descriptor itself is turned.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::log::{LONGEST, Log};
use super::sys::{self, Standard};

/// Where descriptor 2 led before; in a static, because the panic hook turns it back too.
static BEFORE: Mutex<Option<OwnedFd>> = Mutex::new(None);

fn before() -> MutexGuard<'static, Option<OwnedFd>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Turns standard error into the log. Does nothing when it is turned already.
pub fn capture(log: &Log) -> io::Result<()> {
    let mut before = before();
    if before.is_some() {
        return Ok(());
    }
    let stderr = sys::standard(Standard::Error).try_clone_to_owned()?;
    let (reader, writer) = sys::pipe()?;
    let log = log.clone();
    std::thread::Builder::new()
        .name("stderr".into())
        .spawn(move || read(&reader, &log))?;
    sys::replace_stderr(writer.as_fd())?;
    *before = Some(stderr);
    // Descriptor 2 is now the pipe's only writing end: turned back, the thread reads the end and is gone.
    Ok(())
}

/// Turns standard error back. Does nothing when it is not turned.
pub fn restore() {
    if let Some(stderr) = before().take() {
        let _ = sys::replace_stderr(stderr.as_fd());
    }
}

fn read(pipe: &OwnedFd, log: &Log) {
    let mut line = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match sys::read(pipe.as_fd(), &mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                for &byte in buffer.iter().take(length) {
                    if byte == b'\n' {
                        tell(log, &mut line);
                    } else if line.len() <= LONGEST {
                        line.push(byte);
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    if !line.is_empty() {
        tell(log, &mut line);
    }
}

fn tell(log: &Log, line: &mut Vec<u8>) {
    log.line(String::from_utf8_lossy(line).trim_end());
    line.clear();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lines_are_cut_at_newlines_and_bounded() {
        let (reader, writer) = sys::pipe().unwrap();
        let log = Log::default();
        let thread = std::thread::spawn({
            let log = log.clone();
            move || read(&reader, &log)
        });
        let mut text = b"ALSA lib pcm.c: Unknown\r\nhalf \xff".to_vec();
        text.extend([b'x'; 5000]);
        let mut rest = text.as_slice();
        while !rest.is_empty() {
            let written = sys::write(writer.as_fd(), rest).unwrap();
            rest = &rest[written..];
        }
        drop(writer);
        thread.join().unwrap();
        let lines = log.lines();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].ends_with(" ALSA lib pcm.c: Unknown"), "{lines:?}");
        assert!(lines[1].contains(" half \u{fffd}xxx"));
        assert!(lines[1].len() < LONGEST + 100);
    }
}
