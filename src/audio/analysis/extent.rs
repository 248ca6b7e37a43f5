//! What a stretch of one channel comes to: the one loop that sees every sample, and so the one that is written for speed.

/// Sums that run beside each other: one alone would wait for itself at every sample. A multiple of one channel and of two.
const LANES: usize = 16;

/// Amplitudes of a stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) peak: f32,
    /// The smallest amplitude; infinite for no samples.
    pub(super) least: f32,
    /// The sum of squares.
    pub(super) squares: f32,
    pub(super) count: u32,
}

impl Extent {
    const NONE: Self = Self {
        peak: 0.0,
        least: f32::INFINITY,
        squares: 0.0,
        count: 0,
    };

    fn add(&mut self, sample: f32) {
        let size = sample.abs();
        self.peak = self.peak.max(size);
        self.least = self.least.min(size);
        self.squares += size * size;
        self.count += 1;
    }

    /// Of the samples of channel `side`, interleaved with those of `channels` channels in all.
    pub(super) fn of(samples: &[f32], side: usize, channels: usize) -> Self {
        let (chunks, rest) = match LANES % channels {
            0 => samples.as_chunks::<LANES>(),
            _ => (&[][..], samples),
        };
        let (mut peaks, mut leasts, mut sums) =
            ([0.0_f32; LANES], [f32::INFINITY; LANES], [0.0_f32; LANES]);
        for chunk in chunks {
            let lanes = peaks.iter_mut().zip(&mut leasts).zip(&mut sums);
            for (sample, ((peak, least), sum)) in chunk.iter().zip(lanes) {
                let size = sample.abs();
                *peak = if size > *peak { size } else { *peak };
                *least = if size < *least { size } else { *least };
                *sum += size * size;
            }
        }
        let mut extent = Self::NONE;
        let lanes = peaks.into_iter().zip(leasts).zip(sums);
        for ((peak, least), sum) in lanes.skip(side).step_by(channels) {
            extent.peak = extent.peak.max(peak);
            extent.least = extent.least.min(least);
            extent.squares += sum;
        }
        extent.count = (chunks.len() * LANES / channels) as u32;
        for sample in rest.iter().skip(side).step_by(channels) {
            extent.add(*sample);
        }
        extent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it would be said in words.
    fn plain(samples: &[f32], side: usize, channels: usize) -> Extent {
        let mut extent = Extent::NONE;
        for sample in samples.iter().skip(side).step_by(channels) {
            extent.add(*sample);
        }
        extent
    }

    #[test]
    fn the_quick_way_gives_what_the_plain_one_gives() {
        let samples: Vec<f32> = (0..1000_i32)
            .map(|n| ((n * 37) % 201 - 100) as f32 / 128.0)
            .collect();
        for channels in 1..=3 {
            for length in [0, 1, 15, 16, 17, 160, 882, 1000] {
                let part = &samples[..length / channels * channels];
                for side in 0..channels {
                    let (quick, plain) = (
                        Extent::of(part, side, channels),
                        plain(part, side, channels),
                    );
                    assert_eq!(
                        (quick.peak, quick.least, quick.count),
                        (plain.peak, plain.least, plain.count),
                        "{side} of {channels}, {length} samples"
                    );
                    assert!((quick.squares - plain.squares).abs() <= plain.squares * 1e-5);
                }
            }
        }
    }
}
