//! How long to wait before the next try, and when to stop trying.

use std::time::Duration;

use tokio::time::Instant;

/// Tries in all before anything has come.
const TO_OPEN: u32 = 5;
/// Time in all before anything has come, for servers that do not answer at all.
const OPENING: Duration = Duration::from_secs(25);
/// Time without a byte once some have come: what is playing may outlive a restart of a router.
const GOING_ON: Duration = Duration::from_secs(300);
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Failures in a row.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    attempt: u32,
    since: Option<Instant>,
}

impl Backoff {
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The number of the try that comes next and how long to wait before it; `None` to give up. `asked` is the time the
    /// server named, `open` whether anything has come yet.
    pub(super) fn failed(
        &mut self,
        now: Instant,
        asked: Option<Duration>,
        open: bool,
    ) -> Option<(u32, Duration)> {
        let since = *self.since.get_or_insert(now);
        self.attempt += 1;
        let patient = open || asked.is_some();
        let limit = if patient { GOING_ON } else { OPENING };
        if now - since > limit || !patient && self.attempt >= TO_OPEN {
            return None;
        }
        let step = 400_u64 << (self.attempt - 1).min(4);
        let spread = step / 5;
        let wait = Duration::from_millis(step - spread + fastrand::u64(0..=2 * spread));
        Some((
            self.attempt,
            asked.map_or(wait, |asked| asked.min(LONGEST_WAIT).max(wait)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_double_to_a_bound_and_bridge_minutes_once_open() {
        let mut backoff = Backoff::default();
        let start = Instant::now();
        let mut waits = Vec::new();
        while let Some((attempt, wait)) = backoff.failed(Instant::now(), None, true) {
            waits.push(wait.as_millis());
            assert_eq!(attempt as usize, waits.len());
            tokio::time::advance(wait).await;
        }
        for (wait, around) in waits.iter().zip([400, 800, 1600, 3200, 6400, 6400]) {
            assert!((around * 4 / 5..=around * 6 / 5).contains(wait));
        }
        assert!(start.elapsed() > GOING_ON);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_opened_is_given_up_soon() {
        let mut backoff = Backoff::default();
        let mut tries = 1;
        while let Some((_, wait)) = backoff.failed(Instant::now(), None, false) {
            tokio::time::advance(wait).await;
            tries += 1;
        }
        assert_eq!(tries, TO_OPEN);
        backoff.succeeded();
        let asked = Some(Duration::from_secs(3600));
        let (_, wait) = backoff.failed(Instant::now(), asked, false).unwrap();
        assert_eq!(wait, LONGEST_WAIT);
    }
}
