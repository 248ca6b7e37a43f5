//! Who waits at the gate, and when the first of them may go. No waiting is done here.
//!
//! Only the head of the queue looks at the clock; everyone else sleeps until woken, so that a long queue costs nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::{FIRST_PAUSE, LONGEST_GUESS, LONGEST_PAUSE, Priority, Rate};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Queue {
    rate: Rate,
    numbers: u64,
    waiting: BTreeMap<(Priority, u64), Arc<Notify>>,
    under_way: usize,
    /// When the latest requests started, oldest first; never more than `per_second`.
    starts: VecDeque<Instant>,
    paused_until: Option<Instant>,
    /// When the latest pause began, and how many came in a row.
    paused_at: Option<Instant>,
    pauses: u32,
}

/// One who waits.
#[derive(Debug)]
pub(super) struct Place {
    key: (Priority, u64),
    bell: Arc<Notify>,
}

impl Place {
    /// Ends when the queue has changed for this place.
    pub(super) async fn woken(&self) {
        self.bell.notified().await;
    }
}

/// What one who waits does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Go { started: Instant },
    At(Instant),
    WhenWoken,
}

impl Queue {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            numbers: 0,
            waiting: BTreeMap::new(),
            under_way: 0,
            starts: VecDeque::new(),
            paused_until: None,
            paused_at: None,
            pauses: 0,
        }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn join(&mut self, priority: Priority, number: u64) -> Place {
        let place = Place {
            key: (priority, number),
            bell: Arc::new(Notify::new()),
        };
        self.waiting.insert(place.key, Arc::clone(&place.bell));
        place
    }

    pub(super) fn leave(&mut self, place: &Place) {
        self.waiting.remove(&place.key);
    }

    pub(super) fn wake_head(&self) {
        if let Some((_, bell)) = self.waiting.first_key_value() {
            bell.notify_one();
        }
    }

    /// Lets `place` go if it is first and nothing holds it back; else says what it has to wait for.
    pub(super) fn next(&mut self, place: &Place, now: Instant) -> Next {
        let first = self.waiting.first_key_value().map(|(key, _)| *key);
        if first != Some(place.key) || self.under_way >= self.rate.in_flight.get() {
            return Next::WhenWoken;
        }
        if let Some(until) = self.paused_until.filter(|until| *until > now) {
            return Next::At(until);
        }
        let most = usize::try_from(self.rate.per_second.get()).unwrap_or(usize::MAX);
        while self
            .starts
            .front()
            .is_some_and(|start| now.saturating_duration_since(*start) >= SECOND)
        {
            self.starts.pop_front();
        }
        if let Some(oldest) = self.starts.front().filter(|_| self.starts.len() >= most) {
            return Next::At(*oldest + SECOND);
        }
        self.starts.push_back(now);
        self.under_way += 1;
        Next::Go { started: now }
    }

    pub(super) fn done(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Stops everyone, after a request that started at `started` was refused; gives until when.
    pub(super) fn pause(
        &mut self,
        started: Instant,
        now: Instant,
        named: Option<Duration>,
    ) -> Instant {
        // Requests that were under way when a pause began are refused for the same reason: they do not make it worse.
        if self.paused_at.is_none_or(|at| at < started) {
            self.pauses = self.pauses.saturating_add(1);
            self.paused_at = Some(now);
        } else if let (None, Some(until)) = (named, self.paused_until.filter(|until| *until > now))
        {
            return until;
        }
        let wait = named.map_or_else(|| guess(self.pauses), |named| named.min(LONGEST_PAUSE));
        let until = self
            .paused_until
            .map_or(now + wait, |until| until.max(now + wait));
        self.paused_until = Some(until);
        until
    }

    pub(super) fn calm_down(&mut self, started: Instant) {
        if self.paused_at.is_some_and(|at| at < started) {
            self.pauses = 0;
        }
    }
}

/// A pause of our own choice: doubled each time, and moved by chance so that programs that were stopped together do not
/// come back together. Between half of it and all of it.
fn guess(pauses: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(pauses.saturating_sub(1)));
    doubled
        .min(LONGEST_GUESS)
        .mul_f64(0.5 + 0.5 * fastrand::f64())
}
