//! mp3: the frames that our own index finds, through symphonia's codec.
//!
//! symphonia's reader of mp3 files is not used: without a tag it ends files of a varying rate early, and it jumps to places
//! that are wrong by seconds (symphonia issue 516; measured).

use std::time::Duration;

use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration as Units, Timestamp};

use super::{Decoder, Length, Role, Step, bounded, need_bytes, still_coming};
use crate::audio::buffer::Buffer;
use crate::audio::event::{Error, Media};
use crate::audio::mp3::{Frame, Header, Index, Next, PRE_ROLL, Place, Scanned};

/// Times that the index may ask to be called again before one block is given up for now.
const ADVANCES: usize = 64;

/// An mp3 that is being read.
pub struct Mp3 {
    buffer: Buffer,
    role: Role,
    index: Index,
    header: Header,
    codec: Codec,
    /// Where the next frame is looked for.
    at: u64,
    start: Option<Start>,
    bytes: Vec<u8>,
    samples: Vec<f32>,
}

/// A jump that has not sounded yet.
#[derive(Debug, Clone, Copy)]
struct Start {
    /// The frame to be heard first, and the samples of it to drop; `None` for whatever comes after the pre-roll.
    frame: Option<(u64, u32)>,
    /// Frames still to decode unheard.
    pre_roll: u64,
}

struct Codec {
    inner: Box<dyn AudioDecoder>,
    channels: u16,
}

impl Codec {
    fn new(header: &Header) -> Result<Self, Error> {
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(CODEC_ID_MP3)
            .with_sample_rate(header.sample_rate);
        let options = AudioDecoderOptions::default().gapless(false);
        let inner = symphonia::default::get_codecs()
            .make_audio_decoder(&parameters, &options)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Self {
            inner,
            channels: header.channels,
        })
    }
}

impl Mp3 {
    /// Finds the first frame; `None` while it is not here.
    ///
    /// # Errors
    /// When there is none, or the bytes will not come.
    pub fn open(buffer: &Buffer, role: Role) -> Result<Option<Self>, Error> {
        let mut index = Index::new();
        let scanned = index.advance(buffer);
        let Some(header) = index.header() else {
            return match (scanned, index.next_from(0)) {
                (Scanned::Nothing, _) | (_, Next::End) => Err(Error::NotAudio(
                    "there is no mp3 and no WAV in it".to_owned(),
                )),
                (_, Next::Wait(at)) => still_coming(buffer, at, role),
                (_, Next::Frame(frame)) => still_coming(buffer, frame.offset, role),
            };
        };
        Ok(Some(Self {
            buffer: buffer.clone(),
            role,
            codec: Codec::new(&header)?,
            index,
            header,
            at: 0,
            start: None,
            bytes: Vec::new(),
            samples: Vec::new(),
        }))
    }

    /// The whole file is known and holds no sound.
    fn is_silent(&self) -> bool {
        let length = self.index.length();
        self.index.is_whole() && length.is_none_or(|length| length.duration.is_zero())
    }

    /// The next frame whose bytes are here.
    fn next_frame(&mut self) -> Result<Next, Error> {
        for _ in 0..ADVANCES {
            match self.index.next_from(self.at) {
                Next::Wait(_) => {}
                found => return Ok(found),
            }
            if self.index.advance(&self.buffer) != Scanned::More {
                break;
            }
        }
        Ok(self.index.next_from(self.at))
    }

    /// Decodes the frame at hand into `samples`; silence stands in for what is broken, so that time goes on.
    fn decode(&mut self, frame: &Frame) -> Result<(), Error> {
        let frame_header = self
            .bytes
            .first_chunk()
            .and_then(|&four| Header::parse(four));
        let channels = frame_header.map_or(self.codec.channels, |header| header.channels);
        if channels != self.codec.channels {
            // symphonia refuses a frame of another kind than the first it saw.
            self.codec = Codec::new(&Header {
                channels,
                ..self.header
            })?;
        }
        let samples = u64::from(self.header.samples());
        let packet = PacketRef::new(
            0,
            Timestamp::new(i64::try_from(frame.number.saturating_mul(samples)).unwrap_or(0)),
            Units::new(samples),
            &self.bytes,
        );
        let wanted = usize::from(self.header.channels) * samples as usize;
        match self.codec.inner.decode_ref(&packet) {
            Ok(decoded) => {
                decoded.copy_to_vec_interleaved(&mut self.samples);
                match (channels, self.header.channels) {
                    (1, 2) => {
                        let mono = std::mem::take(&mut self.samples);
                        self.samples.extend(mono.iter().flat_map(|&s| [s, s]));
                    }
                    (2, 1) => {
                        let stereo = std::mem::take(&mut self.samples);
                        let pairs = stereo.as_chunks::<2>().0.iter();
                        self.samples.extend(pairs.map(|[l, r]| (l + r) / 2.0));
                    }
                    _ => {}
                }
                self.samples.resize(wanted, 0.0);
            }
            Err(_) => {
                self.samples.clear();
                self.samples.resize(wanted, 0.0);
            }
        }
        Ok(())
    }

