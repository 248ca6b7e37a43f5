//! As much of MPEG audio layer III as is needed to repeat frames: headers, ID3v2's length, and the Xing tag.

/// One frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Bytes of the whole frame.
    pub(super) length: usize,
    /// Hz.
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    /// Samples of one channel in the frame.
    pub(super) samples: u32,
    /// Bytes of side information after the header (and its CRC).
    side: usize,
}

const KBITS_V1: [u32; 14] = [
    32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
];
const KBITS_V2: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES: [u32; 3] = [44_100, 48_000, 32_000];

impl Header {
    /// Reads the header at the start of `bytes`; `None` if no layer III frame stands there.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let &[sync, b, c, d] = bytes.first_chunk::<4>()?;
        if sync != 0xff || b & 0xe0 != 0xe0 || (b >> 1) & 3 != 1 {
            return None;
        }
        let divisor = match (b >> 3) & 3 {
            3 => 1,
            2 => 2,
            0 => 4,
            _ => return None,
        };
        let kbits = if divisor == 1 { &KBITS_V1 } else { &KBITS_V2 };
        let kbits = *kbits.get(usize::from(c >> 4).checked_sub(1)?)?;
        let sample_rate = RATES.get(usize::from((c >> 2) & 3))? / divisor;
        let samples = if divisor == 1 { 1152 } else { 576 };
        let mono = d >> 6 == 3;
        let crc = if b & 1 == 0 { 2 } else { 0 };
        let side = match (divisor == 1, mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        Some(Self {
            length: (samples / 8 * kbits * 1000 / sample_rate + u32::from((c >> 1) & 1)) as usize,
            sample_rate,
            channels: if mono { 1 } else { 2 },
            samples,
            side: side + crc,
        })
    }
}

/// Bytes of the ID3v2 tag at the start of a file; 0 without one.
pub(super) fn id3v2_length(bytes: &[u8]) -> usize {
    match bytes.first_chunk::<10>() {
        Some(&[b'I', b'D', b'3', _, _, flags, a, b, c, d]) => {
            let size = [a, b, c, d]
                .iter()
                .fold(0, |sum, &byte| (sum << 7) | usize::from(byte & 0x7f));
            10 + size + if flags & 0x10 == 0 { 0 } else { 10 }
        }
        _ => 0,
    }
}

/// The frame that holds no sound but the file's length, as encoders put it first.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) frame: &'static [u8],
    /// Where `Xing` or `Info` stands in it.
    at: usize,
}

const FRAMES: u32 = 1;
const BYTES: u32 = 2;
const TOC: u32 = 4;
const QUALITY: u32 = 8;

impl Tag {
    /// The tag in the first frame of `bytes`, if there is one.
    pub(super) fn read(bytes: &'static [u8]) -> Option<Self> {
        let header = Header::read(bytes)?;
        let at = 4 + header.side;
        let frame = bytes.get(..header.length)?;
        matches!(frame.get(at..at + 4)?, b"Xing" | b"Info").then_some(Self { frame, at })
    }

    /// The same frame for another length: its counts and its table of contents are right, and what the encoder added
    /// behind them (padding, checksums of other bytes) is blanked.
    ///
    /// `bytes` counts from this frame's start to the file's end; `place(percent)` is the byte, counted likewise, that
    /// plays at so many hundredths of the time.
    pub(super) fn rewritten(&self, frames: u64, bytes: u64, place: impl Fn(u64) -> u64) -> Vec<u8> {
        let mut frame = self.frame.to_vec();
        let flags = self
            .frame
            .get(self.at + 4..self.at + 8)
            .and_then(|four| four.try_into().ok())
            .map_or(0, u32::from_be_bytes);
        let mut body = Vec::new();
        if flags & FRAMES != 0 {
            body.extend((frames as u32).to_be_bytes());
        }
        if flags & BYTES != 0 {
            body.extend((bytes as u32).to_be_bytes());
        }
        if flags & TOC != 0 {
            body.extend((0..100).map(|percent| {
                u8::try_from(place(percent) * 256 / bytes.max(1)).unwrap_or(u8::MAX)
            }));
        }
        if flags & QUALITY != 0 {
            body.extend([0; 4]);
        }
        for (to, from) in frame
            .iter_mut()
            .skip(self.at + 8)
            .zip(body.into_iter().chain(std::iter::repeat(0)))
        {
            *to = from;
        }
        frame
    }
}
