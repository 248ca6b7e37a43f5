//! What a recording sounds like in numbers: who talks how much, and what is wrong with the sound.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// When sound is talk, a turn, an overlap or a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Pauses up to this are part of a turn. Between sentences of one speaker there is up to half a second, and their ends fade.
    pub turn_pause: Duration,
    /// Talk of one side goes on over pauses up to this, as long as the other keeps silent.
    pub monologue_pause: Duration,
    /// Both talking for less than this is how turns change.
    pub overlap: Duration,
    /// So many samples at full scale one after the other are sound that was cut off: waves have rounder tops.
    pub clip: u32,
    /// Zeros in a row that are a gap: the shortest packet of speech.
    pub gap: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            turn_pause: Duration::from_millis(600),
            monologue_pause: Duration::from_secs(2),
            overlap: Duration::from_millis(200),
            clip: 3,
            gap: Duration::from_millis(20),
        }
    }
}

/// A part of the recording.
pub type Stretch = Range<Duration>;

/// The numbers of a recording as far as it was decoded. All times are of the recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statistics {
    /// How much was decoded.
    pub measured: Duration,
    /// What was counted as what.
    pub thresholds: Thresholds,
    /// Nothing more comes: `measured` is the decoded length.
    pub complete: bool,
    /// One a channel: in stereo the left one first, in mono the only one.
    pub sides: Vec<Side>,
    /// Nobody talks, all together.
    pub silence: Duration,
    /// The longest time that nobody talks.
    pub longest_silence: Option<Stretch>,
    /// Both talk, all together.
    pub overlap: Duration,
    /// How often both talk for a while.
    pub overlaps: u32,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Side {
    /// Ascending and apart. Pauses within a turn count as talk.
    pub turns: Arc<[Stretch]>,
    /// All turns together.
    pub talk: Duration,
    /// The longest it talks on: over pauses of up to two seconds in which the other side keeps silent.
    pub longest: Option<Stretch>,
    /// How often it began while the other talked, and went on when the other had stopped.
    pub interruptions: u32,
    /// Sound above this is talk, in dBFS; `None`: there is nothing but noise or silence.
    pub gate: Option<f32>,
    /// dBFS, −100 to 0.
    pub rms: f32,
    pub peak: f32,
    /// Places where the sound was cut off at full scale.
    pub clips: u32,
    pub gaps: Gaps,
}

/// Stretches of samples that are exactly zero, in the midst of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gaps {
    pub count: u32,
    pub total: Duration,
    pub longest: Duration,
}

impl Statistics {
    /// Share of the measured time, 0.0 to 1.0.
    pub fn share(&self, part: Duration) -> f64 {
        match self.measured.as_secs_f64() {
            all if all > 0.0 => (part.as_secs_f64() / all).clamp(0.0, 1.0),
            _ => 0.0,
        }
    }

    /// The start of the first turn on any side that begins after `place`.
    pub fn turn_after(&self, place: Duration) -> Option<Duration> {
        let starts = self.sides.iter().filter_map(|side| {
            let next = side.turns.partition_point(|turn| turn.start <= place);
            side.turns.get(next)
        });
        starts.map(|turn| turn.start).min()
    }

    /// The start of the last turn on any side that begins before `place`.
    pub fn turn_before(&self, place: Duration) -> Option<Duration> {
        let starts = self.sides.iter().filter_map(|side| {
            let next = side.turns.partition_point(|turn| turn.start < place);
            side.turns.get(next.checked_sub(1)?)
        });
        starts.map(|turn| turn.start).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_found_on_either_side() {
        let secs = Duration::from_secs;
        let side = |turns: &[(u64, u64)]| Side {
            turns: turns.iter().map(|(a, b)| secs(*a)..secs(*b)).collect(),
            ..Side::default()
        };
        let statistics = Statistics {
            sides: vec![side(&[(1, 4), (10, 12)]), side(&[(5, 9)])],
            ..Statistics::default()
        };
        assert_eq!(statistics.turn_after(Duration::ZERO), Some(secs(1)));
        assert_eq!(statistics.turn_after(secs(1)), Some(secs(5)));
        assert_eq!(statistics.turn_after(secs(10)), None);
        assert_eq!(statistics.turn_before(secs(10)), Some(secs(5)));
        assert_eq!(statistics.turn_before(secs(11)), Some(secs(10)));
        assert_eq!(statistics.turn_before(secs(1)), None);
    }
}
