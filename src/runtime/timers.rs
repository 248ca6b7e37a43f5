//! The core's timers: an instant each, no task each.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use crate::app::TimerId;

/// What is to be told, and when. Pure: the caller brings the time.
#[derive(Debug, Default)]
pub struct Timers {
    by_time: BTreeSet<(Instant, TimerId)>,
    by_id: HashMap<TimerId, Instant>,
}

impl Timers {
    /// Sets a timer; one that is set already moves.
    pub fn set(&mut self, timer: TimerId, at: Instant) {
        self.cancel(timer);
        self.by_time.insert((at, timer));
        self.by_id.insert(timer, at);
    }

    pub fn cancel(&mut self, timer: TimerId) {
        if let Some(at) = self.by_id.remove(&timer) {
            self.by_time.remove(&(at, timer));
        }
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes out one that is due, the earliest first.
    pub fn take_due(&mut self, now: Instant) -> Option<TimerId> {
        let (at, timer) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.cancel(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timers_come_due_in_order_and_once() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut timers = Timers::default();
        timers.set(TimerId(1), at(30));
        timers.set(TimerId(2), at(10));
        timers.set(TimerId(3), at(20));
        assert_eq!(timers.next(), Some(at(10)));
        assert_eq!(timers.take_due(at(9)), None);
        timers.cancel(TimerId(3));
        assert_eq!(timers.take_due(at(50)), Some(TimerId(2)));
        assert_eq!(timers.take_due(at(50)), Some(TimerId(1)));
        assert_eq!(timers.take_due(at(50)), None);
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_timer_set_again_moves() {
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        let mut timers = Timers::default();
        timers.set(TimerId(1), start);
        timers.set(TimerId(1), later);
        assert_eq!(timers.take_due(start), None);
        assert_eq!(timers.take_due(later), Some(TimerId(1)));
        assert_eq!(timers.take_due(later), None);
    }
}
