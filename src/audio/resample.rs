//! From the recording's rate to the output's, frame by frame accounted for.
//!
//! rubato's FFT resampler: a linear-phase filter with a delay that is known, so that the delay can be cut off at the front and
//! flushed at the end. What comes out starts exactly where what went in started, and lasts as long.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

use super::ring::Frame;

/// Length of the filter. Longer is steeper (8 kHz sound keeps more of its top) and later.
const FILTER_SECONDS: f64 = 0.032;

/// Turns mono or stereo at one rate into stereo at another.
pub struct Resampler {
    channels: usize,
    ratio: f64,
    inner: Option<Fft<f32>>,
    /// Source samples that do not fill a chunk yet.
    pending: Vec<f32>,
    chunk: Vec<f32>,
    /// Output frames still to be dropped: the filter's delay.
    skip: u64,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// `channels` is 1 or 2, `from` and `to` are Hz. Equal rates pass samples through untouched.
    pub fn new(channels: u16, from: u32, to: u32) -> Result<Self, String> {
        let channels = usize::from(channels.clamp(1, 2));
        let mut resampler = Self {
            channels,
            ratio: f64::from(to) / f64::from(from.max(1)),
            inner: None,
            pending: Vec::new(),
            chunk: Vec::new(),
            skip: 0,
            taken: 0,
            given: 0,
        };
        if from != to {
            let fft = Fft::new_custom(
                from as usize,
                to as usize,
                filter_frames(from, to),
                1,
                channels,
                WindowFunction::BlackmanHarris2,
                FixedSync::Both,
            )
            .map_err(|error| format!("cannot turn {from} Hz into {to} Hz: {error}"))?;
            resampler.chunk = vec![0.0; fft.output_frames_max() * channels];
            resampler.skip = fft.output_delay() as u64;
            resampler.inner = Some(fft);
        }
        Ok(resampler)
    }

    /// Takes interleaved samples in and appends what can be given now to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<Frame>) -> Result<(), String> {
        self.taken += (samples.len() / self.channels) as u64;
        if self.inner.is_none() {
            self.given += (samples.len() / self.channels) as u64;
            stereo(samples, self.channels, out);
            return Ok(());
        }
        self.pending.extend_from_slice(samples);
        self.drain(false, out)
    }

    /// Gives the rest: after this, as many frames have come out as the length of what went in asks for.
    pub fn finish(&mut self, out: &mut Vec<Frame>) -> Result<(), String> {
        if self.inner.is_none() {
            return Ok(());
        }
        self.drain(false, out)?;
        let due = (self.taken as f64 * self.ratio).round() as u64;
        while self.given < due {
            let before = self.given;
            self.drain(true, out)?;
            if self.given == before && self.skip == 0 {
                break;
            }
        }
        out.truncate(
            out.len()
                .saturating_sub((self.given.saturating_sub(due)) as usize),
        );
        self.given = self.given.min(due);
        Ok(())
    }

    /// Runs whole chunks; with `flush` one chunk that is filled up with silence.
    fn drain(&mut self, flush: bool, out: &mut Vec<Frame>) -> Result<(), String> {
        let Some(fft) = &mut self.inner else {
            return Ok(());
        };
        let mut used = 0;
        loop {
            let need = fft.input_frames_next();
            let rest = self.pending.get(used..).unwrap_or_default();
            let have = rest.len() / self.channels;
            if have < need && !flush {
                break;
            }
            let taken = have.min(need);
            let frames = {
                let input = InterleavedSlice::new(rest, self.channels, have)
                    .map_err(|error| error.to_string())?;
                let room = self.chunk.len() / self.channels;
                let mut output = InterleavedSlice::new_mut(&mut self.chunk, self.channels, room)
                    .map_err(|error| error.to_string())?;
                let indexing = Indexing::new().partial_len(taken);
                let indexing = (taken < need).then_some(&indexing);
                let (_, frames) = fft
                    .process_into_buffer(&input, &mut output, indexing)
                    .map_err(|error| error.to_string())?;
                frames
            };
            used += taken * self.channels;
            let drop = self.skip.min(frames as u64);
            self.skip -= drop;
            self.given += frames as u64 - drop;
            let from = drop as usize * self.channels;
            let samples = self.chunk.get(from..frames * self.channels);
            stereo(samples.unwrap_or_default(), self.channels, out);
            if flush {
                break;
            }
        }
        self.pending.drain(..used.min(self.pending.len()));
        Ok(())
    }
}

