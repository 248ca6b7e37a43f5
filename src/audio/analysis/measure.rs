//! What is measured of each sample as it comes: levels, clipping, stretches of zero.

use std::ops::Range;

use super::extent::Extent;
use super::summary;
use crate::audio::decode::{frames_in, time_of};
use crate::audio::levels::{Block, Level, Levels};
use crate::audio::statistics::{Statistics, Thresholds};
use crate::audio::waveform::Fine;

/// From this amplitude on a sample is at full scale: the loudest codes of G.711 stand at 0.980.
const FULL: f32 = 0.979;
/// The measurements in the making.
pub(super) struct Measure {
    rate: u32,
    thresholds: Thresholds,
    /// Frames in a block.
    span: u64,
    /// The frame after the last one that came.
    next: u64,
    channels: Vec<Channel>,
}

/// One channel.
#[derive(Default)]
pub(super) struct Channel {
    pub(super) levels: Levels,
    pub(super) clips: u32,
    pub(super) gaps: Zeros,
    peak: f32,
    squares: f64,
    count: u64,
    block: Open,
    full: u64,
    zeros: u64,
    /// Something was heard before the zeros.
    heard: bool,
}

/// Gaps, in frames.
#[derive(Default)]
pub(super) struct Zeros {
    pub(super) count: u32,
    pub(super) total: u64,
    pub(super) longest: u64,
}

/// What is a fault, in samples.
#[derive(Clone, Copy)]
struct Faults {
    clip: u64,
    gap: u64,
}

/// A block that is not full yet.
#[derive(Default)]
struct Open {
    peak: f32,
    squares: f32,
    count: u32,
}

impl Measure {
    /// For a recording of `channels` channels at `rate` Hz.
    pub(super) fn new(rate: u32, channels: u16, thresholds: Thresholds) -> Self {
        let channels = usize::from(channels.max(1));
        Self {
            rate,
            thresholds,
            span: u64::from(rate / Levels::A_SECOND).max(1),
            next: 0,
            channels: std::iter::repeat_with(Channel::default)
                .take(channels)
                .collect(),
        }
    }

    /// Adds interleaved samples, the first of which stands at frame `first`.
    pub(super) fn add(&mut self, first: u64, samples: &[f32]) {
        if first != self.next {
            self.channels.iter_mut().for_each(Channel::jumped);
        }
        let count = self.channels.len();
        let end = first.saturating_add((samples.len() / count) as u64);
        let faults = Faults {
            clip: u64::from(self.thresholds.clip),
            gap: frames_in(self.thresholds.gap, self.rate).max(1),
        };
        let mut at = first;
        while at < end {
            let stop = (at - at % self.span).saturating_add(self.span).min(end);
            let part: Range<usize> = (at - first) as usize * count..(stop - first) as usize * count;
            let part = samples.get(part).unwrap_or_default();
            let full = stop.is_multiple_of(self.span);
            for (side, channel) in self.channels.iter_mut().enumerate() {
                channel.add(
                    Extent::of(part, side, count),
                    part.iter().skip(side).step_by(count),
                    faults,
                );
                // The last block of all is never full: it is kept as it grows.
                channel.keep((at / self.span) as usize, full);
            }
            at = stop;
        }
        self.next = end;
    }

    /// The levels so far.
    pub(super) fn fine(&self) -> Fine {
        let levels = self.channels.iter().map(|channel| channel.levels.clone());
        Fine {
            block: time_of(self.span, self.rate),
            channels: levels.collect(),
        }
    }

    /// The numbers so far. `complete`: nothing more comes.
    pub(super) fn statistics(&self, complete: bool) -> Statistics {
        summary::of(
            &self.channels,
            self.span,
            self.rate,
            self.thresholds,
            complete,
        )
    }
}

impl Channel {
    fn add<'a>(&mut self, extent: Extent, samples: impl Iterator<Item = &'a f32>, faults: Faults) {
        self.block.peak = self.block.peak.max(extent.peak);
        self.block.squares += extent.squares;
        self.block.count += extent.count;
        if extent.peak < FULL && extent.least > 0.0 {
            // Nearly all of any recording: nothing to count sample by sample.
            self.full = 0;
            self.sound(faults.gap);
        } else {
            self.look(samples, faults);
        }
    }

    /// Counts samples at full scale and at zero.
    fn look<'a>(&mut self, samples: impl Iterator<Item = &'a f32>, faults: Faults) {
        for sample in samples {
            let size = sample.abs();
            if size >= FULL {
                self.full += 1;
                self.clips = self
                    .clips
                    .saturating_add(u32::from(self.full == faults.clip));
            } else {
                self.full = 0;
            }
            if size == 0.0 {
                self.zeros += 1;
            } else {
                self.sound(faults.gap);
            }
        }
    }

    /// The zeros have ended, if there were any.
    fn sound(&mut self, gap: u64) {
        if self.zeros >= gap && self.heard {
            self.gaps.count = self.gaps.count.saturating_add(1);
            self.gaps.total += self.zeros;
            self.gaps.longest = self.gaps.longest.max(self.zeros);
        }
        self.zeros = 0;
        self.heard = true;
    }

    fn keep(&mut self, at: usize, full: bool) {
        let Open {
            peak,
            squares,
            count,
        } = self.block;
        let rms = Level::of((squares / count.max(1) as f32).sqrt());
        let peak = Level::of(peak);
        self.levels.set(at, Block { peak, rms });
        if full {
            self.close();
        }
    }

    fn close(&mut self) {
        let block = std::mem::take(&mut self.block);
        self.peak = self.peak.max(block.peak);
        self.squares += f64::from(block.squares);
        self.count += u64::from(block.count);
    }

    fn jumped(&mut self) {
        self.close();
        (self.full, self.zeros, self.heard) = (0, 0, false);
    }

    /// Highest amplitude, sum of squares and number of samples, the open block among them.
    pub(super) fn totals(&self) -> (f32, f64, u64) {
        (
            self.peak.max(self.block.peak),
            self.squares + f64::from(self.block.squares),
            self.count + u64::from(self.block.count),
        )
    }
}
