//! Jumps, and the way back from them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Length, Player};
use crate::app::Now;
use crate::app::effect::Effect;

/// Jumps that can be undone. More nobody remembers.
const MOST: usize = 100;

/// Jumps that follow each other so closely are one: a key that is held repeats every 30 ms or so, and no finger taps as fast.
const HELD: Duration = Duration::from_millis(80);

/// Where a playback stood before each of its jumps, the last one at the end.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Jumps {
    from: VecDeque<Duration>,
    last: Option<Instant>,
}

impl Jumps {
    /// It jumps away from `from`. With `on`, it is still the same jump (the bar is dragged).
    fn push(&mut self, from: Duration, on: bool, now: Instant) {
        let held = self
            .last
            .is_some_and(|last| now.saturating_duration_since(last) < HELD);
        self.last = Some(now);
        if (held || on) && !self.from.is_empty() {
            return;
        }
        if self.from.len() == MOST {
            self.from.pop_front();
        }
        self.from.push_back(from);
    }

    /// It was begun elsewhere than here.
    pub(super) fn began(&mut self, from: Duration) {
        self.from.push_back(from);
    }
}

impl Player {
    /// Jump by seconds, kept within the recording.
    pub fn seek_by(&mut self, seconds: i64, now: Now) -> Vec<Effect> {
        let here = self.position(now.mono);
        let by = Duration::from_secs(seconds.unsigned_abs());
        let target = if seconds < 0 {
            here.saturating_sub(by)
        } else {
            here.saturating_add(by)
        };
        self.jump(target, false, now)
    }

    /// Jump to a fraction of the length (digits: tenths; a click on the bar). Nothing happens without a length.
    pub fn seek_fraction(&mut self, fraction: f64, now: Now) -> Vec<Effect> {
        match self.place_at(fraction) {
            Some(target) => self.jump(target, false, now),
            None => Vec::new(),
        }
    }

    /// The bar is dragged on to a fraction of the length: all of it, from the press on, is one jump.
    pub fn drag_to(&mut self, fraction: f64, now: Now) -> Vec<Effect> {
        match self.place_at(fraction) {
            Some(target) => self.jump(target, true, now),
            None => Vec::new(),
        }
    }

    /// Jump to a place: one that was typed, a turn of talk.
    pub fn seek_to(&mut self, target: Duration, now: Now) -> Vec<Effect> {
        self.jump(target, false, now)
    }

    /// Back to where the last jump began. `None`: there is none to undo.
    pub fn undo_jump(&mut self, now: Now) -> Option<Vec<Effect>> {
        loop {
            let jumps = &mut self.loaded.as_mut()?.jumps;
            jumps.last = None;
            let from = jumps.from.pop_back()?;
            let effects = self.seek(from, now);
            // Where it has ended already there is no way back to the end.
            if !effects.is_empty() {
                return Some(effects);
            }
        }
    }

    fn jump(&mut self, target: Duration, on: bool, now: Now) -> Vec<Effect> {
        let from = self.position(now.mono);
        let effects = self.seek(target, now);
        if let Some(loaded) = &mut self.loaded
            && !effects.is_empty()
        {
            loaded.jumps.push(from, on, now.mono);
        }
        effects
    }

    fn place_at(&self, fraction: f64) -> Option<Duration> {
        let fraction = if fraction.is_finite() {
            fraction.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let Length { length, .. } = self.length()?;
        let place = Duration::try_from_secs_f64(length.as_secs_f64() * fraction);
        Some(place.unwrap_or(length))
    }
}
