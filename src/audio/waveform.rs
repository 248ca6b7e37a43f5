//! Peaks over time, at a resolution that halves as the recording grows, so that memory stays bounded.

use std::time::Duration;

use super::levels::{Level, Levels};

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
    /// The same for a close look.
    pub fine: Fine,
}

/// The levels of short blocks, of every channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fine {
    /// Time that one block spans.
    pub block: Duration,
    pub channels: Vec<Levels>,
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
        let a_column = to.saturating_sub(from).as_secs_f64() / width.max(1) as f64;
        let coarse = self.channels.get(channel);
        let fine = self.fine.channels.get(channel);
        let block = self.fine.block.as_secs_f64();
        match (fine, coarse) {
            // Bins that are wider than a column would make steps of it.
            (Some(levels), _) if block > 0.0 && a_column < self.bin.as_secs_f64() => {
                let known = |at| levels.get(at).map(|block| column(block.peak, block.rms));
                columns(known, levels.len(), block, from, a_column, width)
            }
            (_, Some(bins)) => {
                let bin = self.bin.as_secs_f64();
                let known = |at: usize| bins.get(at).copied().flatten();
                columns(known, bins.len(), bin, from, a_column, width)
            }
            _ => vec![None; width],
        }
    }
}

fn column(peak: Level, rms: Level) -> Column {
    let byte = |level: Level| (level.amplitude() * 255.0).round() as u8;
    Column {
        peak: byte(peak),
        rms: byte(rms),
    }
}

/// `width` columns of `a_column` seconds each, from `count` bins of `bin` seconds.
fn columns(
    known: impl Fn(usize) -> Option<Column>,
    count: usize,
    bin: f64,
    from: Duration,
    a_column: f64,
    width: usize,
) -> Vec<Option<Column>> {
    if bin <= 0.0 || a_column <= 0.0 {
        return vec![None; width];
    }
    let from = from.as_secs_f64();
    let of_column = |column: usize| {
        let start = (from + a_column * column as f64) / bin;
        let end = (from + a_column * (column + 1) as f64) / bin;
        let first = start as usize;
        let last = (end.ceil() as usize).max(first + 1).min(count);
        let known: Vec<Column> = (first..last).filter_map(&known).collect();
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
    };
    (0..width).map(of_column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::levels::Block;

    #[test]
    fn close_up_the_fine_levels_are_shown_and_from_afar_the_bins() {
        let mut levels = Levels::default();
        for at in 0..1_000 {
            let peak = Level::of(if at == 500 { 1.0 } else { 0.1 });
            levels.set(at, Block { peak, rms: peak });
        }
        let waveform = Waveform {
            bin: Duration::from_secs(1),
            channels: vec![vec![Some(Column { peak: 7, rms: 7 }); 20]],
            fine: Fine {
                block: Duration::from_millis(20),
                channels: vec![levels],
            },
        };
        let secs = Duration::from_secs;
        let near = waveform.columns(0, secs(9), secs(12), 150);
        let loudest = near
            .iter()
            .enumerate()
            .max_by_key(|(_, column)| column.map(|c| c.peak));
        assert_eq!(
            loudest.map(|(at, column)| (at, column.unwrap().peak)),
            Some((50, 255))
        );
        // Half a decibel is as exact as a level is.
        assert!((24..=27).contains(&near[60].unwrap().peak));
        let far = waveform.columns(0, secs(0), secs(20), 10);
        assert_eq!(far[5].unwrap().peak, 7);
        let beyond = waveform.columns(0, secs(19), secs(22), 150);
        assert!(beyond[49].is_some() && beyond[51].is_none());
        assert_eq!(waveform.columns(1, secs(0), secs(3), 2), [None, None]);
        assert_eq!(waveform.columns(0, secs(3), secs(3), 2), [None, None]);
    }
}
