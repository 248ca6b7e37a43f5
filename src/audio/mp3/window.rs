//! A look into the buffer that does not take its lock for every header.

use super::super::buffer::Buffer;
use super::header::Header;

/// What is copied at a time.
const SPAN: usize = 64 << 10;
/// How far behind a place the scanner looks: two of the longest frames and a header.
const PEEK: u64 = 4096;

#[derive(Debug, Default)]
pub(super) struct Window {
    base: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// Makes what is loaded from `at` on visible: at least [`PEEK`] bytes, or as far as `loaded_to`.
    pub(super) fn move_to(&mut self, buffer: &Buffer, at: u64, loaded_to: u64) {
        let end = self.base + self.bytes.len() as u64;
        let holds = self.base <= at && at < end;
        if holds && (end >= loaded_to || at + PEEK <= end) {
            return;
        }
        self.bytes.resize(SPAN, 0);
        let read = buffer.try_read_at(at, &mut self.bytes);
        self.bytes.truncate(read);
        self.base = at;
    }

    pub(super) fn slice(&self, at: u64, len: usize) -> Option<&[u8]> {
        let start = usize::try_from(at.checked_sub(self.base)?).ok()?;
        self.bytes.get(start..start.checked_add(len)?)
    }

    /// The four bytes at `at`, when they are visible.
    pub(super) fn four(&self, at: u64) -> Option<[u8; 4]> {
        self.slice(at, 4)?.first_chunk().copied()
    }

    pub(super) fn header(&self, at: u64) -> Option<Header> {
        Header::parse(self.four(at)?)
    }

    /// The next 0xFF at or after `at`; where the visible bytes end when there is none.
    pub(super) fn next_sync(&self, at: u64) -> u64 {
        let Some(start) = at
            .checked_sub(self.base)
            .and_then(|start| usize::try_from(start).ok())
        else {
            return at;
        };
        let rest = self.bytes.get(start..).unwrap_or_default();
        let found = rest.iter().position(|&byte| byte == 0xFF);
        at + found.unwrap_or(rest.len()) as u64
    }
}
