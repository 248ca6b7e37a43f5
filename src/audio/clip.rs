//! A part of a recording as samples, exact to the sample and at the recording's own rate, out of as few bytes as that takes.
//!
//! In a wav the bytes of any moment are plain arithmetic. In an mp3 the frames before it have to be counted, which takes their
//! bytes; a long one of a constant rate is believed when the length that the rate gives is the one the API declares too.

use std::ops::Range;
use std::time::Duration;

use super::buffer::{Buffer, Cancel};
use super::decode::{self, Decoder, Role, Step, frames_in, time_of};
use super::event::{self, Media};
use super::guard;

/// Bytes to fetch first: enough to tell the kind, and whether frames are of one rate.
pub const HEAD: u64 = 64 << 10;
/// So many bytes are rather read than left out on trust.
const WORTH: u64 = 1 << 20;
/// Behind the place where the part is thought to end: frames that are decoded with it.
const SLACK: u64 = 32 << 10;
/// By so much the declared length may differ from the decoded one.
const AGREES: Duration = Duration::from_millis(500);

/// Why there is no clip.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Sound(#[from] event::Error),
    /// The part reaches beyond the end, which is here.
    #[error("the recording ends sooner")]
    Beyond(Duration),
    #[error("it was called off")]
    Cancelled,
}

/// What the samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Hz.
    pub rate: u32,
    /// Interleaved.
    pub channels: u16,
    /// Of the whole clip, each as many samples as there are channels.
    pub frames: u64,
}

/// Reads one part. Its calls wait for bytes: not for a thread that must not.
pub struct Clip {
    buffer: Buffer,
    cancel: Cancel,
    decoder: Box<dyn Decoder>,
    /// Frames still to come.
    wanted: Range<u64>,
    /// What was decoded at the start, and the frame it begins with.
    first: Option<(u64, Vec<f32>)>,
    /// Nothing from this byte on has been asked for.
    held: u64,
}

impl Clip {
    /// Finds the start of `part` in what comes into `buffer`, of which [`HEAD`] bytes were asked for. `declared` is the API's
    /// own length.
    ///
    /// # Errors
    /// When the part is not all there, the bytes do not come or are no sound, or `cancel` is set.
    pub fn open(
        buffer: Buffer,
        part: Range<Duration>,
        declared: Option<Duration>,
        cancel: Cancel,
    ) -> Result<Self, Error> {
        let mut held = HEAD;
        let decoder = loop {
            let seen = buffer.version();
            match guarded(|| decode::open(&buffer, Role::Follower))? {
                Some(decoder) if has_head(&buffer) => break decoder,
                decoder => {
                    let at = buffer.contiguous_from(0);
                    // More than the head is asked for only where the head is here and does not do.
                    match decoder.is_none() && has_head(&buffer) {
                        true => wait(&buffer, &cancel, at, &mut held, seen)?,
                        false => pause(&buffer, &cancel, at, seen)?,
                    }
                }
            }
        };
        let rate = decoder.rate();
        let mut clip = Self {
            buffer,
            cancel,
            decoder,
            wanted: frames_in(part.start, rate)..frames_in(part.end, rate),
            first: None,
            held,
        };
        clip.find(&part, declared.filter(|length| !length.is_zero()))?;
        Ok(clip)
    }

    pub fn format(&self) -> Format {
        Format {
            rate: self.decoder.rate(),
            channels: self.decoder.channels(),
            frames: self.wanted.end.saturating_sub(self.wanted.start),
        }
    }

    /// What the file is.
    pub fn media(&self) -> Media {
        self.decoder.media()
    }

    /// Goes to where the part starts, and decodes its first block.
    fn find(&mut self, part: &Range<Duration>, declared: Option<Duration>) -> Result<(), Error> {
        if let Some(length) = declared {
            self.decoder.expect(length);
        }
        self.check_end()?;
        self.decoder.seek(part.end);
        let end = self.decoder.byte().saturating_add(SLACK);
        self.decoder.seek(part.start);
        let start = self.decoder.byte();
        let mut direct = self.may_jump(start, declared);
        if end > self.held {
            self.held = end;
            self.buffer.hold(end);
        }
        let mut samples = Vec::new();
        let mut again = true;
        loop {
            let seen = self.buffer.version();
            self.decoder.seek(part.start);
            samples.clear();
            let step = guarded(|| self.decoder.next(&mut samples))?;
            // What was taken for constant may turn out to vary.
            direct &= self.is_even();
            match step {
                // It went there by an estimate. Now the place is known, and once more leads there, if there is sound at all.
                Step::Block { first, .. } if first > self.wanted.start && again => {
                    again = false;
                    continue;
                }
                Step::Block { first, exact } if exact || direct => {
                    self.first = Some((first, samples));
                    return Ok(());
                }
                Step::End => return Err(self.beyond()),
                Step::Block { .. } | Step::NeedBytes => {}
            }
            // Counting takes the bytes in their order.
            let at = match direct {
                true => self.decoder.byte(),
                false => self.buffer.contiguous_from(0),
            };
            self.wait(at, seen)?;
        }
    }

