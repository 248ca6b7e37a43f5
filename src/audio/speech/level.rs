//! Quiet and loud parties brought together: each channel is led towards one loudness, phrase by phrase.
//!
//! Loudness is measured as R128 has it, over what was said in the last and what is said in the next third of a second, and only
//! where there is talk, so that pauses are not turned up. Peaks that this makes too high are the limiter's concern.

use std::collections::VecDeque;

use super::loudness::{Weighting, lufs};
use super::voice::{self, Voice};

/// Where all talk is led to: leaves speech's peaks, 15 dB above it, under full scale.
const TARGET: f64 = -20.0;

/// How far it may be turned up and down, in dB.
const UP: f64 = 30.0;
const DOWN: f64 = 20.0;

/// Hundredths of a second that are looked at on either side, and that the present is.
const AROUND: usize = 33;
const PRESENT: usize = 3;

/// Part of the way that the gain goes in a hundredth of a second: quicker down than up.
const FALL: f64 = 0.35;
const RISE: f64 = 0.12;

/// A hundredth of a second of one channel.
#[derive(Clone, Copy, Default)]
struct Moment {
    mean_square: f64,
    talk: bool,
}

/// One channel.
struct Party {
    weighting: Weighting,
    voice: Voice,
    /// Those before the unit that is next to come out, that one, and those after it.
    moments: VecDeque<Moment>,
    decibels: f64,
    gain: f32,
}

/// Levels interleaved samples.
pub struct Leveler {
    channels: usize,
    /// Samples in a hundredth of a second.
    unit: usize,
    parties: Vec<Party>,
    /// What has not come out yet.
    held: VecDeque<f32>,
    /// Samples of `held` that were looked at, in whole units.
    seen: usize,
    /// How many moments stand before the unit that is next to come out.
    past: usize,
}

impl Leveler {
    /// For so many channels at `rate` Hz.
    pub fn new(channels: usize, rate: u32) -> Self {
        let party = || Party {
            weighting: Weighting::new(rate),
            voice: Voice::new(),
            moments: VecDeque::new(),
            decibels: 0.0,
            gain: 1.0,
        };
        Self {
            channels,
            unit: (rate as usize / 100).max(1) * channels,
            parties: (0..channels).map(|_| party()).collect(),
            held: VecDeque::new(),
            seen: 0,
            past: 0,
        }
    }

    /// Takes samples in and appends what is ready to `out`, a third of a second later.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.held.extend(samples);
        while self.held.len() - self.seen >= self.unit {
            self.look();
            if self.seen > AROUND * self.unit {
                self.give(self.unit, out);
            }
        }
    }

    /// Appends the rest to `out`.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        while !self.held.is_empty() {
            self.give(self.unit.min(self.held.len()), out);
        }
    }

    /// Measures the next unit.
    fn look(&mut self) {
        let range = self.seen..self.seen + self.unit;
        let unit: Vec<f32> = self.held.range(range).copied().collect();
        self.seen += self.unit;
        for (channel, party) in self.parties.iter_mut().enumerate() {
            let samples = || unit.iter().skip(channel).step_by(self.channels).copied();
            let plain: Vec<f32> = samples().collect();
            party.moments.push_back(Moment {
                mean_square: party.weighting.mean_square(samples()),
                talk: party.voice.hears(voice::loudest(&plain, 1)),
            });
        }
    }

    /// Gives so many samples, at the gain that what is around them asks for.
    fn give(&mut self, len: usize, out: &mut Vec<f32>) {
        let gains: Vec<(f32, f32)> = self
            .parties
            .iter_mut()
            .map(|party| party.lead(self.past))
            .collect();
        let frames = (len / self.channels).max(1) as f32;
        let unit = self.held.drain(..len.min(self.held.len()));
        out.extend(unit.enumerate().map(|(n, sample)| {
            let part = (n / self.channels) as f32 / frames;
            let (from, to) = gains.get(n % self.channels).copied().unwrap_or((1.0, 1.0));
            sample * (from + (to - from) * part)
        }));
        self.seen = self.seen.saturating_sub(len);
        if self.past < AROUND {
            self.past += 1;
        } else {
            for party in &mut self.parties {
                party.moments.pop_front();
            }
        }
    }
}

impl Party {
    /// The gain before and behind the moment `now`.
    fn lead(&mut self, now: usize) -> (f32, f32) {
        let talk = |from: usize, to: usize| {
            let to = to.min(self.moments.len());
            let moments = self.moments.range(from.min(to)..to);
            let (sum, count) = moments
                .filter(|moment| moment.talk)
                .fold((0.0, 0_u32), |(sum, count), moment| {
                    (sum + moment.mean_square, count + 1)
                });
            (count > 0).then(|| lufs(sum / f64::from(count)))
        };
        let before = talk(now.saturating_sub(AROUND), now + 1);
        let after = talk(now, now + AROUND + 1);
        let present = talk(now.saturating_sub(PRESENT), now + PRESENT + 1);
        // Between a loud party and a quiet one both count, and who speaks just now must not be blown up with the other.
        let quieter = match (before, after) {
            (Some(before), Some(after)) => Some(before.min(after)),
            (one, other) => one.or(other),
        };
        if let Some(loudness) = quieter.map(|quieter| quieter.max(present.unwrap_or(quieter))) {
            let wanted = (TARGET - loudness).clamp(-DOWN, UP);
            let part = if wanted < self.decibels { FALL } else { RISE };
            self.decibels += (wanted - self.decibels) * part;
        }
        let from = self.gain;
        self.gain = 10_f64.powf(self.decibels / 20.0) as f32;
        (from, self.gain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levelled(channels: usize, samples: &[f32], piece: usize) -> Vec<f32> {
        let mut leveler = Leveler::new(channels, 8_000);
        let mut out = Vec::new();
        for part in samples.chunks(piece * channels) {
            leveler.push(part, &mut out);
        }
        leveler.finish(&mut out);
        out
    }

    fn tone(amplitude: f32, seconds: usize) -> impl Iterator<Item = f32> {
        (0..seconds * 8_000).map(move |n| amplitude * (n as f32 * 0.7).sin())
    }

    #[test]
    fn frames_are_kept_whatever_the_pieces() {
        let samples: Vec<f32> = tone(0.1, 2).chain(tone(0.001, 1)).take(20_002).collect();
        let whole = levelled(2, &samples, samples.len());
        assert_eq!(whole.len(), samples.len());
        for piece in [1, 77, 1_152] {
            assert!(levelled(2, &samples, piece) == whole, "{piece}");
        }
    }

    #[test]
    fn silence_stays_silent_and_a_steady_tone_comes_to_the_target() {
        assert!(levelled(1, &[0.0; 8_000], 576).iter().all(|s| *s == 0.0));
        for amplitude in [0.02, 0.5] {
            let samples: Vec<f32> = tone(amplitude, 3).collect();
            let out = levelled(1, &samples, 576);
            let loudness = lufs(Weighting::new(8_000).mean_square(out[16_000..].iter().copied()));
            assert!((loudness - TARGET).abs() < 1.0, "{loudness} LUFS");
        }
    }

    #[test]
    fn each_channel_is_led_by_itself() {
        let samples: Vec<f32> = tone(0.5, 3).flat_map(|s| [s, s * 0.05]).collect();
        let out = levelled(2, &samples, 576);
        let of = |channel: usize| {
            let side = out.iter().skip(32_000 + channel).step_by(2).copied();
            lufs(Weighting::new(8_000).mean_square(side))
        };
        assert!((of(0) - of(1)).abs() < 1.0, "{} and {} LUFS", of(0), of(1));
    }
}
