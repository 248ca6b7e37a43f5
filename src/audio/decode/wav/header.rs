//! The RIFF header, believed as far as the file bears it out.

use crate::audio::buffer::Buffer;
use crate::audio::decode::RATES;
use crate::audio::event::Error;

/// Chunks that are passed over before the sound, at most.
const MOST_CHUNKS: usize = 64;

/// Bytes of a `fmt ` chunk that are looked at, at most; more has no meaning.
const MOST_FORMAT: u64 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Unsigned 8 bits.
    U8,
    S16,
    S24,
    S32,
    F32,
    F64,
    ALaw,
    MuLaw,
    /// 4 bits a sample in blocks.
    Ima,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub encoding: Encoding,
    pub rate: u32,
    pub channels: u16,
    /// Bytes of the smallest piece that decodes alone: a frame, or a block of ADPCM.
    pub unit_bytes: u32,
    /// Frames in such a piece.
    pub unit_frames: u32,
    pub data_start: u64,
    /// Bytes of sound, when the header says so believably.
    declared: Option<u64>,
}

impl Header {
    /// Where the sound ends, given the length of the file.
    pub(super) fn data_end(&self, file: Option<u64>) -> Option<u64> {
        let declared = self
            .declared
            .map(|bytes| self.data_start.saturating_add(bytes));
        match (declared, file) {
            (Some(end), Some(file)) => Some(end.min(file)),
            (Some(end), None) => Some(end),
            (None, file) => file,
        }
    }
}

pub(super) enum Parsed {
    Header(Header),
    /// The header goes on at this byte, which is not here.
    NeedBytes(u64),
}

struct Format {
    encoding: Encoding,
    rate: u32,
    channels: u16,
    unit_bytes: u32,
    unit_frames: u32,
}

/// Reads what is here of the header.
pub(super) fn read(buffer: &Buffer) -> Result<Parsed, Error> {
    let Some(riff) = bytes::<12>(buffer, 0) else {
        return missing(buffer, 0, 12);
    };
    if riff.starts_with(b"RIFX") {
        return Err(refused("big-endian (RIFX)"));
    }
    if !riff.ends_with(b"WAVE") {
        return Err(Error::NotAudio("a RIFF file, but no WAVE".to_owned()));
    }
    let mut format = None;
    let mut at = 12_u64;
    for _ in 0..MOST_CHUNKS {
        let Some([a, b, c, d, size @ ..]) = bytes::<8>(buffer, at) else {
            return missing(buffer, at, 8);
        };
        let size = u64::from(u32::from_le_bytes(size));
        let body = at + 8;
        match &[a, b, c, d] {
            b"fmt " => {
                let mut raw = vec![0; size.min(MOST_FORMAT) as usize];
                if buffer.try_read_at(body, &mut raw) < raw.len() {
                    return missing(buffer, body, raw.len() as u64);
                }
                format = Some(read_format(&raw)?);
            }
            b"data" => {
                let Some(format) = format else {
                    return Err(Error::NotAudio("a WAV without a format".to_owned()));
                };
                return Ok(Parsed::Header(Header {
                    encoding: format.encoding,
                    rate: format.rate,
                    channels: format.channels,
                    unit_bytes: format.unit_bytes,
                    unit_frames: format.unit_frames,
                    data_start: body,
                    declared: believable(size),
                }));
            }
            _ => {}
        }
        // Chunks are padded to even lengths.
        at = body.saturating_add(size).saturating_add(size % 2);
        if buffer.len().is_some_and(|len| at >= len) {
            return Err(Error::HeaderOnly);
        }
    }
    Err(Error::NotAudio(
        "a WAV whose sound is nowhere to be found".to_owned(),
    ))
}

/// Recorders that do not know the length yet write 0, or all ones, or all ones less a header.
fn believable(size: u64) -> Option<u64> {
    (size != 0 && size < 0x7FFF_F000).then_some(size)
}

fn read_format(raw: &[u8]) -> Result<Format, Error> {
    let short = || Error::NotAudio("a WAV whose format is cut short".to_owned());
    let word = |at: usize| -> Result<u16, Error> {
        match raw.get(at..at + 2) {
            Some(&[low, high]) => Ok(u16::from_le_bytes([low, high])),
            _ => Err(short()),
        }
    };
    let mut tag = word(0)?;
    let channels = word(2)?;
    let rate = u32::from(word(4)?) | u32::from(word(6)?) << 16;
    let block = u32::from(word(12)?);
    let bits = word(14)?;
    if tag == 0xFFFE {
        tag = word(24)?;
    }
    if !(1..=2).contains(&channels) {
        return Err(refused(&format!("of {channels} channels")));
    }
    if !RATES.contains(&rate) {
        return Err(refused(&format!("of {rate} Hz")));
    }
    let encoding = match (tag, bits) {
        (1, 8) => Encoding::U8,
        (1, 16) => Encoding::S16,
        (1, 24) => Encoding::S24,
        (1, 32) => Encoding::S32,
        (3, 32) => Encoding::F32,
        (3, 64) => Encoding::F64,
        (6, _) => Encoding::ALaw,
        (7, _) => Encoding::MuLaw,
        (0x11, _) => Encoding::Ima,
        (0x31, _) => return Err(refused("in GSM 6.10")),
        (0x55, _) => return Err(refused("with mp3 inside")),
        (tag, bits) => return Err(refused(&format!("in format {tag:#06x} of {bits} bits"))),
    };
    let sample = match encoding {
        Encoding::U8 | Encoding::ALaw | Encoding::MuLaw => 1,
        Encoding::S16 => 2,
        Encoding::S24 => 3,
        Encoding::S32 | Encoding::F32 => 4,
        Encoding::F64 => 8,
        Encoding::Ima => {
            let frames = super::samples::ima_frames(block as usize, channels);
            return match u32::try_from(frames) {
                Ok(frames) if frames > 1 => Ok(Format {
                    encoding,
                    rate,
                    channels,
                    unit_bytes: block,
                    unit_frames: frames,
                }),
                _ => Err(refused("in ADPCM of blocks that are too small")),
            };
        }
    };
    Ok(Format {
        encoding,
        rate,
        channels,
        unit_bytes: sample * u32::from(channels),
        unit_frames: 1,
    })
}

fn refused(what: &str) -> Error {
    Error::Decode(format!("a WAV {what} is not played"))
}

fn bytes<const N: usize>(buffer: &Buffer, at: u64) -> Option<[u8; N]> {
    let mut out = [0; N];
    (buffer.try_read_at(at, &mut out) == N).then_some(out)
}

/// The header needs `count` bytes at `at`: they may come, or the file ends before them.
fn missing(buffer: &Buffer, at: u64, count: u64) -> Result<Parsed, Error> {
    if buffer.len().is_some_and(|len| at + count > len) {
        return Err(Error::HeaderOnly);
    }
    Ok(Parsed::NeedBytes(at + buffer.contiguous_from(at)))
}
