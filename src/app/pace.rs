//! How fast something goes, and when it will be done.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The speed is that of so many seconds.
const LOOKED_BACK: Duration = Duration::from_secs(15);

/// When so much was done: things, and bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace(VecDeque<(Instant, u64, u64)>);

impl Pace {
    /// So much is done now.
    pub fn note(&mut self, now: Instant, done: u64, bytes: u64) {
        self.0.push_back((now, done, bytes));
        let old = |at: &Instant| now.saturating_duration_since(*at) >= LOOKED_BACK;
        while self.0.len() > 2 && self.0.get(1).is_some_and(|(at, ..)| old(at)) {
            self.0.pop_front();
        }
    }

    /// Seconds between the first and the last note, things and bytes that were done in them.
    fn span(&self) -> Option<(f64, u64, u64)> {
        let ((from, things, bytes), (to, more_things, more_bytes)) =
            (self.0.front()?, self.0.back()?);
        Some((
            to.saturating_duration_since(*from).as_secs_f64(),
            more_things.saturating_sub(*things),
            more_bytes.saturating_sub(*bytes),
        ))
    }

    /// Bytes a second; `None` while there are none.
    pub fn bytes_a_second(&self) -> Option<u64> {
        let (seconds, _, bytes) = self.span()?;
        let rate = bytes as f64 / seconds;
        (rate.is_finite() && rate >= 1.0).then_some(rate as u64)
    }

    /// The time until `of` things are done, at the speed of the last seconds; `None` where nothing was done in them.
    pub fn left(&self, of: u64) -> Option<Duration> {
        let (seconds, things, _) = self.span()?;
        let (_, done, _) = self.0.back()?;
        let left = of.saturating_sub(*done) as f64 / (things as f64 / seconds);
        Duration::try_from_secs_f64(left).ok()
    }
}
