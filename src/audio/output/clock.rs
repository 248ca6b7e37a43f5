//! When the frames that a device takes now will be heard.
//!
//! Devices take frames in bursts, and a burst may come late, never early. So the timetable follows the earliest bursts: it moves
//! quickly to an earlier moment and slowly to a later one, and starts anew after a real gap.

use std::time::{Duration, Instant};

/// Beyond this a burst is no late one: the device stood still.
const GAP: Duration = Duration::from_millis(80);

pub(super) struct Clock {
    /// From the moment a burst is taken to the moment its first frame is heard.
    lead: Duration,
    rate: u32,
    due: Option<Instant>,
}

impl Clock {
    pub(super) fn new(rate: u32, lead: Duration) -> Self {
        Self {
            lead,
            rate,
            due: None,
        }
    }

    /// The moment at which the first of `frames` frames, taken at `now`, is heard.
    pub(super) fn stamp(&mut self, now: Instant, frames: usize) -> Instant {
        let measured = now + self.lead;
        let at = match self.due {
            Some(due) if measured > due + GAP => measured,
            Some(due) if measured > due => due + (measured - due) / 200,
            Some(due) => due - (due - measured) / 100,
            None => measured,
        };
        let nanos = frames as u64 * 1_000_000_000 / u64::from(self.rate.max(1));
        self.due = Some(at + Duration::from_nanos(nanos));
        at
    }
}
