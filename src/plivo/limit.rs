//! The program's one gate to the API: how many requests a second, how many at a time, and who goes first.
//!
//! The account's own limit (300 requests in 5 s) is shared with its production traffic, so callreel stays far below it. A
//! request that the server refuses with 429 stops everyone until the time that it named.

mod queue;

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use queue::{Next, Place, Queue};

/// What a request is for; the first named goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// Rows that are on the screen and not there yet.
    Visible,
    /// One recording that was opened.
    Detail,
    /// Totals of windows.
    Count,
    /// Pages that may be wanted soon.
    Prefetch,
}

/// How much is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Most requests that start within any one second.
    pub per_second: NonZeroU32,
    /// Most requests that are under way at a time.
    pub in_flight: NonZeroUsize,
}

impl Default for Rate {
    /// 20 a second, a third of what the account has; 8 at a time.
    fn default() -> Self {
        Self {
            per_second: NonZeroU32::MIN.saturating_add(19),
            in_flight: NonZeroUsize::MIN.saturating_add(7),
        }
    }
}

/// A stop that the server asked for. One whose `until` has passed is over, even while it is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When requests go on.
    pub until: std::time::Instant,
    /// True when the server named the time, false when it was left to us.
    pub named: bool,
}

/// The longest pause that is obeyed: a server that names a longer one is asked again after this.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The first pause of those that the server names no time for; each further one doubles, up to a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_GUESS: Duration = Duration::from_secs(60);

/// The gate. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Limiter {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    pause: watch::Sender<Option<Pause>>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing that holds the lock can leave the queue half changed.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request's place in the order of arrival, kept over its retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    priority: Priority,
    number: u64,
}

/// The right to have one request under way; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    shared: Arc<Shared>,
    started: Instant,
}

impl Limiter {
    pub fn new(rate: Rate) -> Self {
        let shared = Shared {
            queue: Mutex::new(Queue::new(rate)),
            pause: watch::Sender::new(None),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Takes a number: of two requests of the same priority, the one that took it first goes first.
    pub fn turn(&self, priority: Priority) -> Turn {
        Turn {
            priority,
            number: self.shared.queue().number(),
        }
    }

    /// Waits until this turn may start a request. Dropping the future leaves the queue.
    pub async fn enter(&self, turn: Turn) -> Permit {
        let waiting = Waiting {
            shared: &self.shared,
            place: self.shared.queue().join(turn.priority, turn.number),
        };
        loop {
            let next = self.shared.queue().next(&waiting.place, Instant::now());
            match next {
                Next::Go { started } => {
                    self.forget_pause(started);
                    // Leaves the queue, by which the new head is woken.
                    drop(waiting);
                    return Permit {
                        shared: Arc::clone(&self.shared),
                        started,
                    };
                }
                // Nothing can happen that would let it go earlier.
                Next::At(instant) => tokio::time::sleep_until(instant).await,
                Next::WhenWoken => waiting.place.woken().await,
            }
        }
    }

    /// The server refused a request with 429: everyone waits. `retry_after` is the time that it named. Gives how long from now.
    pub fn refused(&self, permit: &Permit, retry_after: Option<Duration>) -> Duration {
        let now = Instant::now();
        let mut queue = self.shared.queue();
        let until = queue.pause(permit.started, now, retry_after);
        queue.wake_head();
        drop(queue);
        let pause = Pause {
            until: until.into_std(),
            named: retry_after.is_some(),
        };
        self.shared.pause.send_replace(Some(pause));
        until.saturating_duration_since(now)
    }

    /// The server took a request: the next pause that it names no time for starts small again.
    pub fn accepted(&self, permit: &Permit) {
        self.shared.queue().calm_down(permit.started);
    }

    /// The pause in effect, for a countdown.
    pub fn throttle(&self) -> watch::Receiver<Option<Pause>> {
        self.shared.pause.subscribe()
    }

    fn forget_pause(&self, now: Instant) {
        self.shared.pause.send_if_modified(|pause| {
            let over = pause.is_some_and(|pause| pause.until <= now.into_std());
            if over {
                *pause = None;
            }
            over
        });
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.done();
        queue.wake_head();
    }
}

/// A place in the queue, left when dropped.
struct Waiting<'a> {
    shared: &'a Shared,
    place: Place,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut queue = self.shared.queue();
        queue.leave(&self.place);
        queue.wake_head();
    }
}

#[cfg(test)]
mod tests;
