//! One recording that is loaded: its bytes, its decoder, where it stands, and what was told of it.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Events;
use super::stream::Stream;
use super::watch::Watch;
use crate::audio::analysis::Analysis;
use crate::audio::buffer::Buffer;
use crate::audio::decode::repeat::Repeating;
use crate::audio::decode::{self, Decoder, Length, Role};
use crate::audio::event::{Anchor, Error, Event, PlayId};
use crate::audio::guard;
use crate::audio::statistics::Thresholds;

/// Between two tellings of what is loaded.
const TELL: Duration = Duration::from_millis(200);

/// An estimated length is told again when it has moved by so much.
const MOVED: Duration = Duration::from_secs(1);

/// What a loaded recording is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its kind is not known yet.
    Opening,
    /// It is to sound, and does not yet, or ran out of bytes.
    Buffering,
    Playing,
    /// The fade is on its way; told as paused when it is over, or at `by`.
    Pausing {
        by: Instant,
    },
    Paused,
    /// `paused` says whether it was paused when it was sent here, and so after a jump back.
    Ended {
        paused: bool,
    },
}

pub(super) struct Playback {
    pub id: PlayId,
    pub buffer: Buffer,
    pub decoder: Option<Box<dyn Decoder>>,
    pub stream: Option<Stream>,
    pub phase: Phase,
    /// Where it stands, or is to start from.
    pub position: Duration,
    /// The anchor that was told last.
    pub told: Option<Anchor>,
    /// It was said that bytes are being waited for.
    pub told_waiting: bool,
    /// What had gone into the ring when it last ran dry.
    pub dry_at: Duration,
    /// Why no more can be decoded from here; told when what is in the ring was heard.
    pub failing: Option<Error>,
    repeat: Option<Range<Duration>>,
    /// Silence that was left out so far.
    skipped: Duration,
    events: Events,
    watch: Watch,
    _analysis: Analysis,
    expected: Option<Duration>,
    length: Option<Length>,
    loaded: Arc<[Range<f32>]>,
    version: Option<u64>,
    told_at: Option<Instant>,
}

impl Playback {
    /// Loads what comes into `buffer`, to start from `at`.
    pub(super) fn new(
        id: PlayId,
        buffer: Buffer,
        at: Duration,
        expected: Option<Duration>,
        thresholds: Thresholds,
        events: Events,
    ) -> Self {
        events.tell(id, Event::Opening);
        let mut playback = Self {
            id,
            watch: Watch::start(&buffer, std::thread::current()),
            _analysis: Analysis::start(id, &buffer, thresholds, events.clone()),
            buffer,
            decoder: None,
            stream: None,
            phase: Phase::Opening,
            position: at,
            told: None,
            told_waiting: false,
            dry_at: Duration::ZERO,
            failing: None,
            repeat: None,
            skipped: Duration::ZERO,
            events,
            expected: expected.filter(|expected| !expected.is_zero()),
            length: None,
            loaded: Arc::from([]),
            version: None,
            told_at: None,
        };
        if let Some(length) = playback.expected {
            playback.tell_length(Length {
                length,
                exact: false,
            });
        }
        playback
    }

    pub(super) fn tell(&self, event: Event) {
        self.events.tell(self.id, event);
    }

    /// Tells an anchor and remembers it.
    pub(super) fn tell_anchor(&mut self, anchor: Anchor, event: fn(Anchor) -> Event) {
        self.position = anchor.position;
        self.told = Some(anchor);
        self.tell(event(anchor));
    }

    /// Tells that the sound stands still here.
    pub(super) fn tell_still(&mut self, position: Duration, event: fn(Anchor) -> Event) {
        let anchor = Anchor {
            position,
            at: Instant::now(),
            speed: 0.0,
        };
        self.tell_anchor(anchor, event);
    }

    /// Tells how much silence was left out, if it grew by `more`.
    pub(super) fn tell_skipped(&mut self, more: Duration) {
        if !more.is_zero() {
            self.skipped += more;
            self.tell(Event::Skipped(self.skipped));
        }
    }

