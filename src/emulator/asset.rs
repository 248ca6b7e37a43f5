//! The spoken demo calls, cut into frames, so that a recording of any length can be served by repeating one.

use std::sync::OnceLock;

use super::mpeg;

/// The container of a recording's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Mp3,
    Wav,
}

impl Format {
    /// The API's `recording_format`, which is also the file's ending.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/x-wav",
        }
    }
}

/// One embedded demo call.
#[derive(Debug)]
pub struct Asset {
    /// File name under `assets/calls`.
    pub name: &'static str,
    /// The whole file.
    pub bytes: &'static [u8],
    pub format: Format,
    /// Hz.
    pub sample_rate: u32,
    pub channels: u16,
    pub(super) layout: Layout,
}

/// How an asset's bytes divide.
#[derive(Debug)]
pub(super) enum Layout {
    Mp3 {
        /// What stands before the first frame: an ID3v2 tag or nothing.
        prefix: &'static [u8],
        /// The Xing or Info frame.
        tag: Option<mpeg::Tag>,
        /// The sound: frames without gaps, in which no frame needs an earlier one (`lame --nores`).
        sound: &'static [u8],
        /// Where each frame of `sound` starts, and its end.
        starts: Vec<u32>,
        /// Samples a frame.
        frame: u32,
    },
    Wav {
        /// The body of the `fmt ` chunk.
        fmt: &'static [u8],
        sound: &'static [u8],
        /// Bytes of one sample of all channels.
        align: u32,
        /// Whether a `fact` chunk goes with it (any coding but PCM).
        fact: bool,
    },
}

impl Asset {
    /// The number of whole units of sound in the file: mp3 frames, or samples of a wav.
    pub(super) fn units(&self) -> u64 {
        match &self.layout {
            Layout::Mp3 { starts, .. } => starts.len().saturating_sub(1) as u64,
            Layout::Wav { sound, align, .. } => sound.len() as u64 / u64::from(*align),
        }
    }

    /// Samples (of one channel) in a unit.
    pub(super) fn unit_samples(&self) -> u64 {
        match &self.layout {
            Layout::Mp3 { frame, .. } => u64::from(*frame),
            Layout::Wav { .. } => 1,
        }
    }

    /// Milliseconds of so many units.
    pub(super) fn milliseconds(&self, units: u64) -> f64 {
        (units * self.unit_samples()) as f64 * 1000.0 / f64::from(self.sample_rate)
    }

    /// The number of units nearest to so many seconds, at least one.
    pub(super) fn units_in(&self, seconds: f64) -> u64 {
        let samples = seconds.max(0.0) * f64::from(self.sample_rate);
        let units = ((samples / self.unit_samples() as f64).round() as u64).max(1);
        match self.layout {
            Layout::Mp3 { .. } => units,
            // An odd number of bytes would need RIFF's padding byte.
            Layout::Wav { .. } => units + units % 2,
        }
    }
}

/// Reads an asset's structure; `None` for a file that is neither mp3 nor wav.
fn parse(name: &'static str, bytes: &'static [u8]) -> Option<Asset> {
    if bytes.starts_with(b"RIFF") {
        parse_wav(name, bytes)
    } else {
        parse_mp3(name, bytes)
    }
}

fn parse_mp3(name: &'static str, bytes: &'static [u8]) -> Option<Asset> {
    let start = mpeg::id3v2_length(bytes);
    let (prefix, mut rest) = bytes.split_at_checked(start)?;
    let first = mpeg::Header::read(rest)?;
    let tag = mpeg::Tag::read(rest);
    if tag.is_some() {
        rest = rest.get(first.length..)?;
    }
    let mut starts = vec![0];
    let mut at = 0;
    while let Some(header) = rest.get(at..).and_then(mpeg::Header::read) {
        if at + header.length > rest.len() {
            break;
        }
        at += header.length;
        starts.push(at as u32);
    }
    (starts.len() > 1).then_some(Asset {
        name,
        bytes,
        format: Format::Mp3,
        sample_rate: first.sample_rate,
        channels: first.channels,
        layout: Layout::Mp3 {
            prefix,
            tag,
            sound: rest.get(..at)?,
            starts,
            frame: first.samples,
        },
    })
}

