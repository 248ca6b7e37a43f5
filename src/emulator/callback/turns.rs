//! The order in which deliveries leave, and the one that is held back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// A delivery that nothing follows is held back no longer than this.
const LONGEST_HOLD: Duration = Duration::from_secs(1);

/// Numbers deliveries in the order of their calls, and knows the latest that has left.
#[derive(Debug, Default)]
pub(super) struct Turns {
    taken: AtomicU64,
    left: watch::Sender<u64>,
    holding: AtomicBool,
}

impl Turns {
    /// The next number, from 1.
    pub(super) fn take(&self) -> u64 {
        self.taken.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A delivery has left.
    pub(super) fn leave(&self, turn: u64) {
        self.left.send_if_modified(|last| {
            let later = turn > *last;
            *last = turn.max(*last);
            later
        });
    }

    /// Waits until a delivery of a later call has left. Only one is held back at a time, so that of many which all should be,
    /// every second one overtakes.
    pub(super) async fn hold(&self, turn: u64) {
        if self.holding.swap(true, Ordering::AcqRel) {
            return;
        }
        let mut left = self.left.subscribe();
        let _ = tokio::time::timeout(LONGEST_HOLD, left.wait_for(|&last| last > turn)).await;
        self.holding.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_later_one_overtakes_and_an_earlier_one_does_not_count() {
        let turns = Arc::new(Turns::default());
        let (first, second, third) = (turns.take(), turns.take(), turns.take());
        let held = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { turns.hold(second).await }
        });
        tokio::task::yield_now().await;
        turns.leave(first);
        tokio::task::yield_now().await;
        assert!(!held.is_finished());
        // Another that should be held back as well is not: it is what the first waits for.
        turns.hold(third).await;
        let before = Instant::now();
        turns.leave(third);
        held.await.unwrap();
        assert_eq!(before.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_one_leaves_after_a_second() {
        let turns = Turns::default();
        let before = Instant::now();
        turns.hold(turns.take()).await;
        assert_eq!(before.elapsed(), LONGEST_HOLD);
        // And the place is free again.
        turns.hold(turns.take()).await;
        assert_eq!(before.elapsed(), LONGEST_HOLD * 2);
    }
}
