//! What a listener gets to hear of a recording, from its bytes to the frames of the device, without waiting for a clock.

use std::time::{Duration, Instant};

use super::super::{Fill, Stream};
use crate::audio::buffer::Buffer;
use crate::audio::decode::{self, Role, Step};
use crate::audio::ring::{Frame, Stage, ring};
use crate::audio::speech::Speech;

pub const RATE: u32 = 48_000;

/// Frames rendered at once.
const STEP: usize = 64;

/// Everything that was heard.
pub struct Ears {
    pub frames: Vec<Frame>,
    /// Where the recording was said to stand after each step of [`STEP`] frames.
    positions: Vec<Duration>,
    skipped: Duration,
}

impl Ears {
    /// All of `file` from `from` on, heard as `speech` says.
    pub fn hear(file: &[u8], from: Duration, speech: Speech) -> Self {
        Self::hear_at(file, from, speech, 1.0)
    }

    /// The same, at a volume.
    pub fn hear_at(file: &[u8], from: Duration, speech: Speech, volume: f32) -> Self {
        let buffer = Buffer::from_bytes(file.to_vec());
        let mut decoder = decode::open(&buffer, Role::Head).unwrap().unwrap();
        let (mut writer, mut renderer, _) = ring(RATE, std::thread::current());
        writer.set_epoch(1);
        writer.set_running(true);
        writer.set_volume(volume);
        decoder.seek(from);
        let mut stream = Stream::new(1, Duration::ZERO, &*decoder, speech, RATE).unwrap();
        stream.set_gain(volume.max(1.0));
        let (mut frames, mut positions) = (Vec::new(), Vec::new());
        let mut skipped = Duration::ZERO;
        let mut step = [[0.0; 2]; STEP];
        while writer.heard().stage != Stage::Finished {
            while stream.fill(&mut *decoder, &mut writer).unwrap() == Fill::More {}
            renderer.render(&mut step, Instant::now());
            frames.extend(step);
            let position = writer.heard().position;
            positions.push(position);
            skipped += stream.skipped_until(position);
        }
        Self {
            frames,
            positions,
            skipped,
        }
    }

    /// Stretches of the recording that were passed over, each in seconds from its beginning to its end.
    pub fn holes(&self) -> Vec<std::ops::Range<f64>> {
        self.positions
            .windows(2)
            .filter(|pair| pair[1] > pair[0] + Duration::from_millis(9))
            .map(|pair| pair[0].as_secs_f64()..pair[1].as_secs_f64())
            .collect()
    }

    /// Silence that was left out, as the stream tells it.
    pub fn skipped(&self) -> Duration {
        self.skipped
    }

    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.frames.len() as f64 / f64::from(RATE))
    }

    /// Where the recording was said to stand when so much had been heard.
    pub fn position(&self, heard: Duration) -> Duration {
        let frame = (heard.as_secs_f64() * f64::from(RATE)) as usize;
        self.positions[(frame / STEP).min(self.positions.len() - 1)]
    }

    pub fn side(&self, side: usize) -> Vec<f32> {
        self.frames.iter().map(|frame| frame[side]).collect()
    }
}

/// Mean square.
pub fn energy(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    sum / samples.len().max(1) as f64
}

/// What a file holds, decoded: interleaved samples, their rate in Hz, and how many channels.
pub fn decoded(file: &[u8]) -> (Vec<f32>, u32, usize) {
    let buffer = Buffer::from_bytes(file.to_vec());
    let mut decoder = decode::open(&buffer, Role::Follower).unwrap().unwrap();
    let mut samples = Vec::new();
    while decoder.next(&mut samples).unwrap() != Step::End {}
    (samples, decoder.rate(), usize::from(decoder.channels()))
}

/// How much of a tone of `hertz` is in `samples`: its amplitude (Goertzel).
pub fn amplitude(samples: &[f32], hertz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hertz / f64::from(RATE);
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        sine += f64::from(*sample) * (turn * n as f64).sin();
        cosine += f64::from(*sample) * (turn * n as f64).cos();
    }
    2.0 * sine.hypot(cosine) / samples.len().max(1) as f64
}

/// A 16-bit WAV file of interleaved samples.
pub fn wav(rate: u32, channels: u16, samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| ((sample * 32_767.0).round() as i16).to_le_bytes())
        .collect();
    let frame = channels * 2;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A tone of amplitude 0.5, mono.
pub fn tone(rate: u32, hertz: f64, seconds: f64) -> Vec<f32> {
    let turn = std::f64::consts::TAU * hertz / f64::from(rate);
    (0..(seconds * f64::from(rate)) as usize)
        .map(|n| (0.5 * (turn * n as f64).sin()) as f32)
        .collect()
}