fn parse_wav(name: &'static str, bytes: &'static [u8]) -> Option<Asset> {
    let (mut fmt, mut sound) = (None, None);
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let size = u32::from_le_bytes(head.get(4..8)?.try_into().ok()?) as usize;
        let end = (at + 8 + size).min(bytes.len());
        let body = bytes.get(at + 8..end)?;
        match head.get(..4)? {
            b"fmt " => fmt = Some(body),
            b"data" => sound = Some(body),
            _ => {}
        }
        at = end + size % 2;
    }
    let (fmt, sound) = (fmt?, sound?);
    let short = |at: usize| fmt.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes);
    let align = short(12).filter(|&align| align > 0)?;
    Some(Asset {
        name,
        bytes,
        format: Format::Wav,
        sample_rate: u32::from_le_bytes(fmt.get(4..8)?.try_into().ok()?),
        channels: short(2)?,
        layout: Layout::Wav {
            fmt,
            sound: sound.get(..sound.len() - sound.len() % usize::from(align))?,
            align: u32::from(align),
            fact: short(0)? != 1,
        },
    })
}

macro_rules! call {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../assets/calls/", $name)))
    };
}

const FILES: [(&str, &[u8]); 8] = [
    call!("support-stereo-cbr32.mp3"),
    call!("invoice-stereo-vbr.mp3"),
    call!("booking-mono-cbr16.mp3"),
    call!("booking-mono-vbr-notag.mp3"),
    call!("survey-mono16k-cbr24.mp3"),
    call!("voicemail-quiet-id3.mp3"),
    call!("reminder-mono-ulaw.wav"),
    call!("handover-stereo-pcm16.wav"),
];

/// All embedded demo calls, in a fixed order.
pub fn all() -> &'static [Asset] {
    static ALL: OnceLock<Vec<Asset>> = OnceLock::new();
    ALL.get_or_init(|| {
        FILES
            .into_iter()
            .filter_map(|(name, bytes)| parse(name, bytes))
            .collect()
    })
}

/// The asset whose file name starts so.
pub fn named(start: &str) -> Option<&'static Asset> {
    all().iter().find(|asset| asset.name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_read_to_its_end() {
        assert_eq!(all().len(), FILES.len());
        for asset in all() {
            let covered = match &asset.layout {
                Layout::Mp3 {
                    prefix, tag, sound, ..
                } => prefix.len() + tag.as_ref().map_or(0, |tag| tag.frame.len()) + sound.len(),
                Layout::Wav {
                    fmt, sound, fact, ..
                } => {
                    // An odd length is followed by RIFF's byte of padding.
                    let pad = sound.len() % 2;
                    12 + 8 + fmt.len() + if *fact { 12 } else { 0 } + 8 + sound.len() + pad
                }
            };
            let stereo = asset.name.contains("stereo");
            assert_eq!(asset.channels, if stereo { 2 } else { 1 });
            assert_eq!(covered, asset.bytes.len(), "{}", asset.name);
            assert!(
                asset.milliseconds(asset.units()) > 3_000.0,
                "{}",
                asset.name
            );
        }
    }

    #[test]
    fn tags_are_found_where_the_names_say() {
        let tagged = |name| match &named(name).unwrap().layout {
            Layout::Mp3 { tag, .. } => tag.is_some(),
            Layout::Wav { .. } => false,
        };
        assert!(tagged("support-stereo-cbr32"));
        assert!(tagged("invoice-stereo-vbr"));
        assert!(!tagged("booking-mono-cbr16"));
        assert!(!tagged("booking-mono-vbr-notag"));
    }
}
