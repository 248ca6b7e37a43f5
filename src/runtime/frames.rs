//! When to draw: at once after input, at most sixty times a second for everything that moves by itself, and never
//! when nobody asked.

use std::time::{Duration, Instant};

/// The shortest time between two drawings that no input asked for.
pub const INTERVAL: Duration = Duration::from_micros(16_667);

/// Who wants a drawing, and when the last one was. Pure: the caller brings the time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frames {
    last: Option<Instant>,
    wanted: Option<Instant>,
    urgent: bool,
}

impl Frames {
    /// Input changed something: draw at the next chance, whatever the limit says.
    pub fn input(&mut self) {
        self.urgent = true;
    }

    /// Something else changed, or will at `at`. Wishes fall together to the earliest.
    pub fn want(&mut self, at: Instant) {
        self.wanted = Some(self.wanted.map_or(at, |wanted| wanted.min(at)));
    }

    /// When to draw next. `None`: not before something happens. An instant in the past means now.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        if self.urgent {
            return Some(now);
        }
        let wanted = self.wanted?;
        Some(self.last.map_or(wanted, |last| wanted.max(last + INTERVAL)))
    }

    pub fn due(&self, now: Instant) -> bool {
        self.next(now).is_some_and(|at| at <= now)
    }

    /// A drawing was made at `now`, and by itself the screen changes at `redraw_at`.
    pub fn drawn(&mut self, now: Instant, redraw_at: Option<Instant>) {
        *self = Self {
            last: Some(now),
            wanted: redraw_at,
            urgent: false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn nobody_asks_nothing_is_drawn() {
        let now = Instant::now();
        let mut frames = Frames::default();
        assert_eq!(frames.next(now), None);
        frames.want(now);
        frames.drawn(now, None);
        assert_eq!(frames.next(now + 3600 * 1000 * MS), None);
    }

    #[test]
    fn the_first_drawing_is_not_delayed() {
        let now = Instant::now();
        let mut frames = Frames::default();
        frames.want(now);
        assert!(frames.due(now));
    }

    #[test]
    fn wishes_fall_together_to_the_earliest_and_wait_for_the_limit() {
        let now = Instant::now();
        let mut frames = Frames::default();
        frames.drawn(now, None);
        frames.want(now + 9 * MS);
        frames.want(now + 3 * MS);
        frames.want(now + 5 * MS);
        assert_eq!(frames.next(now + 9 * MS), Some(now + INTERVAL));
        assert!(!frames.due(now + 16 * MS));
        assert!(frames.due(now + INTERVAL));
    }

    #[test]
    fn a_wish_beyond_the_limit_keeps_its_time() {
        let now = Instant::now();
        let mut frames = Frames::default();
        frames.drawn(now, Some(now + 400 * MS));
        assert_eq!(frames.next(now), Some(now + 400 * MS));
    }

    #[test]
    fn input_is_drawn_at_once_right_after_a_drawing() {
        let now = Instant::now();
        let mut frames = Frames::default();
        frames.drawn(now, Some(now + 400 * MS));
        frames.input();
        assert!(frames.due(now));
        frames.drawn(now, None);
        assert_eq!(frames.next(now), None, "the wish was served");
    }
}
