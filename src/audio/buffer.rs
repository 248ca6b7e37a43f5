//! The bytes of one recording as far as they are here: sparse, growing, read by several threads while they come in.
//!
//! [`Feed`] is the side that writes (the fetch task), [`Buffer`] the side that reads. A reader may ask for any byte at any
//! time: it gets what is there, or waits. What the play head needs next is told with [`Buffer::want`], which the fetch task
//! answers with a request at that byte.

mod feed;
mod ranges;
mod reader;
mod store;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use self::ranges::Ranges;
use self::store::Store;
use super::event::Error;

pub(in crate::audio) use self::feed::too_large;
pub use self::feed::{Feed, Gap};
pub use self::reader::Reader;

/// The most that is taken of one recording, in bytes. A file that claims more is refused before a byte is kept.
pub const LARGEST: u64 = 2 << 30;

/// With fewer loaded bytes than this after the play head, the fetch task is told that it moved.
pub(super) const HEADROOM: u64 = 256 << 10;

/// How the bytes ended, when they did.
#[derive(Debug, Clone)]
enum End {
    Complete,
    Failed(Error),
    Cancelled,
}

struct State {
    store: Store,
    have: Ranges,
    len: Option<u64>,
    end: Option<End>,
    /// Grows with every change that a waiter could care for.
    version: u64,
    /// The byte the play head needs next.
    head: u64,
    /// Nothing from this byte on is wanted yet.
    most: Option<u64>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Wakes the fetch task: the head moved to where bytes are missing, or nobody wants them any more.
    moved: Notify,
}

impl Shared {
    /// A panic while the lock was held leaves plain data that is still consistent enough to read or to end.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        state.version = state.version.wrapping_add(1);
        drop(state);
        self.changed.notify_all();
    }

    fn finish(&self, end: End) {
        self.update(|state| {
            if state.end.is_none() {
                state.end = Some(end);
            }
        });
        self.moved.notify_one();
    }
}

impl State {
    /// As many bytes at `at` as are there without a gap, at most `out.len()`.
    fn read(&mut self, at: u64, out: &mut [u8]) -> io::Result<usize> {
        let there = self.have.contiguous_from(at);
        let take = usize::try_from(there).unwrap_or(usize::MAX).min(out.len());
        match out.get_mut(..take) {
            Some(out) if take > 0 => self.store.read(at, out).map(|()| take),
            _ => Ok(0),
        }
    }

    fn settle(&mut self) {
        self.version = self.version.wrapping_add(1);
        if self.end.is_none()
            && self
                .len
                .is_some_and(|len| self.have.contiguous_from(0) >= len)
        {
            self.end = Some(End::Complete);
        }
    }

    /// The loaded part from the head on is shorter than [`HEADROOM`], and not because the file ends there.
    fn is_short_at(&self, at: u64) -> bool {
        let there = self.have.contiguous_from(at);
        there < HEADROOM && self.len != Some(at.saturating_add(there))
    }
}

/// Ends the fetch when the last [`Buffer`] handle is gone.
struct Owner(Arc<Shared>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.finish(End::Cancelled);
    }
}

/// A handle to the bytes of one recording; clones see the same bytes. When the last handle is dropped, fetching ends.
#[derive(Clone)]
pub struct Buffer {
    shared: Arc<Shared>,
    _owner: Arc<Owner>,
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.shared.lock();
        f.debug_struct("Buffer")
            .field("have", &state.have.to_vec())
            .field("len", &state.len)
            .field("end", &state.end)
            .finish_non_exhaustive()
    }
}

