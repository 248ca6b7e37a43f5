//! Real time, for what has no clock of its own.

use std::time::{Duration, Instant};

use crate::audio::ring::span;

/// How often frames are taken.
const PERIOD: Duration = Duration::from_millis(20);

/// Periods that are made up for when the machine was busy. Beyond them it slept, and goes on from where it wakes.
const LATE: u32 = 10;

/// An absolute timetable: it does not drift, however late each waking is.
#[derive(Debug)]
pub(super) struct Pace {
    frames: usize,
    period: Duration,
    due: Instant,
}

impl Pace {
    /// Begins `now`, at `rate` frames a second.
    pub(super) fn new(rate: u32, now: Instant) -> Self {
        let frames = (u64::from(rate) * PERIOD.as_millis() as u64 / 1000).max(1) as usize;
        Self {
            frames,
            period: span(frames, rate),
            due: now,
        }
    }

    /// Frames of a period.
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// When the next period is to be taken.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// One period was taken `now`.
    pub(super) fn taken(&mut self, now: Instant) {
        self.due += self.period;
        if now > self.due + self.period * LATE {
            self.due = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_wakings_do_not_add_up_and_a_long_sleep_is_not_made_up_for() {
        let begin = Instant::now();
        let mut pace = Pace::new(44_100, begin);
        assert_eq!(pace.frames(), 882);
        for n in 1..=100 {
            pace.taken(pace.due() + Duration::from_millis(7));
            assert_eq!(pace.due(), begin + n * PERIOD);
        }
        let woken = pace.due() + Duration::from_secs(60);
        pace.taken(woken);
        assert_eq!(pace.due(), woken);
    }

    #[test]
    fn rates_that_twenty_milliseconds_do_not_divide_keep_time() {
        let begin = Instant::now();
        let mut pace = Pace::new(11_025, begin);
        for _ in 0..50 {
            pace.taken(begin);
        }
        let wanted = 50.0 * pace.frames() as f64 / 11_025.0;
        let took = (pace.due() - begin).as_secs_f64();
        assert!((took - wanted).abs() < 1e-6, "{took} {wanted}");
    }
}
