//! From a decoder into the ring: one epoch of sound at the output's rate, each block with its place in the recording.

use std::collections::VecDeque;
use std::time::Duration;

use crate::audio::decode::{Decoder, Step, time_of};
use crate::audio::event::Error;
use crate::audio::limit::Limiter;
use crate::audio::resample::Resampler;
use crate::audio::ring::{Block, FRAMES, Frame, Writer};
use crate::audio::speech::{Chain, Speech};

/// Blocks put into the ring before others get their turn.
const TURN: usize = 16;

/// Blocks taken from the decoder for one of the ring, at most: an hour of silence that is left out is no reason to keep others
/// waiting.
const BLOCKS: usize = 32;

/// What a turn of filling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    /// There is more to do right now.
    More,
    /// The ring is full.
    Full,
    /// The bytes that come next are missing.
    Starved,
    /// Everything up to the end is in the ring.
    Ended,
}

/// A place in the recording, from one frame of the output on.
struct Mark {
    frame: u64,
    /// Nanoseconds.
    position: u64,
    /// Silence that was left out before it.
    left_out: Duration,
}

/// Sound of one epoch on its way from the decoder to the ring.
pub(super) struct Stream {
    epoch: u32,
    from: Duration,
    rate: u32,
    source_rate: u32,
    chain: Chain,
    resampler: Resampler,
    limiter: Limiter,
    /// Levelling may raise peaks.
    levels: bool,
    /// How much louder than recorded, at least 1.0; and from which frames on the ring gets it.
    gain: f32,
    gains: VecDeque<(u64, f32)>,
    samples: Vec<f32>,
    shaped: Vec<f32>,
    /// Frames for the ring that do not fill a block yet.
    frames: VecDeque<Frame>,
    marks: VecDeque<Mark>,
    /// Places in the ring before which silence was left out, in nanoseconds, and how much.
    skipped: VecDeque<(u64, Duration)>,
    /// Output frames put into the ring.
    given: u64,
    /// The decoder has come to the end.
    drained: bool,
    finished: bool,
}

impl Stream {
    /// A stream of `epoch`, from where `decoder` stands, which is at `from`, heard as `speech` says, for an output at `rate`.
    pub(super) fn new(
        epoch: u32,
        from: Duration,
        decoder: &dyn Decoder,
        speech: Speech,
        rate: u32,
    ) -> Result<Self, Error> {
        let resampler =
            Resampler::new(decoder.channels(), decoder.rate(), rate).map_err(Error::Decode)?;
        Ok(Self {
            epoch,
            from,
            rate,
            source_rate: decoder.rate(),
            chain: Chain::new(speech, decoder.channels(), decoder.rate()),
            resampler,
            limiter: Limiter::new(rate),
            levels: speech.level,
            gain: 1.0,
            gains: VecDeque::from([(0, 1.0)]),
            samples: Vec::new(),
            shaped: Vec::new(),
            frames: VecDeque::new(),
            marks: VecDeque::new(),
            skipped: VecDeque::new(),
            given: 0,
            drained: false,
            finished: false,
        })
    }

    pub(super) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// How much louder than recorded it is made from here on, at least 1.0.
    pub(super) fn set_gain(&mut self, gain: f32) {
        if gain != self.gain {
            self.gain = gain;
            let made = self.given + self.frames.len() as u64 + self.limiter.held();
            self.gains.push_back((made, gain));
        }
    }

    /// Where in the recording it began.
    pub(super) fn from(&self) -> Duration {
        self.from
    }

    /// How fast the recording passes.
    pub(super) fn speed(&self) -> f64 {
        self.chain.speed().factor()
    }

    /// Silence that was left out up to `position`, since this was last asked.
    pub(super) fn skipped_until(&mut self, position: Duration) -> Duration {
        let mut sum = Duration::ZERO;
        while let Some((at, left_out)) = self.skipped.front() {
            if u128::from(*at) > position.as_nanos() {
                break;
            }
            sum += *left_out;
            self.skipped.pop_front();
        }
        sum
    }

    /// How much has gone into the ring.
    pub(super) fn given(&self) -> Duration {
        time_of(self.given, self.rate)
    }

