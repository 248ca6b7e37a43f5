//! One who listens at the socket.

use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;

use rustix::net::sockopt::set_socket_send_buffer_size;

use crate::audio::sink::Format;

/// Parts of a second that the system keeps for one who does not read: whoever goes on after a stop is no later than that.
const KEPT: usize = 5;

pub(super) struct Listener {
    stream: UnixStream,
    /// What was begun and not taken: sound goes out in whole periods, or its frames would be torn.
    rest: Vec<u8>,
}

impl Listener {
    /// Begins with the format's header.
    ///
    /// # Errors
    /// When the connection cannot be used.
    pub(super) fn new(stream: UnixStream, format: &Format) -> std::io::Result<Self> {
        stream.set_nonblocking(true)?;
        let second = format.rate as usize * format.frame_bytes();
        // Where it is refused, the system's own size is as good, only later after a stop.
        let _ = set_socket_send_buffer_size(&stream, second / KEPT);
        Ok(Self {
            stream,
            rest: format.header(),
        })
    }

    /// Gives it a period, unless it has not taken all of an earlier one yet: then it misses this one. False: it is gone.
    pub(super) fn hear(&mut self, period: &[u8]) -> bool {
        self.flush() && {
            if self.rest.is_empty() {
                self.rest.extend_from_slice(period);
            }
            self.flush()
        }
    }

    fn flush(&mut self) -> bool {
        while !self.rest.is_empty() {
            match self.stream.write(&self.rest) {
                Ok(0) => return false,
                Ok(written) => drop(self.rest.drain(..written)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::audio::sink::Encoding;

    #[test]
    fn one_who_does_not_read_misses_whole_periods_and_nothing_grows() {
        let format = Format {
            encoding: Encoding::S16le,
            ..Format::default()
        };
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut listener = Listener::new(ours, &format).unwrap();
        let period = |n: u8| vec![n; 3_840];
        for n in 0..200 {
            assert!(listener.hear(&period(n)));
            assert!(listener.rest.len() <= 3_840);
        }
        let mut read = vec![0; 3_840];
        let mut heard = Vec::new();
        theirs.set_nonblocking(true).unwrap();
        while listener.flush() && theirs.read_exact(&mut read).is_ok() {
            assert!(read.iter().all(|byte| *byte == read[0]), "it was torn");
            heard.push(read[0]);
        }
        let kept = heard.len();
        assert!((3..=60).contains(&kept), "{kept} periods of 20 ms");
        assert!(heard.windows(2).all(|pair| pair[0] < pair[1]));
        drop(theirs);
        assert!(!listener.hear(&period(0)), "it is gone");
    }
}
