//! Frames as bytes.

use crate::audio::ring::Frame;
use crate::audio::sink::{Channels, Encoding, Format};

/// What a WAV header says where the length is not known; ffmpeg, SoX and mpv then read until the end.
const ENDLESS: u32 = u32::MAX;

impl Format {
    /// What goes before the first frame; nothing when the encoding has no header.
    pub(super) fn header(&self) -> Vec<u8> {
        if self.encoding != Encoding::Wav {
            return Vec::new();
        }
        let channels = self.channels.count();
        let block = channels * 2;
        let mut header = Vec::with_capacity(44);
        header.extend(b"RIFF");
        header.extend(ENDLESS.to_le_bytes());
        header.extend(b"WAVEfmt ");
        header.extend(16_u32.to_le_bytes());
        // Plain PCM.
        header.extend(1_u16.to_le_bytes());
        header.extend(channels.to_le_bytes());
        header.extend(self.rate.to_le_bytes());
        header.extend((self.rate * u32::from(block)).to_le_bytes());
        header.extend(block.to_le_bytes());
        header.extend(16_u16.to_le_bytes());
        header.extend(b"data");
        header.extend(ENDLESS.to_le_bytes());
        header
    }

    /// Bytes of one frame.
    pub(super) fn frame_bytes(&self) -> usize {
        let sample = match self.encoding {
            Encoding::Wav | Encoding::S16le => 2,
            Encoding::F32le => 4,
        };
        sample * usize::from(self.channels.count())
    }

    /// Adds `frames` to `bytes`.
    pub(super) fn encode(&self, frames: &[Frame], bytes: &mut Vec<u8>) {
        for &[left, right] in frames {
            match self.channels {
                // One loudspeaker must not lose one of the two parties.
                Channels::Mono => self.sample((left + right) / 2.0, bytes),
                Channels::Stereo => {
                    self.sample(left, bytes);
                    self.sample(right, bytes);
                }
            }
        }
    }

    fn sample(&self, sample: f32, bytes: &mut Vec<u8>) {
        match self.encoding {
            // The cast saturates.
            Encoding::Wav | Encoding::S16le => {
                bytes.extend(((sample * 32_767.0).round() as i16).to_le_bytes());
            }
            Encoding::F32le => bytes.extend(sample.to_le_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(format: Format, frames: &[Frame]) -> Vec<u8> {
        let mut bytes = Vec::new();
        format.encode(frames, &mut bytes);
        assert_eq!(bytes.len(), frames.len() * format.frame_bytes());
        bytes
    }

    #[test]
    fn samples_are_rounded_and_never_wrap() {
        let format = Format::default();
        let loud = bytes(format, &[[1.5, -1.5], [0.5, 0.0]]);
        let samples: Vec<i16> = loud
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        assert_eq!(samples, [i16::MAX, i16::MIN, 16_384, 0]);
    }

    #[test]
    fn mono_keeps_both_sides_and_floats_are_as_they_are() {
        let format = Format {
            encoding: Encoding::F32le,
            channels: Channels::Mono,
            ..Format::default()
        };
        assert_eq!(bytes(format, &[[0.5, 0.25]]), 0.375_f32.to_le_bytes());
        assert!(format.header().is_empty());
    }

    #[test]
    fn the_header_says_rate_and_channels_and_no_length() {
        let format = Format {
            rate: 16_000,
            channels: Channels::Mono,
            ..Format::default()
        };
        let header = format.header();
        assert_eq!(header.len(), 44);
        assert_eq!(&header[20..24], [1, 0, 1, 0]);
        assert_eq!(&header[24..28], 16_000_u32.to_le_bytes());
        assert_eq!(&header[28..32], 32_000_u32.to_le_bytes());
        assert_eq!(&header[40..44], [0xff; 4]);
    }
}
