//! Time, frame numbers and bytes: exact where frames were seen, and the best guess elsewhere.
//!
//! Where the rate is constant the guess is arithmetic and right to a frame, and an encoder's table (steps of 1/256 of the
//! file) would only spoil it. Where it varies, the encoder's table is used, else the mean of what was seen.

use std::time::Duration;

use super::super::buffer::LARGEST;
use super::header::LONGEST;
use super::index::Index;
use super::island::Island;
use super::tag::{Tag, Trim};

/// From so many frames of one rate on, the rate is taken for constant: some 1.7 to 4.6 seconds.
const CONSTANT: u64 = 64;

/// How long the sound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    pub duration: Duration,
    /// False while it is extrapolated from the rate so far, which varies or may yet.
    pub exact: bool,
}

/// Where to read a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The frame starts at `offset`.
    Known { frame: u64, offset: u64 },
    /// The frame starts near `offset`: some frame is to be found from there on (see [`Index::next_from`]).
    Estimated { frame: u64, offset: u64 },
}

impl Place {
    pub fn offset(self) -> u64 {
        match self {
            Self::Known { offset, .. } | Self::Estimated { offset, .. } => offset,
        }
    }

    pub fn frame(self) -> u64 {
        match self {
            Self::Known { frame, .. } | Self::Estimated { frame, .. } => frame,
        }
    }
}

/// A time as the decoder counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub frame: u64,
    /// Samples a channel to drop from that frame's output.
    pub skip: u32,
}

impl Index {
    /// The frame that holds `time`, and the sample in it. Times beyond a known end give the frame after the last.
    pub fn target(&self, time: Duration) -> Target {
        let Some(header) = self.header() else {
            return Target { frame: 0, skip: 0 };
        };
        let sample = time.as_nanos() * u128::from(header.sample_rate) / 1_000_000_000;
        let end = self.samples().zip(self.frames());
        if let Some((samples, (frames, _))) = end
            && sample >= u128::from(samples)
        {
            return Target {
                frame: frames,
                skip: 0,
            };
        }
        let sample = sample + u128::from(self.trim_start());
        let per_frame = u128::from(header.samples());
        Target {
            frame: u64::try_from(sample / per_frame).unwrap_or(u64::MAX),
            skip: (sample % per_frame) as u32,
        }
    }

    /// Where to read frame `number`.
    pub fn place(&self, number: u64) -> Place {
        // The first island is counted, the others are guessed: where they overlap it is right.
        let found = self.islands.iter().find_map(|island| {
            let (offset, _) = island.frame(number.checked_sub(island.first)?)?;
            Some((offset, island.exact))
        });
        if let Some((offset, exact)) = found {
            let frame = number;
            return if exact {
                Place::Known { frame, offset }
            } else {
                Place::Estimated { frame, offset }
            };
        }
        match self.islands.first() {
            Some(start) if number == start.count() || self.is_whole() => Place::Known {
                frame: number.min(start.count()),
                offset: start.at,
            },
            _ => Place::Estimated {
                frame: number,
                offset: self.offset_of(number),
            },
        }
    }

    /// Where to read the frame that is heard at `time`; decode from [`super::PRE_ROLL`] frames before it.
    pub fn frame_at_time(&self, time: Duration) -> Place {
        self.place(self.target(time).frame)
    }

    /// When the output of frame `number` starts to be heard.
    pub fn time_of(&self, number: u64) -> Duration {
        let samples = self.header().map_or(0, |header| {
            number.saturating_mul(u64::from(header.samples()))
        });
        self.duration(samples.saturating_sub(u64::from(self.trim_start())))
    }

    /// Samples a channel to drop from the start of the decoded sound: the encoder's delay and the decoder's. 0 without a
    /// tag that tells.
    pub fn trim_start(&self) -> u32 {
        self.trim().map_or(0, |trim| trim.start)
    }

    /// Samples a channel that are to be heard in all, when that is known for sure.
    pub fn samples(&self) -> Option<u64> {
        match self.frames()? {
            (frames, true) => self.heard(frames),
            _ => None,
        }
    }

    /// How long the sound is; `None` when nothing tells yet.
    pub fn length(&self) -> Option<Length> {
        let (frames, exact) = self.frames()?;
        Some(Length {
            duration: self.duration(self.heard(frames)?),
            exact,
        })
    }