    /// Whether the next byte is waited for.
    pub(super) fn set_urgent(&self, urgent: bool) {
        self.watch.set_urgent(urgent);
    }

    /// The recording is to be heard as soon as it can be.
    pub(super) fn wants_sound(&self) -> bool {
        matches!(
            self.phase,
            Phase::Opening | Phase::Buffering | Phase::Playing
        )
    }

    /// Makes the decoder as soon as the first bytes tell the kind; false while they do not.
    pub(super) fn open(&mut self) -> Result<bool, Error> {
        if self.decoder.is_some() {
            return Ok(true);
        }
        let opened = guard::catch(|| decode::open(&self.buffer, Role::Head));
        let Some(mut decoder) = opened.map_err(Error::Decode)?? else {
            self.set_urgent(true);
            return Ok(false);
        };
        if let Some(expected) = self.expected {
            decoder.expect(expected);
        }
        self.tell(Event::Opened(decoder.media()));
        let mut decoder = Repeating::new(decoder);
        decoder.repeat(self.repeat.clone());
        self.decoder = Some(Box::new(decoder));
        if self.phase == Phase::Opening {
            self.phase = Phase::Buffering;
        }
        self.learn_length();
        self.move_decoder(self.position).map(|()| true)
    }

    /// The decoder goes on from `to`.
    pub(super) fn move_decoder(&mut self, to: Duration) -> Result<(), Error> {
        match &mut self.decoder {
            Some(decoder) => guard::catch(|| decoder.seek(to)).map_err(Error::Decode),
            None => Ok(()),
        }
    }

    /// `position`, or where the stream began: what is on its way to the ear may reach back before that.
    pub(super) fn within_stream(&self, position: Duration) -> Duration {
        let begin = self.stream.as_ref().map_or(Duration::ZERO, Stream::from);
        let again = self.repeat.as_ref().map_or(begin, |part| part.start);
        position.max(begin.min(again))
    }

    /// Hears `part` over and over, once it is there.
    pub(super) fn repeat(&mut self, part: Option<Range<Duration>>) {
        if let Some(decoder) = &mut self.decoder {
            decoder.repeat(part.clone());
        }
        self.repeat = part;
    }

    /// The length when it is certain.
    pub(super) fn exact_length(&self) -> Option<Duration> {
        self.length
            .filter(|length| length.exact)
            .map(|length| length.length)
    }

    /// Tells what changed of the length and of what is loaded, a few times a second at most; the moment to call again.
    pub(super) fn publish(&mut self, now: Instant) -> Option<Instant> {
        let version = self.buffer.version();
        if self.version == Some(version) {
            return None;
        }
        let due = self.told_at.map(|at| at + TELL).filter(|due| now < *due);
        if due.is_some() {
            return due;
        }
        (self.version, self.told_at) = (Some(version), Some(now));
        self.learn_length();
        if let Some(len) = self.buffer.len().filter(|len| *len > 0) {
            let part = |bytes: u64| (bytes as f64 / len as f64) as f32;
            let have = self.buffer.have();
            let loaded: Arc<[_]> = have
                .iter()
                .map(|range| part(range.start)..part(range.end))
                .collect();
            if loaded != self.loaded {
                self.loaded = Arc::clone(&loaded);
                self.tell(Event::Buffered(loaded));
            }
        }
        None
    }

    fn learn_length(&mut self) {
        let Some(decoder) = &mut self.decoder else {
            return;
        };
        let Ok(Some(length)) = guard::catch(|| decoder.length()) else {
            return;
        };
        // What the API says is better than any guess.
        if length.exact || self.expected.is_none() {
            self.tell_length(length);
        }
    }

    fn tell_length(&mut self, new: Length) {
        let moved = self.length.is_none_or(|old| {
            old.exact != new.exact
                || if new.exact {
                    old.length != new.length
                } else {
                    old.length.abs_diff(new.length) >= MOVED
                }
        });
        if moved {
            self.length = Some(new);
            self.tell(Event::Length {
                length: new.length,
                exact: new.exact,
            });
        }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.buffer.cancel();
    }
}
