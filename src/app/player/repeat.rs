//! Hearing one part over and over: `a` marks its start, then its end, then lets it go.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::{Loaded, Phase, Player};
use crate::app::effect::Effect;
use crate::app::{Now, words};

/// What is shorter is a slip: nobody hears a word in it.
const LEAST: Duration = Duration::from_millis(200);

/// How far the marking has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Repeat {
    #[default]
    Off,
    /// The start is marked.
    From(Duration),
    Between(Range<Duration>),
}

impl Repeat {
    /// `loop 0:12.0 – 0:17.5`; `None` while it is off.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Off => None,
            Self::From(start) => Some(format!("loop from {}", words::clock(*start))),
            Self::Between(part) => Some(format!(
                "loop {}–{}",
                words::clock(part.start),
                words::clock(part.end)
            )),
        }
    }
}

impl Player {
    pub fn repeat(&self) -> &Repeat {
        const OFF: &Repeat = &Repeat::Off;
        self.loaded.as_ref().map_or(OFF, |loaded| &loaded.repeat)
    }

    /// The next of three presses. What it came to, in words with the names of actions for keys, and what is to be done.
    pub fn mark_repeat(&mut self, now: Now) -> (String, Vec<Effect>) {
        let here = self.position(now.mono);
        let Some(loaded) = &mut self.loaded else {
            return (words::NOTHING_LOADED.to_owned(), Vec::new());
        };
        match loaded.repeat.clone() {
            Repeat::Off => {
                loaded.repeat = Repeat::From(here);
                let from = words::clock(here);
                let words = format!("loop from {from}: {{loop}} again marks its end");
                (words, Vec::new())
            }
            Repeat::From(start) if start.abs_diff(here) < LEAST => {
                let words = "the loop's end must come later than its start".to_owned();
                (words, Vec::new())
            }
            Repeat::From(start) => {
                // Who jumped back has marked its end first.
                let part = start.min(here)..start.max(here);
                loaded.repeat = Repeat::Between(part.clone());
                let words = loaded.repeat.words().unwrap_or_default() + ": {loop} ends it";
                let mut effects = vec![Effect::Loop(Some(part.clone()))];
                effects.extend(self.seek(part.start, now));
                (words, effects)
            }
            Repeat::Between(_) => {
                loaded.repeat = Repeat::Off;
                // The anchor stands where the loop was last told to begin: from here on it moves on as it is.
                if let Phase::Playing(anchor) = &mut loaded.phase {
                    (anchor.position, anchor.at) = (here, now.mono.max(anchor.at));
                }
                ("no loop any more".to_owned(), vec![Effect::Loop(None)])
            }
        }
    }
}

impl Loaded {
    /// Where the sound is at `now` that stood at the anchor and turns at the end of the loop, if there is one.
    pub(super) fn turning(&self, anchor: &super::Anchor, now: Instant) -> Duration {
        let position = anchor.position_at(now);
        let Repeat::Between(part) = &self.repeat else {
            return position;
        };
        let length = part.end.saturating_sub(part.start);
        match position.checked_sub(part.end) {
            // What lies behind the loop and was jumped to plays on.
            Some(over) if anchor.position < part.end && !length.is_zero() => {
                let turns = over.as_nanos() % length.as_nanos();
                part.start + Duration::from_nanos(u64::try_from(turns).unwrap_or(0))
            }
            _ => position,
        }
    }
}
