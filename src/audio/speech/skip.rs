//! Pauses cut short: of a long one its beginning and its end stay, so that no word is touched and a pause is still heard as one.

use super::voice::{self, Voice};

/// How much of silence is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Skip {
    #[default]
    Off,
    /// Of a pause 0.7 s are left.
    Mild,
    /// Of a pause 0.3 s are left.
    Strong,
}

impl Skip {
    /// Off, mild, strong, and off again.
    pub fn next(self) -> Self {
        match self {
            Self::Off => Self::Mild,
            Self::Mild => Self::Strong,
            Self::Strong => Self::Off,
        }
    }

    /// Hundredths of a second left after talk and before it; `None` when nothing is left out. The soft beginning of a word
    /// (an f, an s) is no louder than noise for up to 0.1 s, so more than that stays before it.
    fn kept(self) -> Option<(usize, usize)> {
        match self {
            Self::Off => None,
            Self::Mild => Some((40, 30)),
            Self::Strong => Some((14, 16)),
        }
    }
}

/// A place at which something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Frames that came out before it.
    pub frame: u64,
    /// Frames that were left out, in all since the beginning.
    pub left_out: u64,
}

/// Leaves the middle of pauses out.
pub struct Shortener {
    channels: usize,
    /// Samples in a hundredth of a second.
    unit: usize,
    after: usize,
    before: usize,
    voice: Voice,
    /// Less than a unit.
    pending: Vec<f32>,
    /// Units of silence so far.
    quiet: usize,
    /// The newest of a pause, which is heard if talk follows.
    held: Vec<f32>,
    /// The first unit that was left out: the cut fades from it.
    bridge: Vec<f32>,
    given: u64,
    left_out: u64,
}

impl Shortener {
    /// For interleaved samples of so many channels at `rate` Hz; `None` when nothing is to be left out.
    pub fn new(skip: Skip, channels: usize, rate: u32) -> Option<Self> {
        let (after, before) = skip.kept()?;
        Some(Self {
            channels,
            unit: (rate as usize / 100).max(1) * channels,
            after,
            before,
            voice: Voice::new(),
            pending: Vec::new(),
            quiet: 0,
            held: Vec::new(),
            bridge: Vec::new(),
            given: 0,
            left_out: 0,
        })
    }

