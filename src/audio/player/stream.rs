//! From a decoder into the ring: one epoch of sound at the output's rate, each block with its place in the recording.

use std::collections::VecDeque;
use std::time::Duration;

use crate::audio::decode::{Decoder, Step, time_of};
use crate::audio::event::Error;
use crate::audio::resample::Resampler;
use crate::audio::ring::{Block, FRAMES, Frame, Writer};

/// Blocks put into the ring before others get their turn.
const TURN: usize = 16;

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
}

/// Sound of one epoch on its way from the decoder to the ring.
pub(super) struct Stream {
    epoch: u32,
    rate: u32,
    source_rate: u32,
    channels: u16,
    resampler: Resampler,
    samples: Vec<f32>,
    /// Frames for the ring that do not fill a block yet.
    frames: VecDeque<Frame>,
    marks: VecDeque<Mark>,
    /// Source frames taken from the decoder, and which one it should give next.
    taken: u64,
    expected: Option<u64>,
    /// Output frames put into the ring.
    given: u64,
    /// The decoder has come to the end.
    drained: bool,
    finished: bool,
}

impl Stream {
    /// A stream of `epoch`, from where `decoder` stands, for an output at `rate`.
    pub(super) fn new(epoch: u32, decoder: &dyn Decoder, rate: u32) -> Result<Self, Error> {
        let resampler =
            Resampler::new(decoder.channels(), decoder.rate(), rate).map_err(Error::Decode)?;
        Ok(Self {
            epoch,
            rate,
            source_rate: decoder.rate(),
            channels: decoder.channels(),
            resampler,
            samples: Vec::new(),
            frames: VecDeque::new(),
            marks: VecDeque::new(),
            taken: 0,
            expected: None,
            given: 0,
            drained: false,
            finished: false,
        })
    }

    pub(super) fn epoch(&self) -> u32 {
        self.epoch
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

    /// Takes blocks from the decoder until there is enough for a block of the ring. The step that it stopped at, if any.
    fn decode(&mut self, decoder: &mut dyn Decoder) -> Result<Option<Step>, Error> {
        while self.frames.len() < FRAMES && !self.drained {
            self.samples.clear();
            let step = decoder.next(&mut self.samples)?;
            let mut out = Vec::new();
            match step {
                Step::Block { first, .. } => {
                    self.mark(first);
                    let frames = (self.samples.len() / usize::from(self.channels.max(1))) as u64;
                    self.taken += frames;
                    self.expected = Some(first + frames);
                    self.resampler
                        .push(&self.samples, &mut out)
                        .map_err(Error::Decode)?;
                    self.frames.extend(out);
                }
                Step::NeedBytes => return Ok(Some(step)),
                Step::End => {
                    self.resampler.finish(&mut out).map_err(Error::Decode)?;
                    self.frames.extend(out);
                    self.drained = true;
                    return Ok(Some(step));
                }
            }
        }
        Ok(None)
    }

    /// Remembers where the source frame `first` will come out, when it does not simply follow the one before.
    fn mark(&mut self, first: u64) {
        if self.expected == Some(first) {
            return;
        }
        let frame = u128::from(self.taken) * u128::from(self.rate);
        self.marks.push_back(Mark {
            frame: (frame / u128::from(self.source_rate.max(1))) as u64,
            position: time_of(first, self.source_rate).as_nanos() as u64,
        });
    }

    fn put(&mut self, writer: &mut Writer) {
        while self
            .marks
            .get(1)
            .is_some_and(|mark| mark.frame <= self.given)
        {
            self.marks.pop_front();
        }
        let position = self.marks.front().map_or(0, |mark| {
            let since = self.given.saturating_sub(mark.frame);
            mark.position + time_of(since, self.rate).as_nanos() as u64
        });
        let mut block = Block::empty(self.epoch, position);
        block.len = self.frames.len().min(FRAMES);
        block.span = time_of(block.len as u64, self.rate).as_nanos() as u64;
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
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::audio::buffer::Buffer;
    use crate::audio::decode::{self, Role};
    use crate::audio::ring::{Stage, ring};

    const CALL: &[u8] = include_bytes!("../../../assets/calls/support-stereo-cbr32.mp3");

    #[test]
    fn the_whole_recording_passes_with_its_length_and_place() {
        let mut decoder = decode::open(&Buffer::from_bytes(CALL.to_vec()), Role::Head)
            .unwrap()
            .unwrap();
        let (mut writer, mut renderer, _) = ring(48_000, std::thread::current());
        writer.set_epoch(3);
        writer.set_running(true);
        decoder.seek(Duration::from_secs(60));
        let mut stream = Stream::new(3, &*decoder, 48_000).unwrap();
        let mut frames = [[0.0; 2]; 64];
        let mut heard = 0;
        while writer.heard().stage != Stage::Finished {
            while stream.fill(&mut *decoder, &mut writer).unwrap() == Fill::More {}
            renderer.render(&mut frames, Instant::now());
            heard += 64;
            if heard == 4_800 {
                let off = writer
                    .heard()
                    .position
                    .abs_diff(Duration::from_millis(60_100));
                assert!(off < Duration::from_micros(1), "{off:?} off");
            }
        }
        let wanted = (636_889 - 480_000) * 6;
        let end = writer.heard().position;
        let off = end.abs_diff(Duration::from_nanos(79_611_125_000));
        assert!(off < Duration::from_micros(30), "{off:?} off");
        assert!(
            (wanted..wanted + 128).contains(&heard),
            "{heard} of {wanted}"
        );
    }

    #[test]
    fn a_short_piece_goes_out_at_once_when_bytes_are_missing() {
        let (buffer, feed) = Buffer::open();
        feed.set_len(CALL.len() as u64);
        feed.write(0, &CALL[..2_500]).unwrap();
        let mut decoder = decode::open(&buffer, Role::Head).unwrap().unwrap();
        let (mut writer, mut renderer, _) = ring(48_000, std::thread::current());
        let mut stream = Stream::new(1, &*decoder, 48_000).unwrap();
        writer.set_epoch(1);
        writer.set_running(true);
        while stream.fill(&mut *decoder, &mut writer).unwrap() != Fill::Starved {
            renderer.render(&mut [[0.0; 2]; FRAMES], Instant::now());
        }
        assert!(stream.given() > Duration::from_millis(100));
        feed.fail(Error::NotFound);
        let error = stream.fill(&mut *decoder, &mut writer).unwrap_err();
        assert_eq!(error, Error::NotFound);
    }
}
