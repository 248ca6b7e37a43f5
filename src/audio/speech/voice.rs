//! Talk told from the noise between, a hundredth of a second at a time.

use std::collections::VecDeque;

/// Hundredths of a second in one part of the noise floor's memory, and how many parts it has: 3 s, in which every talker stops for a
/// consonant or a breath.
const PART: usize = 50;
const PARTS: usize = 6;

/// The floor is taken to be so low until the memory is full of what was heard: whoever has just begun to listen cuts nothing.
const UNKNOWN: f32 = -75.0;

/// Decibels above the floor at which talk begins.
const ABOVE: f32 = 9.0;

/// Where the threshold may lie, in dB below full scale: not among the smallest steps of G.711, not among a loud talker's consonants.
const LOWEST: f32 = -64.0;
const HIGHEST: f32 = -38.0;

/// Hundredths over which the floor is averaged, so that one between two waves is no floor.
const SMOOTH: f32 = 3.0;

/// Follows the noise floor of one recording.
pub struct Voice {
    smooth: f32,
    least: f32,
    heard: usize,
    parts: VecDeque<f32>,
}

impl Voice {
    pub fn new() -> Self {
        Self {
            smooth: 0.0,
            least: 0.0,
            heard: 0,
            parts: VecDeque::from([UNKNOWN; PARTS]),
        }
    }

    /// Whether the next hundredth of a second, whose samples have this mean square, is talk.
    pub fn hears(&mut self, mean_square: f32) -> bool {
        let level = 10.0 * mean_square.max(1e-10).log10();
        self.smooth += (level - self.smooth) / SMOOTH;
        self.least = self.least.min(self.smooth);
        self.heard += 1;
        if self.heard == PART {
            self.parts.pop_front();
            self.parts.push_back(self.least);
            (self.heard, self.least) = (0, 0.0);
        }
        level > self.threshold()
    }

    fn threshold(&self) -> f32 {
        let floor = self.parts.iter().copied().fold(0.0, f32::min);
        (floor + ABOVE).clamp(LOWEST, HIGHEST)
    }
}

/// Mean square of the loudest channel of interleaved samples.
pub fn loudest(samples: &[f32], channels: usize) -> f32 {
    let square = |channel: usize| {
        let of_it = samples.iter().skip(channel).step_by(channels.max(1));
        let (sum, count) = of_it.fold((0.0, 0_usize), |(sum, count), s| (sum + s * s, count + 1));
        sum / count.max(1) as f32
    };
    (0..channels).map(square).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(decibels: f32) -> f32 {
        10_f32.powf(decibels / 10.0)
    }

    #[test]
    fn noise_is_no_talk_once_it_is_known_and_talk_above_it_is() {
        let mut voice = Voice::new();
        assert!(voice.hears(square(-50.0)), "it cannot know yet");
        for _ in 0..400 {
            voice.hears(square(-50.0));
        }
        assert!(!voice.hears(square(-50.0)));
        assert!(voice.hears(square(-30.0)));
    }

    #[test]
    fn a_quiet_talker_on_a_quiet_line_is_heard() {
        let mut voice = Voice::new();
        for n in 0..600 {
            let talks = n / 100 % 2 == 0;
            let heard = voice.hears(square(if talks { -52.0 } else { -80.0 }));
            assert_eq!(heard, talks, "at {n}");
        }
    }

    #[test]
    fn loud_noise_and_music_are_never_silence() {
        let mut voice = Voice::new();
        assert!((0..1_000).all(|_| voice.hears(square(-30.0))));
    }

    #[test]
    fn the_louder_channel_counts() {
        assert!((loudest(&[0.5, 0.0, -0.5, 0.0], 2) - 0.25).abs() < 1e-6);
        assert_eq!(loudest(&[], 2), 0.0);
    }
}
