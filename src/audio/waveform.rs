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

    /// Channel `channel` between `from` and `to` as `width` columns, each the mean of its bins; `None` where nothing is known.
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
                // The highest of many bins is high almost anywhere in an hour of talk; their mean shows how much of the
                // column is talk.
                let mean = |height: fn(&Column) -> u8| {
                    let sum: u64 = known.iter().map(|bin| u64::from(height(bin))).sum();
                    u8::try_from(sum.div_ceil(known.len() as u64)).unwrap_or(u8::MAX)
                };
                (!known.is_empty()).then(|| Column {
                    peak: mean(|bin| bin.peak),
                    rms: mean(|bin| bin.rms),
                })
            })
            .collect()
    }
}