    /// The place is known without what comes before.
    fn may_jump(&self, start: u64, declared: Option<Duration>) -> bool {
        let media = self.decoder.media();
        if media.format != "mp3" {
            return true;
        }
        let bytes = media.bytes.map(|bytes| bytes as f64 * 8.0);
        let by_rate = bytes.zip(media.bit_rate.filter(|rate| *rate > 0));
        let by_rate = by_rate
            .and_then(|(bits, rate)| Duration::try_from_secs_f64(bits / f64::from(rate)).ok());
        let agree = by_rate
            .zip(declared)
            .is_some_and(|(length, declared)| length.abs_diff(declared) <= AGREES);
        start > WORTH && agree && self.is_even()
    }

    fn is_even(&self) -> bool {
        !self.decoder.media().variable
    }

    /// Appends the next samples, as they are in a wav; false when all of the part was given.
    ///
    /// # Errors
    /// As [`Clip::open`].
    pub fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, Error> {
        let channels = usize::from(self.decoder.channels().max(1));
        while !self.wanted.is_empty() {
            let (first, samples) = match self.first.take() {
                Some(block) => block,
                None => match self.decode()? {
                    Some(block) => block,
                    None => return Err(Error::Beyond(self.time(self.wanted.start))),
                },
            };
            // A block that begins later than it should leaves silence.
            let missing = first.saturating_sub(self.wanted.start);
            let missing = missing.min(self.format().frames);
            out.extend(std::iter::repeat_n(0, missing as usize * channels));
            self.wanted.start += missing;
            let early = self.wanted.start.saturating_sub(first) as usize;
            let left = self.format().frames as usize;
            let heard = samples.chunks_exact(channels).skip(early).take(left);
            let before = out.len();
            out.extend(heard.flatten().map(|sample| pcm(*sample)));
            let given = ((out.len() - before) / channels) as u64;
            self.wanted.start += given;
            if given + missing > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next block, once its bytes are here; `None` at the end.
    fn decode(&mut self) -> Result<Option<(u64, Vec<f32>)>, Error> {
        let mut samples = Vec::new();
        loop {
            let seen = self.buffer.version();
            match guarded(|| self.decoder.next(&mut samples))? {
                Step::Block { first, .. } => return Ok(Some((first, samples))),
                Step::End => return Ok(None),
                Step::NeedBytes => self.wait(self.decoder.byte(), seen)?,
            }
        }
    }

    /// Refuses what reaches beyond a length that is known.
    fn check_end(&mut self) -> Result<(), Error> {
        let length = self.decoder.length().filter(|length| length.exact);
        let frames = length.map(|length| frames_near(length.length, self.decoder.rate()));
        match (length, frames) {
            (Some(length), Some(frames)) if self.wanted.end > frames => {
                Err(Error::Beyond(length.length))
            }
            _ => Ok(()),
        }
    }

    fn beyond(&mut self) -> Error {
        match self.decoder.length() {
            Some(length) => Error::Beyond(length.length),
            None => Error::Beyond(Duration::ZERO),
        }
    }

    fn time(&self, frame: u64) -> Duration {
        time_of(frame, self.decoder.rate())
    }

    fn wait(&mut self, at: u64, seen: u64) -> Result<(), Error> {
        wait(&self.buffer, &self.cancel, at, &mut self.held, seen)
    }
}

/// The first bytes are here, or all there are.
fn has_head(buffer: &Buffer) -> bool {
    let most = buffer.len().map_or(HEAD, |len| len.min(HEAD));
    buffer.contiguous_from(0) >= most
}

/// Waits for the bytes at `at`, or whatever else has come since `seen`; asks for more where that is close to what was asked for.
fn wait(buffer: &Buffer, cancel: &Cancel, at: u64, held: &mut u64, seen: u64) -> Result<(), Error> {
    if *held != u64::MAX && at.saturating_add(SLACK / 2) >= *held && buffer.failed().is_none() {
        *held = u64::MAX;
        buffer.release();
    }
    pause(buffer, cancel, at, seen)
}

/// The same, for what was asked for.
fn pause(buffer: &Buffer, cancel: &Cancel, at: u64, seen: u64) -> Result<(), Error> {
    if let Some(error) = buffer.failed() {
        return Err(error.into());
    }
    buffer.want(at);
    buffer.changed(seen, None, cancel);
    match cancel.is_set() {
        true => Err(Error::Cancelled),
        false => Ok(()),
    }
}

/// A hostile file may make a decoder panic; that is its own failure.
fn guarded<T>(work: impl FnOnce() -> Result<T, event::Error>) -> Result<T, Error> {
    Ok(guard::catch(work).map_err(event::Error::Decode)??)
}

/// The frames of a length that was counted in frames once.
fn frames_near(length: Duration, rate: u32) -> u64 {
    frames_in(length.saturating_add(time_of(1, rate) / 2), rate)
}

/// A sample as 16 bits; what a wav of 16 bits or of G.711 held comes out as it was.
fn pcm(sample: f32) -> i16 {
    // A saturating cast.
    (sample * 32_768.0).round() as i16
}

#[cfg(test)]
mod tests;
