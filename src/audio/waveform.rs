//! Peaks over time, at a resolution that halves as the recording grows, so that memory stays bounded.

use std::time::Duration;

/// One column of the drawn waveform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Column {
    /// Highest absolute sample, 0 to 255.
    pub peak: u8,
    /// Root mean square, 0 to 255.
    pub rms: u8,
}

/// The peaks of every channel as far as they were decoded. At most [`Waveform::MOST`] bins a channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waveform {
    /// Time that one bin spans.
    pub bin: Duration,
    /// One vector a channel, equal in length; `None` where nothing has been decoded yet.
    pub channels: Vec<Vec<Option<Column>>>,
}

impl Waveform {
    pub const MOST: usize = 4096;

    /// Channel `channel` between `from` and `to` as `width` columns; `None` where nothing is known. A column's peak lies halfway
    /// between the mean and the highest of its bins, its rms is their mean.
    pub fn columns(
        &self,
        channel: usize,
        from: Duration,
        to: Duration,
        width: usize,
    ) -> Vec<Option<Column>> {
        let Some(bins) = self.channels.get(channel) else {
            return vec![None; width];
        };
        let (bin, span) = (
            self.bin.as_secs_f64(),
            to.saturating_sub(from).as_secs_f64(),
        );
        if bin <= 0.0 || span <= 0.0 {
            return vec![None; width];
        }
        (0..width)
            .map(|column| {
                let start = (from.as_secs_f64() + span * column as f64 / width as f64) / bin;
                let end = (from.as_secs_f64() + span * (column + 1) as f64 / width as f64) / bin;
                let first = start as usize;
                let last = (end.ceil() as usize).max(first + 1).min(bins.len());
                let known: Vec<Column> = bins.get(first..last)?.iter().flatten().copied().collect();
                // The highest of many bins is high almost anywhere in an hour of talk, and their mean is low in any short call:
                // between the two both look like what they are.
                let mean = |height: fn(&Column) -> u8| {
                    let sum: u64 = known.iter().map(|bin| u64::from(height(bin))).sum();
                    u8::try_from(sum.div_ceil(known.len() as u64)).unwrap_or(u8::MAX)
                };
                let highest = known.iter().map(|bin| bin.peak).max()?;
                Some(Column {
                    peak: mean(|bin| bin.peak).midpoint(highest),
                    rms: mean(|bin| bin.rms),
                })
            })
            .collect()
    }
}