/// Frames of the filter at the source's rate. The rates' greatest common divisor says which lengths there are; of these an
/// even one, for rubato tells the delay of an odd one wrong by half a source frame (measured: 18 dB of purity instead of
/// over 70).
fn filter_frames(from: u32, to: u32) -> usize {
    let (mut a, mut b) = (from, to);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let unit = (from / a.max(1)) as usize;
    let wanted = (f64::from(from) * FILTER_SECONDS) as usize;
    let units = wanted.div_ceil(unit.max(1)).max(1);
    let even = (unit * units).is_multiple_of(2);
    unit * if even { units } else { units + 1 }
}

/// Mono goes to both ears.
fn stereo(samples: &[f32], channels: usize, out: &mut Vec<Frame>) {
    if channels == 1 {
        out.extend(samples.iter().map(|&sample| [sample, sample]));
    } else {
        out.extend(samples.chunks_exact(2).map(|pair| match pair {
            [left, right] => [*left, *right],
            _ => [0.0; 2],
        }));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use std::f64::consts::TAU;

    fn tone(rate: u32, hertz: f64, seconds: f64) -> Vec<f32> {
        (0..(f64::from(rate) * seconds) as usize)
            .map(|n| (0.5 * (TAU * hertz * n as f64 / f64::from(rate)).sin()) as f32)
            .collect()
    }

    fn run(channels: u16, from: u32, to: u32, samples: &[f32], piece: usize) -> Vec<Frame> {
        let mut resampler = Resampler::new(channels, from, to).unwrap();
        let mut out = Vec::new();
        for part in samples.chunks(piece * usize::from(channels)) {
            resampler.push(part, &mut out).unwrap();
        }
        resampler.finish(&mut out).unwrap();
        out
    }

    /// The level of everything but the tone, below the tone, in dB; the tone is taken to stand exactly in phase and pitch,
    /// so that a delay or a shift counts as noise.
    fn purity(out: &[Frame], rate: u32, hertz: f64) -> f64 {
        let (mut signal, mut rest) = (0.0, 0.0);
        let edge = rate as usize / 10;
        for (n, frame) in out.iter().enumerate().take(out.len() - edge).skip(edge) {
            let wanted = 0.5 * (TAU * hertz * n as f64 / f64::from(rate)).sin();
            signal += wanted * wanted;
            rest += (f64::from(frame[0]) - wanted).powi(2);
        }
        10.0 * (signal / rest).log10()
    }

    #[test]
    fn a_tone_keeps_pitch_phase_and_purity() {
        for (from, to) in [
            (8_000, 48_000),
            (8_000, 44_100),
            (16_000, 48_000),
            (24_000, 48_000),
            (44_100, 48_000),
            (48_000, 44_100),
            (11_025, 48_000),
            (22_050, 48_000),
            (32_000, 44_100),
            (12_000, 96_000),
        ] {
            for hertz in [440.0, 2_500.0, 3_300.0] {
                let out = run(1, from, to, &tone(from, hertz, 2.0), 576);
                let db = purity(&out, to, hertz);
                assert!(db > 70.0, "{hertz} Hz from {from} to {to}: {db:.1} dB");
            }
        }
    }

    #[test]
    fn the_length_is_kept_to_the_frame_whatever_the_pieces() {
        for (from, to) in [(8_000, 48_000), (44_100, 48_000), (22_050, 48_000)] {
            for piece in [1, 100, 1_152, 100_000] {
                let frames = 12_345;
                let out = run(1, from, to, &vec![0.1; frames], piece);
                let wanted = (frames as f64 * f64::from(to) / f64::from(from)).round();
                assert_eq!(out.len(), wanted as usize, "{from} to {to} by {piece}");
            }
        }
    }

    #[test]
    fn a_click_stays_where_it_was() {
        let mut samples = vec![0.0; 8_000];
        samples[4_000] = 1.0;
        let out = run(1, 8_000, 48_000, &samples, 576);
        let top = (0..out.len())
            .max_by(|a, b| out[*a][0].total_cmp(&out[*b][0]))
            .unwrap();
        assert!(top.abs_diff(24_000) <= 1, "at {top}");
    }

    #[test]
    fn sides_stay_apart_and_mono_goes_to_both() {
        let mono = tone(8_000, 500.0, 0.5);
        let stereo: Vec<f32> = mono.iter().flat_map(|&s| [s, 0.0]).collect();
        let out = run(2, 8_000, 48_000, &stereo, 576);
        assert!(out.iter().all(|f| f[1].abs() < 1e-6));
        assert!(out.iter().any(|f| f[0] > 0.4));
        let out = run(1, 8_000, 48_000, &mono, 576);
        assert!(out.iter().all(|f| f[0].to_bits() == f[1].to_bits()));
    }

    #[test]
    fn equal_rates_change_nothing() {
        let samples = tone(48_000, 300.0, 0.1);
        let out = run(1, 48_000, 48_000, &samples, 100);
        assert!(out.iter().zip(&samples).all(|(f, s)| f[0] == *s));
        assert_eq!(out.len(), samples.len());
    }
}
