//! The four bytes before every frame (ISO 11172-3 2.4.1.3, ISO 13818-3; "2.5" is Fraunhofer's extension to 8 to 12 kHz).

/// Bytes in the longest frame there is: 320 kbit/s at 32 kHz, or 160 kbit/s at 8 kHz, with a padding byte.
pub const LONGEST: u64 = 1441;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Mpeg1,
    Mpeg2,
    Mpeg25,
}

/// The header of a layer III frame whose length is known from it (free format is not taken).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub version: Version,
    /// Hz: 8000 to 48000.
    pub sample_rate: u32,
    /// 1 or 2.
    pub channels: u16,
    /// Bits a second: 8000 to 320000.
    pub bit_rate: u32,
    /// One byte longer than its rate says.
    pub padded: bool,
    /// A checksum follows the header.
    pub protected: bool,
}

const RATES_1: [u32; 16] = [
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
];
const RATES_2: [u32; 16] = [
    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
];

impl Header {
    /// Reads the four bytes; `None` when no layer III frame can start with them.
    pub fn parse(bytes: [u8; 4]) -> Option<Self> {
        let [sync, kind, rates, mode] = bytes;
        let layer_3 = kind & 0b0000_0110 == 0b0000_0010;
        if sync != 0xFF || kind & 0b1110_0000 != 0b1110_0000 || !layer_3 {
            return None;
        }
        let version = match kind >> 3 & 3 {
            0 => Version::Mpeg25,
            2 => Version::Mpeg2,
            3 => Version::Mpeg1,
            _ => return None,
        };
        let base = match rates >> 2 & 3 {
            0 => 44_100,
            1 => 48_000,
            2 => 32_000,
            _ => return None,
        };
        let (sample_rate, table) = match version {
            Version::Mpeg1 => (base, &RATES_1),
            Version::Mpeg2 => (base / 2, &RATES_2),
            Version::Mpeg25 => (base / 4, &RATES_2),
        };
        let kilobits = table.get(usize::from(rates >> 4)).copied()?;
        if kilobits == 0 || mode & 3 == 2 {
            return None;
        }
        Some(Self {
            version,
            sample_rate,
            channels: if mode >> 6 == 3 { 1 } else { 2 },
            bit_rate: kilobits * 1000,
            padded: rates & 2 != 0,
            protected: kind & 1 == 0,
        })
    }

    /// Samples a channel in one frame.
    pub fn samples(&self) -> u32 {
        match self.version {
            Version::Mpeg1 => 1152,
            Version::Mpeg2 | Version::Mpeg25 => 576,
        }
    }

    /// Bytes in the frame, this header included: 24 to 1441.
    pub fn len(&self) -> u16 {
        let len = self.samples() / 8 * self.bit_rate / self.sample_rate + u32::from(self.padded);
        len as u16
    }

    /// Bytes in the shortest frame that may follow in the same stream, which has the slowest rate: 24 to 144.
    pub(super) fn least_len(&self) -> u64 {
        let bit_rate = match self.version {
            Version::Mpeg1 => 32_000,
            Version::Mpeg2 | Version::Mpeg25 => 8_000,
        };
        let least = Self {
            bit_rate,
            padded: false,
            ..*self
        };
        u64::from(least.len())
    }

    /// Never: a frame has a header at least.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Bytes a frame at this rate has in the long run, with padding.
    pub(super) fn mean_len(&self) -> f64 {
        f64::from(self.samples() / 8) * f64::from(self.bit_rate) / f64::from(self.sample_rate)
    }

    /// Whether both can be frames of one stream. Bit rate and channel mode may change within one.
    pub fn agrees(&self, other: &Self) -> bool {
        self.version == other.version && self.sample_rate == other.sample_rate
    }

    /// Bytes of side information after the header, which is where encoders put their tag.
    pub(super) fn side_info_len(&self) -> usize {
        match (self.version, self.channels) {
            (Version::Mpeg1, 1) => 17,
            (Version::Mpeg1, _) => 32,
            (_, 1) => 9,
            (_, _) => 17,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_headers_read_as_documented() {
        // 44.1 kHz joint stereo 128 kbit/s: 417 bytes, 418 padded.
        let header = Header::parse([0xFF, 0xFB, 0x90, 0x44]).unwrap();
        assert_eq!(header.version, Version::Mpeg1);
        assert_eq!((header.sample_rate, header.channels), (44_100, 2));
        assert_eq!((header.bit_rate, header.len()), (128_000, 417));
        assert_eq!(Header::parse([0xFF, 0xFB, 0x92, 0x44]).unwrap().len(), 418);
        // 8 kHz mono 16 kbit/s, the telephone's: 144 bytes for 72 ms.
        let header = Header::parse([0xFF, 0xE3, 0x28, 0xC4]).map(|header| {
            (
                header.version,
                header.sample_rate,
                header.channels,
                header.bit_rate,
                header.len(),
                header.samples(),
            )
        });
        assert_eq!(header, Some((Version::Mpeg25, 8000, 1, 16_000, 144, 576)));
    }

    #[test]
    fn every_header_that_is_taken_has_a_length_within_bounds() {
        let mut taken = 0;
        for kind in 0xE0..=0xFF {
            for rates in 0..=255 {
                for mode in [0x00, 0x40, 0xC0, 0x02] {
                    if let Some(header) = Header::parse([0xFF, kind, rates, mode]) {
                        taken += 1;
                        assert!((24..=LONGEST).contains(&u64::from(header.len())));
                        assert!(header.mean_len() >= 24.0);
                        let least = header.least_len();
                        assert!((24..=144).contains(&least) && least <= u64::from(header.len()));
                        assert_ne!(mode, 2);
                    }
                }
            }
        }
        assert_eq!(taken, 3 * 2 * 14 * 3 * 4 * 3);
    }
}