impl Buffer {
    /// An empty buffer and the side that fills it.
    pub fn open() -> (Self, Feed) {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                store: Store::default(),
                have: Ranges::default(),
                len: None,
                end: None,
                version: 0,
                head: 0,
                most: None,
            }),
            changed: Condvar::new(),
            moved: Notify::new(),
        });
        let buffer = Self {
            shared: Arc::clone(&shared),
            _owner: Arc::new(Owner(Arc::clone(&shared))),
        };
        (buffer, Feed::new(shared))
    }

    /// A buffer that holds all of `bytes` from the start.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let (buffer, feed) = Self::open();
        feed.set_len(bytes.len() as u64);
        if let Err(error) = feed.write(0, &bytes) {
            feed.fail(error);
        }
        buffer
    }

    /// Bytes in the whole file, once known.
    pub fn len(&self) -> Option<u64> {
        self.shared.lock().len
    }

    /// Known to hold no byte at all.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The parts that are here, in bytes, ascending and disjoint.
    pub fn have(&self) -> Vec<Range<u64>> {
        self.shared.lock().have.to_vec()
    }

    /// Every byte of the file is here.
    pub fn is_complete(&self) -> bool {
        matches!(self.shared.lock().end, Some(End::Complete))
    }

    /// How many bytes are here from `at` on without a gap.
    pub fn contiguous_from(&self, at: u64) -> u64 {
        self.shared.lock().have.contiguous_from(at)
    }

    /// Copies what is here at `at`, up to the first gap; never waits. 0 when nothing is.
    pub fn try_read_at(&self, at: u64, out: &mut [u8]) -> usize {
        self.shared.lock().read(at, out).unwrap_or(0)
    }

    /// Copies what is here at `at`, waiting until at least one byte is. `Ok(0)` means the true end of the file (or an empty
    /// `out`). Does not move the play head: see [`Buffer::want`].
    ///
    /// # Errors
    /// [`io::ErrorKind::ConnectionAborted`] with an [`Error`] inside once the fetch has failed and the bytes will not come;
    /// [`is_cancelled`] tells the error of a wait that was called off. Never `UnexpectedEof` or `Interrupted`, which
    /// decoders take for the end, or try again for ever.
    pub fn read_at(&self, at: u64, out: &mut [u8], cancel: &Cancel) -> io::Result<usize> {
        let mut state = self.shared.lock();
        loop {
            if cancel.is_set() {
                return Err(io::Error::other(Cancelled));
            }
            match state.read(at, out) {
                Ok(0) => {}
                Ok(read) => return Ok(read),
                Err(error) => return Err(aborted(Error::Storage(error.to_string()))),
            }
            if out.is_empty() || state.len.is_some_and(|len| at >= len) {
                return Ok(0);
            }
            match &state.end {
                None => {}
                Some(End::Complete) => return Ok(0),
                Some(End::Failed(error)) => return Err(aborted(error.clone())),
                Some(End::Cancelled) => return Err(io::Error::other(Cancelled)),
            }
            state = self
                .shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The play head needs the bytes from `at` on. When they are not here and not about to come, a request starts there at
    /// once. Cheap: meant to be told with every read of the playing decoder, and of no other thread.
    pub fn want(&self, at: u64) {
        let mut state = self.shared.lock();
        state.head = at;
        let short = state.end.is_none() && state.is_short_at(at);
        drop(state);
        if short {
            self.shared.moved.notify_one();
        }
    }

    /// The byte that was wanted last.
    #[cfg(test)]
    pub(super) fn head(&self) -> u64 {
        self.shared.lock().head
    }

    /// Only the first `most` bytes are wanted, until [`Buffer::release`].
    pub(super) fn hold(&self, most: u64) {
        self.shared.lock().most = Some(most);
    }

    /// All bytes are wanted.
    pub fn release(&self) {
        self.shared.lock().most = None;
        self.shared.moved.notify_one();
    }

    /// Why the bytes that are missing will not come.
    pub fn failed(&self) -> Option<Error> {
        match &self.shared.lock().end {
            Some(End::Failed(error)) => Some(error.clone()),
            _ => None,
        }
    }

    /// The number of the newest change, for [`Buffer::changed`].
    pub fn version(&self) -> u64 {
        self.shared.lock().version
    }

    /// Waits until something changed after `seen` (bytes came, the length became known, the fetch ended), until `cancel` is
    /// set or until `limit` has passed. Returns the newest version, which equals `seen` in the latter two cases.
    pub fn changed(&self, seen: u64, limit: Option<Duration>, cancel: &Cancel) -> u64 {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut state = self.shared.lock();
        while state.version == seen && !cancel.is_set() {
            let Some(until) = until else {
                state = self
                    .shared
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            (state, _) = self
                .shared
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.version
    }

    /// Ends the fetch and wakes every waiter with an error. What is here stays readable.
    pub fn cancel(&self) {
        self.shared.finish(End::Cancelled);
    }

    /// A switch that calls off the waits of one thread, without ending the fetch.
    pub fn canceller(&self) -> Cancel {
        Cancel {
            set: Arc::new(AtomicBool::new(false)),
            shared: Arc::downgrade(&self.shared),
        }
    }

    /// Reads from the start on, as the play head: where it waits, a request starts.
    pub fn reader(&self, cancel: Cancel) -> Reader {
        Reader::new(self.clone(), cancel, true)
    }

    /// Reads from the start on and waits for what comes, without asking for it: for analysis beside the play head.
    pub fn follower(&self, cancel: Cancel) -> Reader {
        Reader::new(self.clone(), cancel, false)
    }
}

/// Calls off waits on the buffer that made it; clones are the same switch.
#[derive(Clone)]
pub struct Cancel {
    set: Arc<AtomicBool>,
    shared: Weak<Shared>,
}

impl Cancel {
    /// A switch that nobody sets, for reading what is known to be there.
    pub fn never() -> Self {
        Self {
            set: Arc::new(AtomicBool::new(false)),
            shared: Weak::new(),
        }
    }

    /// Ends the waits that carry this switch, now and until [`Cancel::reset`].
    pub fn set(&self) {
        self.set.store(true, Ordering::SeqCst);
        if let Some(shared) = self.shared.upgrade() {
            // With the lock held no waiter stands between its look at the switch and its wait.
            drop(shared.lock());
            shared.changed.notify_all();
        }
    }

    /// Allows waits again.
    pub fn reset(&self) {
        self.set.store(false, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.set.load(Ordering::SeqCst)
    }
}

/// Inside the [`io::Error`] of a wait that was called off.
#[derive(Debug, thiserror::Error)]
#[error("the wait was called off")]
struct Cancelled;

/// Whether a read ended because its [`Cancel`] was set or [`Buffer::cancel`] was called.
pub fn is_cancelled(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Cancelled>)
}

/// The reason inside an error of [`Buffer::read_at`] or [`Reader`], when the fetch failed.
pub fn failure(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn aborted(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, error)
}