    /// Goes straight to where a jump is to sound once that place is known, when it lies far ahead of frame `number`: an
    /// estimate had begun the search too early.
    fn catch_up(&mut self, number: u64) {
        let Some(Start {
            frame: Some((first, _)),
            pre_roll,
        }) = &mut self.start
        else {
            return;
        };
        if number.saturating_add(3 * PRE_ROLL) > *first {
            return;
        }
        if let Place::Known { offset, .. } = self.index.place(*first - PRE_ROLL)
            && offset > self.at
        {
            self.at = offset;
            *pre_roll = PRE_ROLL;
            self.codec.inner.reset();
        }
    }

    /// Frame `number` begins after the last sample that is heard.
    fn is_past_end(&self, number: u64) -> bool {
        let start = number.saturating_mul(u64::from(self.header.samples()));
        let end = self
            .index
            .samples()
            .map(|heard| heard.saturating_add(u64::from(self.index.trim_start())));
        end.is_some_and(|end| start >= end)
    }

    /// How much of the frame at hand is heard: samples a channel to drop at its front and to keep after that, and the frame
    /// of the recording it starts at.
    fn audible(&self, number: u64, skip: u32) -> Option<(usize, usize, u64)> {
        let per_frame = u64::from(self.header.samples());
        let trim = u64::from(self.index.trim_start());
        let start = number.saturating_mul(per_frame);
        let end = start.saturating_add(per_frame);
        let from = trim.max(start + u64::from(skip));
        let to = match self.index.samples() {
            Some(heard) => end.min(trim.saturating_add(heard)),
            None => end,
        };
        let keep = to.checked_sub(from).filter(|keep| *keep > 0)?;
        Some(((from - start) as usize, keep as usize, from - trim))
    }
}

impl Decoder for Mp3 {
    fn media(&self) -> Media {
        Media {
            format: "mp3",
            sample_rate: self.header.sample_rate,
            channels: self.header.channels,
            bit_rate: self.index.bit_rate(),
            variable: self.index.is_variable(),
            bytes: self.buffer.len(),
        }
    }

    fn rate(&self) -> u32 {
        self.header.sample_rate
    }

    fn channels(&self) -> u16 {
        self.header.channels
    }

    fn expect(&mut self, length: Duration) {
        self.index.expect(length);
    }

    fn length(&mut self) -> Option<Length> {
        for _ in 0..ADVANCES {
            if self.index.is_whole() || self.index.advance(&self.buffer) != Scanned::More {
                break;
            }
        }
        let length = self.index.length()?;
        Some(Length {
            length: length.duration,
            exact: length.exact,
        })
    }

    fn next(&mut self, out: &mut Vec<f32>) -> Result<Step, Error> {
        loop {
            let frame = match self.next_frame()? {
                Next::Frame(frame) => frame,
                Next::Wait(at) => return need_bytes(&self.buffer, at, self.role),
                Next::End if self.is_silent() => return Err(Error::HeaderOnly),
                Next::End => return Ok(Step::End),
            };
            self.bytes.resize(usize::from(frame.len), 0);
            if self.role == Role::Head {
                self.buffer.want(frame.offset);
            }
            if self.buffer.try_read_at(frame.offset, &mut self.bytes) < self.bytes.len() {
                return need_bytes(&self.buffer, frame.offset, self.role);
            }
            self.at = frame.offset + u64::from(frame.len);
            self.decode(&frame)?;
            let mut skip = 0;
            if let Some(start) = &mut self.start {
                let early = start
                    .frame
                    .is_some_and(|(first, _)| frame.exact && frame.number < first);
                if start.pre_roll > 0 || early {
                    start.pre_roll = start.pre_roll.saturating_sub(1);
                    self.catch_up(frame.number);
                    continue;
                }
                if let Some((first, samples)) = start.frame
                    && first == frame.number
                {
                    skip = samples;
                }
                self.start = None;
            }
            if self.is_past_end(frame.number) {
                // Encoders pad the last frames; nothing that counts follows.
                return Ok(Step::End);
            }
            let Some((drop, keep, first)) = self.audible(frame.number, skip) else {
                continue;
            };
            let channels = usize::from(self.header.channels);
            let heard = self.samples.get(drop * channels..(drop + keep) * channels);
            out.extend(heard.unwrap_or_default().iter().copied().map(bounded));
            return Ok(Step::Block {
                first,
                exact: frame.exact,
            });
        }
    }

    fn seek(&mut self, to: Duration) {
        self.index.advance(&self.buffer);
        let target = self.index.target(to);
        let pre_roll = target.frame.min(PRE_ROLL);
        let place = self.index.place(target.frame - pre_roll);
        self.at = place.offset();
        self.start = Some(Start {
            frame: Some((target.frame, target.skip)),
            pre_roll,
        });
        self.codec.inner.reset();
        if self.role == Role::Head {
            self.buffer.want(self.at);
        }
    }

    fn go_to_byte(&mut self, at: u64) {
        self.at = at;
        self.start = Some(Start {
            frame: None,
            pre_roll: PRE_ROLL,
        });
        self.codec.inner.reset();
    }

    fn byte(&self) -> u64 {
        self.at
    }
}

#[cfg(test)]
mod tests;
