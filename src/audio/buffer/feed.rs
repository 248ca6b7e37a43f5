//! The writing side of a buffer.

use std::sync::Arc;

use super::{End, LARGEST, Shared};
use crate::audio::event::Error;

/// The side of a [`Buffer`](super::Buffer) that brings the bytes. It does not keep the buffer alive.
pub struct Feed {
    shared: Arc<Shared>,
}

impl Feed {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Keeps `bytes` as those from `at` on. Bytes that are there already are replaced.
    ///
    /// # Errors
    /// When they end beyond the known length or [`LARGEST`], or the disk does not take them. Nothing is kept then.
    pub fn write(&self, at: u64, bytes: &[u8]) -> Result<(), Error> {
        let mut state = self.shared.lock();
        let end = at.saturating_add(bytes.len() as u64);
        if end > LARGEST {
            return Err(too_large(end));
        }
        if state.len.is_some_and(|len| end > len) {
            return Err(Error::Protocol(
                "it sent more bytes than the file has".to_owned(),
            ));
        }
        state
            .store
            .write(at, bytes)
            .map_err(|error| Error::Storage(error.to_string()))?;
        state.have.insert(at..end);
        state.settle();
        drop(state);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// The whole file has `len` bytes. The first word counts.
    pub fn set_len(&self, len: u64) {
        let mut state = self.shared.lock();
        state.len.get_or_insert(len);
        state.settle();
        drop(state);
        self.shared.changed.notify_all();
    }

    /// The missing bytes will not come.
    pub fn fail(&self, error: Error) {
        self.shared.finish(End::Failed(error));
    }

    /// Nobody waits for more: the buffer is complete, failed, cancelled or gone.
    pub fn is_over(&self) -> bool {
        self.shared.lock().end.is_some()
    }

    /// Every byte is here.
    pub fn is_complete(&self) -> bool {
        matches!(self.shared.lock().end, Some(End::Complete))
    }

    pub fn len(&self) -> Option<u64> {
        self.shared.lock().len
    }

    /// No byte has come.
    pub fn is_empty(&self) -> bool {
        self.loaded() == 0
    }

    /// Bytes that are here.
    pub fn loaded(&self) -> u64 {
        self.shared.lock().have.total()
    }

    /// The byte the play head needs next.
    pub fn head(&self) -> u64 {
        self.shared.lock().head
    }

    /// Nothing from this byte on is wanted yet.
    pub fn most(&self) -> Option<u64> {
        self.shared.lock().most
    }

    /// All that is wanted for now is here: what lies between the play head and the byte from which nothing is wanted yet.
    pub fn is_held(&self) -> bool {
        let state = self.shared.lock();
        let reached = state
            .head
            .saturating_add(state.have.contiguous_from(state.head));
        state.most.is_some_and(|most| reached >= most)
    }

    /// How many bytes are here from `at` on without a gap.
    pub fn contiguous_from(&self, at: u64) -> u64 {
        self.shared.lock().have.contiguous_from(at)
    }

    /// The first missing part at or after `at`; it ends at the next loaded byte, where nothing more is
    /// wanted yet, at the end of the file, or nowhere known.
    pub fn gap_from(&self, at: u64) -> Option<Gap> {
        let state = self.shared.lock();
        let start = at.saturating_add(state.have.contiguous_from(at));
        if state.len.is_some_and(|len| start >= len) {
            return None;
        }
        let loaded_at = state.have.next_start(start);
        let most = state.most.filter(|most| *most > start);
        Some(Gap {
            start,
            loaded_at: most.map_or(loaded_at, |most| {
                Some(loaded_at.map_or(most, |at| at.min(most)))
            }),
        })
    }

    /// Whether `bytes` are the same as those that are here from `at` on, as far as both reach.
    pub fn agrees(&self, at: u64, bytes: &[u8]) -> bool {
        let mut state = self.shared.lock();
        let there = state.have.contiguous_from(at).min(bytes.len() as u64);
        let mut own = vec![0; there as usize];
        let read = state.read(at, &mut own).unwrap_or(0);
        own.get(..read) == bytes.get(..read)
    }

    /// Waits until the play head stands where bytes are missing or run short, or the buffer is over. May wake for nothing.
    pub async fn head_moved(&self) {
        self.shared.moved.notified().await;
    }
}

/// A part of the file that is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub start: u64,
    /// Where it ends: the first byte after it that is loaded or not wanted yet, when there is one.
    pub loaded_at: Option<u64>,
}

/// The error of a file that claims `bytes` bytes.
pub(in crate::audio) fn too_large(bytes: u64) -> Error {
    Error::Protocol(format!(
        "the file has {} MiB or more, and at most {} MiB are read",
        bytes >> 20,
        LARGEST >> 20
    ))
}
