//! WAV: linear bytes after a header, so that any moment's place in the file is plain arithmetic.
//!
//! Plays PCM of 8, 16, 24 and 32 bits, float, G.711 (A-law and mu-law) and IMA ADPCM. Sizes in headers are hints: recorders
//! that stream write 0 or 0xFFFFFFFF, and cut files are shorter than they say.

mod header;
mod samples;

use std::time::Duration;

use super::{Decoder, Length, Role, Step, frames_in, need_bytes, still_coming, time_of};
use crate::audio::buffer::Buffer;
use crate::audio::event::{Error, Media};

use header::{Encoding, Header};

/// Frames given at once, at most (but at least one block of ADPCM).
const FRAMES: u64 = 1_152;

/// A WAV file that is being read.
pub struct Wav {
    buffer: Buffer,
    role: Role,
    header: Header,
    /// The frame that comes next.
    frame: u64,
    bytes: Vec<u8>,
}

impl Wav {
    /// Reads the header; `None` while it is not here as a whole.
    ///
    /// # Errors
    /// When it is no WAV, or of a kind that is not played, or holds no sound.
    pub fn open(buffer: &Buffer, role: Role) -> Result<Option<Self>, Error> {
        let header = match header::read(buffer)? {
            header::Parsed::Header(header) => header,
            header::Parsed::NeedBytes(at) => return still_coming(buffer, at, role),
        };
        let wav = Self {
            buffer: buffer.clone(),
            role,
            header,
            frame: 0,
            bytes: Vec::new(),
        };
        if wav.frames() == Some(0) {
            return Err(Error::HeaderOnly);
        }
        Ok(Some(wav))
    }

    /// Frames in the whole file, once its length is known.
    fn frames(&self) -> Option<u64> {
        let end = self.header.data_end(self.buffer.len())?;
        let bytes = end.saturating_sub(self.header.data_start);
        let units = bytes / u64::from(self.header.unit_bytes);
        let rest = bytes % u64::from(self.header.unit_bytes);
        let rest_frames = match self.header.encoding {
            Encoding::Ima => samples::ima_frames(rest as usize, self.header.channels),
            _ => 0,
        };
        Some(units * u64::from(self.header.unit_frames) + rest_frames)
    }
}

impl Decoder for Wav {
    fn media(&self) -> Media {
        let header = &self.header;
        let bytes_a_second = u64::from(header.rate) * u64::from(header.unit_bytes)
            / u64::from(header.unit_frames.max(1));
        Media {
            format: "wav",
            sample_rate: header.rate,
            channels: header.channels,
            bit_rate: u32::try_from(bytes_a_second * 8).ok(),
            variable: false,
            bytes: self.buffer.len(),
        }
    }

    fn rate(&self) -> u32 {
        self.header.rate
    }

    fn channels(&self) -> u16 {
        self.header.channels
    }

    fn length(&mut self) -> Option<Length> {
        let frames = self.frames()?;
        Some(Length {
            length: time_of(frames, self.header.rate),
            exact: true,
        })
    }

    fn next(&mut self, out: &mut Vec<f32>) -> Result<Step, Error> {
        let header = &self.header;
        let total = self.frames();
        if total.is_some_and(|total| self.frame >= total) {
            return Ok(Step::End);
        }
        let unit_frames = u64::from(header.unit_frames);
        let unit_bytes = u64::from(header.unit_bytes);
        let at = self.byte();
        if self.role == Role::Head {
            self.buffer.want(at);
        }
        let units = (FRAMES / unit_frames).max(1);
        let end = header.data_end(self.buffer.len()).unwrap_or(u64::MAX);
        let wish = (units * unit_bytes).min(end.saturating_sub(at));
        self.bytes
            .resize(usize::try_from(wish).unwrap_or_default(), 0);
        let mut read = self.buffer.try_read_at(at, &mut self.bytes) as u64;
        // Only at the very end of the file may a unit be cut short.
        if at + read < end || end == u64::MAX {
            read -= read % unit_bytes;
        }
        let bytes = self.bytes.get(..read as usize).unwrap_or_default();
        if bytes.is_empty() {
            return need_bytes(&self.buffer, at, self.role);
        }
        let from = out.len();
        samples::decode(header, bytes, out);
        let skip = (self.frame % unit_frames) as usize * usize::from(header.channels);
        out.drain(from..(from + skip).min(out.len()));
        let first = self.frame;
        let frames = (out.len() - from) / usize::from(header.channels);
        if frames == 0 {
            return Ok(Step::End);
        }
        self.frame += frames as u64;
        Ok(Step::Block { first, exact: true })
    }

    fn seek(&mut self, to: Duration) {
        let frame = frames_in(to, self.header.rate);
        self.frame = self.frames().map_or(frame, |total| frame.min(total));
        if self.role == Role::Head {
            self.buffer.want(self.byte());
        }
    }

    fn go_to_byte(&mut self, at: u64) {
        let bytes = at.saturating_sub(self.header.data_start);
        let unit = bytes.div_ceil(u64::from(self.header.unit_bytes));
        self.frame = unit.saturating_mul(u64::from(self.header.unit_frames));
    }

    fn byte(&self) -> u64 {
        let unit = self.frame / u64::from(self.header.unit_frames);
        let offset = unit.saturating_mul(u64::from(self.header.unit_bytes));
        self.header.data_start.saturating_add(offset)
    }
}

#[cfg(test)]
mod tests;