    /// The end is in the ring.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Decodes into the ring as far as there is room and there are bytes, for a bounded turn.
    pub(super) fn fill(
        &mut self,
        decoder: &mut dyn Decoder,
        writer: &mut Writer,
    ) -> Result<Fill, Error> {
        for _ in 0..TURN {
            if self.finished {
                return Ok(Fill::Ended);
            }
            if writer.free() == 0 {
                return Ok(Fill::Full);
            }
            let step = self.decode(decoder)?;
            // While bytes are missing, what there is goes out in a short block rather than wait for a full one.
            let waits = step == Some(Step::NeedBytes);
            if self.frames.len() >= FRAMES || self.drained || (waits && !self.frames.is_empty()) {
                self.put(writer);
            }
            if waits && self.frames.is_empty() {
                return Ok(Fill::Starved);
            }
        }
        Ok(Fill::More)
    }

    /// Takes blocks from the decoder until there is enough for a block of the ring, or for this turn. The step that it stopped at, if any.
    fn decode(&mut self, decoder: &mut dyn Decoder) -> Result<Option<Step>, Error> {
        for _ in 0..BLOCKS {
            if self.frames.len() >= FRAMES || self.drained {
                break;
            }
            self.samples.clear();
            let step = decoder.next(&mut self.samples)?;
            let mut out = Vec::new();
            match step {
                Step::Block { first, .. } => {
                    self.shaped.clear();
                    self.chain.push(first, &mut self.samples, &mut self.shaped);
                    self.mark();
                    self.resampler
                        .push(&self.shaped, &mut out)
                        .map_err(Error::Decode)?;
                    self.limit(&out);
                }
                Step::NeedBytes => return Ok(Some(step)),
                Step::End => {
                    self.shaped.clear();
                    self.chain.finish(&mut self.shaped);
                    self.resampler
                        .push(&self.shaped, &mut out)
                        .map_err(Error::Decode)?;
                    self.resampler.finish(&mut out).map_err(Error::Decode)?;
                    self.limit(&out);
                    let mut rest = Vec::new();
                    self.limiter.finish(self.limits(), &mut rest);
                    self.frames.extend(rest);
                    self.drained = true;
                    return Ok(Some(step));
                }
            }
        }
        Ok(None)
    }

    /// The last step before the ring.
    fn limit(&mut self, frames: &[Frame]) {
        let mut out = Vec::new();
        self.limiter
            .push(frames, self.gain, self.limits(), &mut out);
        self.frames.extend(out);
    }

    fn limits(&self) -> bool {
        self.levels || self.gain > 1.0
    }

    /// Remembers where what does not simply follow the frame before it will come out.
    fn mark(&mut self) {
        while let Some(place) = self.chain.place() {
            let frame = u128::from(place.frame) * u128::from(self.rate);
            self.marks.push_back(Mark {
                frame: (frame / u128::from(self.source_rate.max(1))) as u64,
                position: time_of(place.source, self.source_rate).as_nanos() as u64,
                left_out: time_of(place.left_out, self.source_rate),
            });
        }
    }

    /// Nanoseconds of the recording that pass in so many frames of the output.
    fn passed(&self, frames: u64) -> u64 {
        let time = time_of(frames, self.rate).as_nanos();
        self.chain
            .speed()
            .stretch(u64::try_from(time).unwrap_or(u64::MAX))
    }

    fn put(&mut self, writer: &mut Writer) {
        while let Some(mark) = self.marks.get(1).filter(|mark| mark.frame <= self.given) {
            if !mark.left_out.is_zero() {
                self.skipped.push_back((mark.position, mark.left_out));
            }
            self.marks.pop_front();
        }
        let position = self.marks.front().map_or(0, |mark| {
            let since = self.given.saturating_sub(mark.frame);
            mark.position + self.passed(since)
        });
        let mut block = Block::empty(self.epoch, position);
        while self
            .gains
            .get(1)
            .is_some_and(|(frame, _)| *frame <= self.given)
        {
            self.gains.pop_front();
        }
        block.gain = self.gains.front().map_or(1.0, |(_, gain)| *gain);
        // A block ends where the recording goes on elsewhere or gets louder, so that what it says is true for all of it.
        let elsewhere = self.marks.get(1).map_or(u64::MAX, |mark| mark.frame);
        let louder = self.gains.get(1).map_or(u64::MAX, |(frame, _)| *frame);
        let until = elsewhere.min(louder);
        let room = usize::try_from(until - self.given.min(until)).unwrap_or(FRAMES);
        block.len = self.frames.len().min(FRAMES).min(room);
        block.span = self.passed(block.len as u64);
        for (slot, frame) in block.frames.iter_mut().zip(self.frames.drain(..block.len)) {
            *slot = frame;
        }
        self.given += block.len as u64;
        block.last = self.drained && self.frames.is_empty();
        self.finished = block.last;
        writer.push(block);
    }
}

#[cfg(test)]
mod tests;
