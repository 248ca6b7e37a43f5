//! Peaks and loudness gathered into bins that double their span when there are too many.

use super::extent::Extent;
use crate::audio::decode::time_of;
use crate::audio::waveform::{Column, Fine, Waveform};

/// Bins a second to begin with.
const FINEST: u32 = 100;

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    peak: f32,
    squares: f64,
    count: u32,
}

impl Bin {
    fn join(self, other: Self) -> Self {
        Self {
            peak: self.peak.max(other.peak),
            squares: self.squares + other.squares,
            count: self.count.saturating_add(other.count),
        }
    }

    fn column(self) -> Option<Column> {
        let byte = |value: f64| (value * 255.0).round().clamp(0.0, 255.0) as u8;
        let mean = self.squares / f64::from(self.count.max(1));
        (self.count > 0).then(|| Column {
            peak: byte(f64::from(self.peak)),
            rms: byte(mean.sqrt()),
        })
    }
}

impl From<Extent> for Bin {
    fn from(extent: Extent) -> Self {
        Self {
            peak: extent.peak,
            squares: f64::from(extent.squares),
            count: extent.count,
        }
    }
}

/// The waveform in the making.
pub(super) struct Peaks {
    rate: u32,
    /// Frames in a bin.
    span: u64,
    channels: Vec<Vec<Bin>>,
}

impl Peaks {
    /// For a recording of `channels` channels at `rate` Hz.
    pub(super) fn new(rate: u32, channels: u16) -> Self {
        Self {
            rate,
            span: u64::from(rate / FINEST).max(1),
            channels: vec![Vec::new(); usize::from(channels.max(1))],
        }
    }

    /// Adds interleaved samples, the first of which stands at frame `first`.
    pub(super) fn add(&mut self, first: u64, samples: &[f32]) {
        let channels = self.channels.len();
        let frames = samples.len() / channels;
        let end = first.saturating_add(frames as u64);
        while end.div_ceil(self.span) > Waveform::MOST as u64 {
            self.halve();
        }
        let bins = end.div_ceil(self.span) as usize;
        for channel in &mut self.channels {
            if channel.len() < bins {
                channel.resize(bins, Bin::default());
            }
        }
        let mut rest = samples;
        let mut frame = first;
        while !rest.is_empty() {
            let left = (self.span - frame % self.span) as usize;
            let (part, after) = rest.split_at((left * channels).min(rest.len()));
            let place = (frame / self.span) as usize;
            for (side, channel) in self.channels.iter_mut().enumerate() {
                if let Some(bin) = channel.get_mut(place) {
                    *bin = bin.join(Extent::of(part, side, channels).into());
                }
            }
            frame += left as u64;
            rest = after;
        }
    }

    fn halve(&mut self) {
        self.span = self.span.saturating_mul(2);
        for channel in &mut self.channels {
            *channel = channel
                .chunks(2)
                .map(|pair| pair.iter().copied().fold(Bin::default(), Bin::join))
                .collect();
        }
    }

    /// What is known so far.
    pub(super) fn picture(&self, fine: Fine) -> Waveform {
        let columns = |bins: &Vec<Bin>| bins.iter().map(|bin| bin.column()).collect();
        Waveform {
            bin: time_of(self.span, self.rate),
            channels: self.channels.iter().map(columns).collect(),
            fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn bins_hold_peak_and_loudness_of_their_side() {
        let mut peaks = Peaks::new(8_000, 2);
        let samples: Vec<f32> = (0..160)
            .flat_map(|n| [if n < 80 { 0.5 } else { 0.0 }, -1.0])
            .collect();
        peaks.add(0, &samples);
        let picture = peaks.picture(Fine::default());
        assert_eq!(picture.bin, Duration::from_millis(10));
        let column = |peak, rms| Some(Column { peak, rms });
        assert_eq!(picture.channels[0], [column(128, 128), column(0, 0)]);
        assert_eq!(picture.channels[1], [column(255, 255), column(255, 255)]);
    }

    #[test]
    fn what_is_not_known_stays_open_and_pieces_join() {
        let mut peaks = Peaks::new(8_000, 1);
        peaks.add(800, &[0.25; 40]);
        peaks.add(840, &[1.0; 40]);
        let picture = peaks.picture(Fine::default());
        assert_eq!(picture.channels[0].len(), 11);
        assert_eq!(picture.channels[0][9], None);
        let joined = picture.channels[0][10].unwrap();
        assert_eq!((joined.peak, joined.rms), (255, 186));
    }

    #[test]
    fn an_hour_keeps_to_its_bound_and_loses_no_peak() {
        let mut peaks = Peaks::new(8_000, 1);
        let mut samples = vec![0.0; 8_000];
        samples[77] = 0.8;
        for second in 0..3_600 {
            peaks.add(second * 8_000, &samples);
        }
        let picture = peaks.picture(Fine::default());
        assert!(picture.channels[0].len() <= Waveform::MOST);
        assert_eq!(picture.bin, Duration::from_millis(1_280));
        let covered = picture.bin * picture.channels[0].len() as u32;
        assert!(covered >= Duration::from_secs(3_600));
        assert!(
            picture.channels[0][..2_812]
                .iter()
                .all(|bin| bin.unwrap().peak == 204)
        );
    }
}