    /// Takes interleaved samples in, and appends what is heard of them to `out` and where something is missing to `cuts`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>, cuts: &mut Vec<Cut>) {
        let mut pending = std::mem::take(&mut self.pending);
        pending.extend_from_slice(samples);
        let mut units = pending.chunks_exact(self.unit);
        for unit in &mut units {
            self.take(unit, out, cuts);
        }
        self.pending.extend_from_slice(units.remainder());
    }

    /// Appends what was held back: nothing follows it.
    pub fn finish(&mut self, out: &mut Vec<f32>, cuts: &mut Vec<Cut>) {
        self.release(out, cuts);
        let rest = std::mem::take(&mut self.pending);
        self.give(&rest, out);
        self.quiet = 0;
    }

    fn take(&mut self, unit: &[f32], out: &mut Vec<f32>, cuts: &mut Vec<Cut>) {
        if self.voice.hears(voice::loudest(unit, self.channels)) {
            self.release(out, cuts);
            self.quiet = 0;
            self.give(unit, out);
            return;
        }
        self.quiet += 1;
        if self.quiet <= self.after {
            self.give(unit, out);
            return;
        }
        self.held.extend_from_slice(unit);
        if self.held.len() > self.before * self.unit {
            let dropped = self.held.drain(..self.unit);
            if self.bridge.is_empty() {
                self.bridge.extend(dropped);
            } else {
                drop(dropped);
            }
            self.left_out += (self.unit / self.channels) as u64;
        }
    }

    /// Gives the end of a pause. Where its middle was left out, its beginning fades into it.
    fn release(&mut self, out: &mut Vec<f32>, cuts: &mut Vec<Cut>) {
        let mut held = std::mem::take(&mut self.held);
        if !self.bridge.is_empty() {
            cuts.push(Cut {
                frame: self.given,
                left_out: self.left_out,
            });
            let frames = (self.bridge.len() / self.channels).max(1) as f32;
            for (n, (new, old)) in held.iter_mut().zip(&self.bridge).enumerate() {
                let part = ((n / self.channels) as f32 + 0.5) / frames;
                *new = *new * part + old * (1.0 - part);
            }
            self.bridge.clear();
        }
        self.give(&held, out);
        held.clear();
        // Its room is used again.
        self.held = held;
    }

    fn give(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.given += (samples.len() / self.channels) as u64;
        out.extend_from_slice(samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

    /// Talk (a tone) for `talk` seconds, then nothing for `pause`.
    fn turns(turns: &[(f64, f64)]) -> Vec<f32> {
        let mut samples = Vec::new();
        for (talk, pause) in turns {
            samples.extend((0..(talk * 8_000.0) as usize).map(|n| (n as f32 * 0.3).sin() * 0.3));
            samples.resize(samples.len() + (pause * 8_000.0) as usize, 0.0);
        }
        samples
    }

    fn shortened(skip: Skip, samples: &[f32], piece: usize) -> (Vec<f32>, Vec<Cut>) {
        let mut shortener = Shortener::new(skip, 1, RATE).unwrap();
        let (mut out, mut cuts) = (Vec::new(), Vec::new());
        for part in samples.chunks(piece) {
            shortener.push(part, &mut out, &mut cuts);
        }
        shortener.finish(&mut out, &mut cuts);
        (out, cuts)
    }

    #[test]
    fn of_a_long_pause_as_much_is_left_as_was_said_and_a_short_one_is_whole() {
        let samples = turns(&[(1.0, 0.25), (1.0, 2.0), (1.0, 0.6), (1.0, 0.0)]);
        let (out, cuts) = shortened(Skip::Mild, &samples, 576);
        assert_eq!(samples.len() - out.len(), 8_000 * 13 / 10);
        assert_eq!(cuts.len(), 1);
        let (out, cuts) = shortened(Skip::Strong, &samples, 576);
        assert_eq!(samples.len() - out.len(), 8_000 * 17 / 10 + 8_000 * 3 / 10);
        assert_eq!(cuts.len(), 2);
        assert_eq!(cuts[1].left_out as usize, samples.len() - out.len());
    }

    #[test]
    fn the_pieces_in_which_it_comes_change_nothing() {
        let samples = turns(&[(0.7, 1.5), (0.333, 3.0), (0.5, 0.777)]);
        let whole = shortened(Skip::Strong, &samples, samples.len());
        for piece in [1, 79, 1_152] {
            assert!(shortened(Skip::Strong, &samples, piece) == whole, "{piece}");
        }
    }

    #[test]
    fn a_cut_is_told_where_it_is_and_what_follows_is_untouched() {
        let samples = turns(&[(1.0, 2.0), (1.0, 0.0)]);
        let (out, cuts) = shortened(Skip::Mild, &samples, 576);
        assert_eq!(cuts[0].frame, 8_000 + 3_200);
        assert_eq!(out[..8_000], samples[..8_000]);
        assert_eq!(out[out.len() - 8_000..], samples[samples.len() - 8_000..]);
    }

    #[test]
    fn silence_at_the_end_is_shortened_too() {
        let samples = turns(&[(1.0, 3.0)]);
        let (out, cuts) = shortened(Skip::Strong, &samples, 576);
        assert_eq!(out.len(), 8_000 + 2_400);
        assert_eq!(cuts.len(), 1);
    }

    #[test]
    fn off_leaves_nothing_out() {
        assert!(Shortener::new(Skip::Off, 1, RATE).is_none());
    }
}