    /// The rate varies, as the tag or the frames so far say.
    pub fn is_variable(&self) -> bool {
        let says_so = |tag: &Tag| tag.variable && !self.is_even(tag);
        self.varies || self.tag().is_some_and(says_so)
    }

    /// Bits a second: the constant rate, or the mean where it is known for the whole file.
    pub fn bit_rate(&self) -> Option<u32> {
        let header = self.header()?;
        if !self.is_variable() {
            return Some(header.bit_rate);
        }
        let bytes = match (self.islands.first(), self.trusted()) {
            (Some(start), _) if self.is_whole() => start.bytes,
            (_, Some(tag)) => tag.bytes?,
            _ => return None,
        };
        let (frames, _) = self.frames().filter(|(frames, _)| *frames > 0)?;
        let samples = u128::from(frames) * u128::from(header.samples());
        let rate = u128::from(bytes) * 8 * u128::from(header.sample_rate) / samples;
        u32::try_from(rate).ok()
    }

    fn tag(&self) -> Option<&Tag> {
        self.stream.as_ref()?.tag.as_ref()
    }

    fn trim(&self) -> Option<Trim> {
        self.tag()?.trim
    }

    fn duration(&self, samples: u64) -> Duration {
        let rate = self.header().map_or(1, |header| header.sample_rate.max(1));
        let nanos = u128::from(samples) * 1_000_000_000 / u128::from(rate);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// Samples that are heard of `frames`: the encoder's padding is dropped only when the file is what the encoder wrote.
    fn heard(&self, frames: u64) -> Option<u64> {
        let samples = frames.saturating_mul(u64::from(self.header()?.samples()));
        let trim = self.trim().unwrap_or(Trim { start: 0, end: 0 });
        let complete = self.tag().and_then(|tag| tag.frames) == Some(frames);
        let end = if complete { trim.end } else { 0 };
        Some(samples.saturating_sub(u64::from(trim.start) + u64::from(end)))
    }

    /// The tag, when the file is as long as it says: a cut or a joined file still carries the tag of the whole or of its
    /// first part.
    fn trusted(&self) -> Option<&Tag> {
        let stream = self.stream.as_ref()?;
        let tag = stream.tag.as_ref()?;
        let frames = tag.frames?;
        if self.islands.first()?.count() > frames {
            return None;
        }
        // Of more frames than its bytes can be it would last for years.
        let bytes = self.len.or(tag.bytes).unwrap_or(LARGEST).min(LARGEST);
        if frames > bytes / stream.header.least_len() {
            return None;
        }
        let Some(len) = self.len else {
            return Some(tag);
        };
        let end = match tag.bytes {
            Some(bytes) => stream.tag_at.checked_add(bytes)?,
            None if tag.variable => return Some(tag),
            None => stream.sound_at + (frames as f64 * stream.header.mean_len()) as u64,
        };
        let slack = (len / 50).max(4096);
        let cut = tag.bytes.map_or(slack, |_| 1);
        (end <= len.saturating_add(cut) && len <= end.saturating_add(slack)).then_some(tag)
    }

    /// Some encoders write `Xing` over a constant rate: then frames and bytes fit the rate of the first frame.
    fn is_even(&self, tag: &Tag) -> bool {
        let (Some(stream), Some(frames), Some(bytes)) = (&self.stream, tag.frames, tag.bytes)
        else {
            return false;
        };
        let mean = stream.header.mean_len();
        let sound = bytes.saturating_sub(stream.sound_at - stream.tag_at) as f64;
        self.seen().0 >= CONSTANT && (frames as f64 * mean - sound).abs() <= 2.0 * mean
    }

    /// Frames and bytes that were seen.
    fn seen(&self) -> (u64, u64) {
        let sum =
            |(frames, bytes), island: &Island| (frames + island.count(), bytes + island.bytes);
        self.islands.iter().fold((0, 0), sum)
    }

    /// Bytes a frame has in the part that was not seen.
    fn mean_len(&self) -> Option<f64> {
        let stream = self.stream.as_ref()?;
        let (frames, bytes) = self.seen();
        let computed = stream.header.mean_len();
        let seen = bytes as f64 / frames.max(1) as f64;
        // Some encoders never pad: then their frames are shorter than the rate says.
        let off = (bytes as f64 - frames as f64 * computed).abs() > 2.0;
        Some(if self.is_variable() {
            if frames > 0 { seen } else { computed }
        } else if frames >= CONSTANT && off {
            seen
        } else {
            computed
        })
    }

    /// Frames in the file, and whether that is sure.
    fn frames(&self) -> Option<(u64, bool)> {
        let start = self.islands.first()?;
        if self.is_whole() {
            return Some((start.count(), true));
        }
        if let Some(frames) = self.trusted().and_then(|tag| tag.frames) {
            return Some((frames, true));
        }
        if self.is_variable()
            && let Some(expected) = self.expected_frames(start)
        {
            return Some((expected, false));
        }
        let rest = self.len?.checked_sub(start.at)? as f64;
        // Offsets of padded frames are rounded, so that the last may seem to lack a byte.
        let frames = start.count() + ((rest + 1.0) / self.mean_len()?) as u64;
        let constant = !self.is_variable() && self.seen().0 >= CONSTANT;
        Some((frames, constant))
    }

    /// The frames of the length that was told, when the file can have so many.
    fn expected_frames(&self, start: &Island) -> Option<u64> {
        let header = self.header()?;
        let samples = self.expected?.as_secs_f64() * f64::from(header.sample_rate);
        let frames = (samples / f64::from(header.samples())).ceil() as u64;
        let rest = self.len?.checked_sub(start.at)?;
        let more = frames.checked_sub(start.count()).filter(|more| *more > 0)?;
        (header.least_len()..=LONGEST)
            .contains(&(rest / more))
            .then_some(frames)
    }

    /// The table to look places up in, with the number of frames it spans and the byte it counts from.
    fn table(&self) -> Option<(&[u64], f64, u64)> {
        let tag = self.trusted().filter(|_| self.is_variable())?;
        let table = tag.table.as_slice();
        (table.len() > 1).then_some((table, tag.frames? as f64, self.stream.as_ref()?.tag_at))
    }

    /// Bytes a frame has between the end of the first island and the end of the file.
    fn rest_mean(&self, start: &Island) -> f64 {
        let mean = self.mean_len().unwrap_or(1.0).max(1.0);
        if !self.is_variable() {
            return mean;
        }
        let (Some(len), Some((frames, _))) = (self.len, self.frames()) else {
            return mean;
        };
        let (bytes, frames) = (
            len.saturating_sub(start.at),
            frames.saturating_sub(start.count()),
        );
        if bytes == 0 || frames == 0 {
            return mean;
        }
        bytes as f64 / frames as f64
    }

    /// About where frame `number` starts, which is in no island.
    fn offset_of(&self, number: u64) -> u64 {
        let Some(start) = self.islands.first() else {
            return 0;
        };
        let most = self.len.unwrap_or(u64::MAX);
        if number < start.count() {
            return start.begin;
        }
        let offset = match self.table() {
            Some((table, frames, base)) => {
                let steps = (table.len() - 1) as f64;
                let step = (number as f64 / frames).min(1.0) * steps;
                let low = table.get(step as usize).copied().unwrap_or_default();
                let high = table.get(step as usize + 1).copied().unwrap_or(low);
                let part = (high - low) as f64 * step.fract();
                base.saturating_add(low).saturating_add(part as u64)
            }
            None => {
                let bytes = (number - start.count()) as f64 * self.rest_mean(start);
                // One byte early, so that rounding does not miss the start of the frame that is meant.
                start.at.saturating_add((bytes as u64).saturating_sub(1))
            }
        };
        offset.max(start.at).min(most)
    }

    /// About which frame starts at or after `offset`, which is in no island.
    pub(super) fn number_at(&self, offset: u64) -> u64 {
        let Some(start) = self.islands.first() else {
            return 0;
        };
        let number = match self.table() {
            Some((table, frames, base)) => {
                let place = offset.saturating_sub(base);
                let after = table.partition_point(|&at| at <= place).max(1);
                let low = table.get(after - 1).copied().unwrap_or_default();
                let high = table.get(after).copied().unwrap_or(low);
                let part = if high > low {
                    place.saturating_sub(low) as f64 / (high - low) as f64
                } else {
                    0.0
                };
                let steps = (table.len() - 1) as f64;
                ((after - 1) as f64 + part) / steps * frames
            }
            None => {
                let bytes = offset.saturating_sub(start.at) as f64;
                start.count() as f64 + bytes / self.rest_mean(start)
            }
        };
        (number.round() as u64).max(start.count())
    }
}
