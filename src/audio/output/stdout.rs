//! Standard output.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::feed::Fed;
use super::pipe::{Mouth, pipe};
use crate::audio::sink::Format;

/// Sound goes to the program's standard output.
pub(super) fn output(format: Format) -> Fed {
    pipe("the reader of standard output", format, || {
        let fd = std::io::stdout().as_fd().try_clone_to_owned();
        let fd = fd.map_err(|error| format!("standard output cannot be used: {error}"))?;
        Ok(Stdout(fd))
    })
}

struct Stdout(OwnedFd);

impl Mouth for Stdout {
    fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn epitaph(&mut self, error: std::io::Error) -> String {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => {
                "whoever read standard output has gone away".to_owned()
            }
            _ => format!("standard output takes no more sound: {error}"),
        }
    }
}
