//! Which connections are waited for, so that the one that has kept everyone waiting longest can make room.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The connections whose next request is not whole yet.
#[derive(Debug)]
pub(super) struct Waiting {
    /// How long each is waited for in any case.
    grace: Duration,
    line: Mutex<Line>,
    joined: Notify,
}

#[derive(Debug, Default)]
struct Line {
    /// By the order in which the waiting began.
    places: BTreeMap<u64, Place>,
    next: u64,
}

#[derive(Debug)]
struct Place {
    /// From then on it may be sent away.
    due: Instant,
    dismissed: Arc<Notify>,
}

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has not asked for anything yet.
    Fresh,
    /// The head of a request came, its body not yet.
    Head,
    /// Its last request was whole.
    Whole,
}

/// A connection's part in it. Dropped with the connection.
#[derive(Debug)]
pub(super) struct Seat {
    waiting: Arc<Waiting>,
    dismissed: Arc<Notify>,
    state: Mutex<(u64, Stage)>,
}

/// A request that is whole: until this is dropped its connection is not sent away.
#[derive(Debug)]
pub(super) struct Busy<'a>(&'a Seat);

impl Waiting {
    pub(super) fn new(grace: Duration) -> Self {
        Self {
            grace,
            line: Mutex::default(),
            joined: Notify::new(),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, dismissed: &Arc<Notify>) -> u64 {
        let mut line = self.line();
        let place = line.next;
        line.next += 1;
        let due = Instant::now() + self.grace;
        let dismissed = Arc::clone(dismissed);
        line.places.insert(place, Place { due, dismissed });
        self.joined.notify_one();
        place
    }

    /// False when the one at this place was sent away before.
    fn leave(&self, place: u64) -> bool {
        self.line().places.remove(&place).is_some()
    }

    /// Sends away the connection that has been waited for longest, as soon as there is one that had its grace.
    pub(super) async fn dismiss_oldest(&self) {
        loop {
            match self.pop_due() {
                Ok(dismissed) => return dismissed.notify_one(),
                Err(Some(due)) => sleep_until(due).await,
                Err(None) => self.joined.notified().await,
            }
        }
    }

    /// The oldest, if it had its grace; else when it will have had it.
    fn pop_due(&self) -> Result<Arc<Notify>, Option<Instant>> {
        let mut line = self.line();
        let oldest = line.places.first_entry().ok_or(None)?;
        if oldest.get().due > Instant::now() {
            return Err(Some(oldest.get().due));
        }
        Ok(oldest.remove().dismissed)
    }
}

impl Seat {
    pub(super) fn new(waiting: Arc<Waiting>) -> Self {
        let dismissed = Arc::new(Notify::new());
        let place = waiting.join(&dismissed);
        Self {
            waiting,
            dismissed,
            state: Mutex::new((place, Stage::Fresh)),
        }
    }

    fn state(&self) -> MutexGuard<'_, (u64, Stage)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is sent away.
    pub(super) async fn dismissed(&self) {
        self.dismissed.notified().await;
    }

    /// The head of a request came.
    pub(super) fn began(&self) {
        self.state().1 = Stage::Head;
    }

    /// The request was refused before it was whole: that is its end.
    pub(super) fn refused(&self) {
        self.state().1 = Stage::Whole;
    }

    /// The request is whole; `None` when the connection was sent away meanwhile.
    pub(super) fn whole(&self) -> Option<Busy<'_>> {
        let mut state = self.state();
        if !self.waiting.leave(state.0) {
            return None;
        }
        state.1 = Stage::Whole;
        Some(Busy(self))
    }

    /// True when the connection ends in the midst of a request; `failed` is whether it ended by itself.
    pub(super) fn ends_unfinished(&self, failed: bool) -> bool {
        match self.state().1 {
            Stage::Fresh => failed,
            Stage::Head => true,
            Stage::Whole => false,
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.state().0 = self.0.waiting.join(&self.0.dismissed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.waiting.leave(self.state().0);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn sent_away(seat: &Seat) -> bool {
        seat.dismissed().now_or_never().is_some()
    }

    const GRACE: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn the_one_waited_for_longest_goes() {
        let waiting = Arc::new(Waiting::new(GRACE));
        let seats: Vec<_> = (0..3).map(|_| Seat::new(Arc::clone(&waiting))).collect();
        // The first has just been served, so that the second has waited longest; the third is being served.
        drop(seats[0].whole().unwrap());
        let busy = seats[2].whole().unwrap();
        waiting.dismiss_oldest().await;
        assert!(sent_away(&seats[1]) && !sent_away(&seats[0]));
        assert!(seats[1].whole().is_none(), "it is too late for its request");
        waiting.dismiss_oldest().await;
        assert!(sent_away(&seats[0]));
        // Nobody but the busy one is left, and it goes when it is done.
        let mut dismissal = Box::pin(waiting.dismiss_oldest());
        assert!(dismissal.as_mut().now_or_never().is_none());
        drop(busy);
        dismissal.await;
        assert!(sent_away(&seats[2]));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_goes_before_the_grace_is_over() {
        let waiting = Arc::new(Waiting::new(GRACE));
        let seat = Seat::new(Arc::clone(&waiting));
        let began = Instant::now();
        waiting.dismiss_oldest().await;
        assert!(sent_away(&seat));
        assert_eq!(began.elapsed(), GRACE);
        // One that asked in time is safe.
        let seat = Seat::new(Arc::clone(&waiting));
        let mut dismissal = Box::pin(waiting.dismiss_oldest());
        assert!(dismissal.as_mut().now_or_never().is_none());
        let busy = seat.whole().unwrap();
        tokio::time::advance(GRACE).await;
        assert!(dismissal.as_mut().now_or_never().is_none());
        drop(busy);
        assert!(!sent_away(&seat));
    }

    #[tokio::test]
    async fn connections_that_ended_are_not_waited_for() {
        let waiting = Arc::new(Waiting::new(GRACE));
        drop(Seat::new(Arc::clone(&waiting)));
        assert!(waiting.line().places.is_empty());
    }

    #[test]
    fn only_requests_that_began_can_be_cut() {
        let seat = Seat::new(Arc::new(Waiting::new(GRACE)));
        assert!(seat.ends_unfinished(true) && !seat.ends_unfinished(false));
        seat.began();
        assert!(seat.ends_unfinished(false));
        drop(seat.whole());
        assert!(!seat.ends_unfinished(true));
        seat.began();
        seat.refused();
        assert!(!seat.ends_unfinished(true));
    }
}
