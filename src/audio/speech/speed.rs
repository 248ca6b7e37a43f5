//! How fast a recording is played, and the sound of it with its pitch kept.

use std::num::{NonZeroU16, NonZeroU32};

/// How fast, in tenths of the recording's own speed: 5 to 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u8);

impl Speed {
    /// As it was recorded.
    pub const NORMAL: Self = Self(10);
    const SLOWEST: u8 = 5;
    const FASTEST: u8 = 40;

    /// The speed nearest to so many tenths.
    pub fn from_tenths(tenths: u8) -> Self {
        Self(tenths.clamp(Self::SLOWEST, Self::FASTEST))
    }

    pub fn tenths(self) -> u8 {
        self.0
    }

    /// 0.5 to 4.0.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    pub fn slower(self) -> Self {
        Self::from_tenths(self.0.saturating_sub(1))
    }

    pub fn faster(self) -> Self {
        Self::from_tenths(self.0.saturating_add(1))
    }

    /// How long so much of a recording takes at this speed, in whatever it is counted in.
    pub fn shrink(self, of_recording: u64) -> u64 {
        let shrunk = u128::from(of_recording) * 10 / u128::from(self.0.max(1));
        u64::try_from(shrunk).unwrap_or(u64::MAX)
    }

    /// How much of a recording passes in so much time at this speed.
    pub fn stretch(self, of_time: u64) -> u64 {
        let stretched = u128::from(of_time) * u128::from(self.0) / 10;
        u64::try_from(stretched).unwrap_or(u64::MAX)
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::NORMAL
    }
}

/// As people write it: `1.5×`.
impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}×", self.0 / 10, self.0 % 10)
    }
}

/// Changes how long sound lasts and not how high it is.
pub trait Stretch: Send {
    /// Takes interleaved samples in.
    fn push(&mut self, samples: &[f32]);

    /// Appends what can be given now to `out`.
    fn pull(&mut self, out: &mut Vec<f32>);

    /// Appends the rest to `out`: with it, as much has come out as the length of what went in asks for.
    fn finish(&mut self, out: &mut Vec<f32>);
}

/// What plays at `speed`; `None` where nothing has to be done.
pub fn stretch(speed: Speed, channels: u16, rate: u32) -> Option<Box<dyn Stretch>> {
    if speed == Speed::NORMAL {
        return None;
    }
    let (channels, rate) = (NonZeroU16::new(channels)?, NonZeroU32::new(rate)?);
    Some(Box::new(Wsola::new(speed, channels, rate)?))
}

/// Cuts waves that are alike and lays them closer together or further apart (WSOLA). It shifts what it lays by 12 ms at most to make
/// waves meet, and makes that up with the next.
struct Wsola {
    inner: wsola::TimeStretch,
    speed: Speed,
    channels: usize,
    /// One piece of what comes out.
    piece: Vec<f32>,
    /// Samples of the lead still to be dropped.
    skip: usize,
    taken: u64,
    given: u64,
}

impl Wsola {
    fn new(speed: Speed, channels: NonZeroU16, rate: NonZeroU32) -> Option<Self> {
        let mut inner = wsola::TimeStretch::new(rate, channels).ok()?;
        inner.set_tempo(speed.factor() as f32);
        let piece = vec![0.0; inner.min_output_buff_size()];
        // It fades its first piece in, and lays the next by its middle: a piece of silence in front, dropped again behind, puts
        // the first frame at full level where it belongs.
        inner.push(&piece);
        Some(Self {
            inner,
            speed,
            channels: usize::from(channels.get()),
            skip: piece.len(),
            piece,
            taken: 0,
            given: 0,
        })
    }
}

impl Stretch for Wsola {
    fn push(&mut self, samples: &[f32]) {
        self.taken += (samples.len() / self.channels) as u64;
        self.inner.push(samples);
    }

    fn pull(&mut self, out: &mut Vec<f32>) {
        // The only other outcome is that more has to come in first.
        while let Ok(written) = self.inner.pull(&mut self.piece) {
            let piece = self.piece.get(..written).unwrap_or_default();
            let skipped = self.skip.min(piece.len());
            self.skip -= skipped;
            let kept = piece.get(skipped..).unwrap_or_default();
            self.given += (kept.len() / self.channels) as u64;
            out.extend_from_slice(kept);
        }
    }

    fn finish(&mut self, out: &mut Vec<f32>) {
        self.pull(out);
        self.inner.set_draining();
        self.pull(out);
        // What was laid last may reach beyond the end, or not quite to it.
        let due = self.speed.shrink(self.taken);
        let frames = out.len() / self.channels;
        let frames = if due < self.given {
            frames.saturating_sub((self.given - due) as usize)
        } else {
            frames + (due - self.given) as usize
        };
        out.resize(frames * self.channels, 0.0);
        self.given = due;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_have_ends_and_are_written_with_one_decimal() {
        let mut speed = Speed::NORMAL;
        assert_eq!(speed.faster().to_string(), "1.1×");
        for _ in 0..50 {
            speed = speed.faster();
        }
        assert_eq!(speed.to_string(), "4.0×");
        for _ in 0..50 {
            speed = speed.slower();
        }
        assert_eq!((speed.to_string().as_str(), speed.factor()), ("0.5×", 0.5));
    }

    #[test]
    fn time_and_recording_are_counted_into_each_other() {
        let speed = Speed::from_tenths(15);
        assert_eq!(speed.shrink(3_000), 2_000);
        assert_eq!(speed.stretch(2_000), 3_000);
        assert_eq!(Speed::from_tenths(40).stretch(u64::MAX), u64::MAX);
    }

    #[test]
    fn the_length_is_kept_to_the_frame_whatever_the_pieces() {
        for tenths in [5, 9, 15, 40] {
            let speed = Speed::from_tenths(tenths);
            for piece in [1, 160, 100_000] {
                for frames in [0, 1, 50, 12_345_usize] {
                    let mut stretch = stretch(speed, 2, 8_000).unwrap();
                    let mut out = Vec::new();
                    for part in vec![0.1; frames * 2].chunks(piece * 2) {
                        stretch.push(part);
                        stretch.pull(&mut out);
                    }
                    stretch.finish(&mut out);
                    let due = speed.shrink(frames as u64) as usize;
                    assert_eq!(out.len(), due * 2, "{frames} at {speed} by {piece}");
                }
            }
        }
    }

    #[test]
    fn a_sound_comes_where_the_speed_puts_it() {
        for tenths in [5, 15, 20, 30, 40] {
            let speed = Speed::from_tenths(tenths);
            let mut samples = vec![0.0; 16_000];
            for (n, sample) in samples[7_000..9_000].iter_mut().enumerate() {
                *sample = (n as f32 * 0.5).sin();
            }
            let mut stretch = stretch(speed, 1, 8_000).unwrap();
            let mut out = Vec::new();
            stretch.push(&samples);
            stretch.finish(&mut out);
            let energy = |weigh: fn(usize) -> f64| -> f64 {
                let each = out.iter().enumerate();
                each.map(|(n, s)| f64::from(s * s) * weigh(n)).sum()
            };
            let middle = energy(|n| n as f64) / energy(|_| 1.0);
            let off = (middle - speed.shrink(8_000) as f64).abs() / 8.0;
            assert!(off < 16.0, "{off} ms off at {speed}");
        }
    }
}
