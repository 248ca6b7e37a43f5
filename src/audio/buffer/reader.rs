//! The buffer as `Read` and `Seek`, for decoders that want a file.

use std::io::{self, Read, Seek, SeekFrom};

use super::{Buffer, Cancel};

/// Reads a [`Buffer`] from a place of its own. A seek only notes where to read next, so that a decoder which looks around
/// starts no requests. A failed fetch shows as `ConnectionAborted` (see [`Buffer::read_at`]).
pub struct Reader {
    buffer: Buffer,
    cancel: Cancel,
    at: u64,
    leads: bool,
}

impl Reader {
    pub(super) fn new(buffer: Buffer, cancel: Cancel, leads: bool) -> Self {
        Self {
            buffer,
            cancel,
            at: 0,
            leads,
        }
    }

    /// The byte that is read next.
    pub fn position(&self) -> u64 {
        self.at
    }
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.leads && !out.is_empty() {
            self.buffer.want(self.at);
        }
        let read = self.buffer.read_at(self.at, out, &self.cancel)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => {
                let len = self.buffer.len().ok_or_else(|| {
                    io::Error::new(
                        io::ErrorKind::Unsupported,
                        "the end of the file is not known",
                    )
                })?;
                len.checked_add_signed(by)
            }
        };
        self.at = place.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "a place before the start")
        })?;
        Ok(self.at)
    }
}
