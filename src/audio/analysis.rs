//! A second decoder over the same bytes, which draws the waveform and measures the sound while they come: in order where they come in order, and in
//! every loaded part after jumps.
//!
//! It runs on its own thread at low priority, sleeps while nothing new is here, and never asks for bytes.

mod extent;
mod measure;
mod peaks;
mod spans;
mod summary;
mod talk;

use std::ops::Range;
use std::sync::Arc;
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::buffer::{Buffer, Cancel};
use super::decode::{self, Decoder, Role, Step};
use super::event::{Event, PlayId};
use super::guard;
use super::player::Events;
use super::statistics::Statistics;
use super::waveform::Waveform;

use measure::Measure;
use peaks::Peaks;

/// Between two pictures, and between two looks at what came while the download goes on.
const PICTURE: Duration = Duration::from_millis(250);
const NAP: Duration = Duration::from_millis(100);

/// A loaded part shorter than this is not worth a jump while more of it may come.
const LEAST: u64 = 8 << 10;

/// Takes what is known.
type Tell<'a> = &'a dyn Fn(Waveform, Statistics);

/// The analysis of one recording. It ends when this is dropped, or when everything is known.
pub(super) struct Analysis {
    cancel: Cancel,
    thread: Option<Thread>,
}

impl Analysis {
    /// Begins to follow `buffer`. Each picture goes out as an [`Event::Waveform`] and an
    /// [`Event::Statistics`] of `play`.
    pub(super) fn start(play: PlayId, buffer: &Buffer, events: Events) -> Self {
        let cancel = buffer.canceller();
        let (buffer, theirs) = (buffer.clone(), cancel.clone());
        let spawned = std::thread::Builder::new()
            .name("callreel-analysis".to_owned())
            .spawn(move || {
                step_back();
                let tell = |waveform, statistics| {
                    events.tell(play, Event::Waveform(Arc::new(waveform)));
                    events.tell(play, Event::Statistics(Arc::new(statistics)));
                };
                // Whatever a hostile file does here, it is only a picture.
                let _ = guard::catch(|| follow(&buffer, &theirs, &tell));
            });
        Self {
            cancel,
            thread: spawned.ok().map(|handle| handle.thread().clone()),
        }
    }
}

impl Drop for Analysis {
    fn drop(&mut self) {
        self.cancel.set();
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }
}

/// Lets every other thread go first.
fn step_back() {
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code)]
    // SAFETY: a plain system call without pointers. On Linux 0 means the calling thread; that it may fail is no matter.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 10);
    }
}

/// Draws what is in `buffer` until all of it is drawn, the download fails or `cancel` is set.
fn follow(buffer: &Buffer, cancel: &Cancel, tell: Tell) {
    let mut seen = buffer.version();
    let mut decoder = loop {
        match decode::open(buffer, Role::Follower) {
            Ok(Some(decoder)) => break decoder,
            Ok(None) => seen = buffer.changed(seen, None, cancel),
            Err(_) => return,
        }
        if cancel.is_set() {
            return;
        }
    };
    let mut work = Work::new(&*decoder);
    loop {
        let seen = buffer.version();
        let over = buffer.is_complete() || buffer.failed().is_some();
        while !cancel.is_set() && work.part(&mut *decoder, buffer, cancel, tell) {}
        if work.jumped && buffer.is_complete() && !cancel.is_set() {
            // Parts were placed by estimate while what lies before them was missing, and lack their first frames. Now that
            // everything is here, an hour takes a second or two.
            work = Work {
                dirty: true,
                told: work.told,
                ..Work::new(&*decoder)
            };
            decoder.seek(Duration::ZERO);
            work.run(&mut *decoder, buffer, cancel, &|_, _| {});
        }
        if cancel.is_set() {
            return;
        }
        work.tell(tell, over.then(|| buffer.is_complete()));
        if over {
            return;
        }
        std::thread::park_timeout(NAP);
        buffer.changed(seen, work.dirty.then_some(PICTURE), cancel);
    }
}

struct Work {
    peaks: Peaks,
    measure: Measure,
    /// Bytes that were drawn: ascending, disjoint.
    done: Vec<Range<u64>>,
    /// It was not drawn in one go from start to end.
    jumped: bool,
    dirty: bool,
    told: Option<Instant>,
}

impl Work {
    fn new(decoder: &dyn Decoder) -> Self {
        Self {
            peaks: Peaks::new(decoder.rate(), decoder.channels()),
            measure: Measure::new(decoder.rate(), decoder.channels()),
            done: Vec::new(),
            jumped: false,
            dirty: false,
            told: None,
        }
    }

    /// Draws one loaded part that is not drawn yet. False when there is none.
    fn part(
        &mut self,
        decoder: &mut dyn Decoder,
        buffer: &Buffer,
        cancel: &Cancel,
        tell: Tell,
    ) -> bool {
        let here = decoder.byte();
        let complete = buffer.is_complete();
        let mut have = buffer.have();
        if !self.is_done(here)
            && let Some(ours) = have.iter().position(|range| range.contains(&here))
        {
            self.run(decoder, buffer, cancel, tell);
            let end = decoder.byte();
            // Where nothing more can come, what does not decode is done with, lest it be tried for ever.
            let end = if complete { end.max(here + 1) } else { end };
            self.mark(here..end);
            if end > here {
                return true;
            }
            // A frame that is not whole yet. Its rest comes; meanwhile only another part is worth leaving it for.
            have.remove(ours);
        }
        let least = if complete { 1 } else { LEAST };
        let Some(fresh) = have.into_iter().find_map(|range| self.fresh(range, least)) else {
            return false;
        };
        decoder.go_to_byte(fresh.start);
        self.jumped = true;
        self.run(decoder, buffer, cancel, tell);
        self.mark(fresh.start..decoder.byte().max(fresh.start + 1));
        true
    }

    /// Decodes on until bytes are missing, the end, or what was drawn before.
    fn run(&mut self, decoder: &mut dyn Decoder, buffer: &Buffer, cancel: &Cancel, tell: Tell) {
        let mut samples = Vec::new();
        while !cancel.is_set() {
            samples.clear();
            match decoder.next(&mut samples) {
                Ok(Step::Block { first, .. }) => {
                    self.peaks.add(first, &samples);
                    self.measure.add(first, &samples);
                    self.dirty = true;
                }
                Ok(Step::End) => {
                    // What lies behind the last frame, a tag or junk, is done with too.
                    self.mark(decoder.byte()..buffer.len().unwrap_or(u64::MAX));
                    return;
                }
                Ok(Step::NeedBytes) | Err(_) => return,
            }
            if self.is_done(decoder.byte()) {
                return;
            }
            self.tell(tell, None);
        }
    }

    fn is_done(&self, byte: u64) -> bool {
        self.done.iter().any(|range| range.contains(&byte))
    }

    /// The first part of `range` that is not drawn and has at least `least` bytes.
    fn fresh(&self, range: Range<u64>, least: u64) -> Option<Range<u64>> {
        let mut start = range.start;
        for done in &self.done {
            let end = done.start.min(range.end);
            if end.saturating_sub(start) >= least {
                return Some(start..end);
            }
            start = start.max(done.end);
        }
        (range.end.saturating_sub(start) >= least).then_some(start..range.end)
    }

    fn mark(&mut self, drawn: Range<u64>) {
        if drawn.start >= drawn.end {
            return;
        }
        let mut merged = drawn;
        self.done.retain(|range| {
            let apart = range.end < merged.start || range.start > merged.end;
            if !apart {
                merged = merged.start.min(range.start)..merged.end.max(range.end);
            }
            apart
        });
        let place = self
            .done
            .partition_point(|range| range.start < merged.start);
        self.done.insert(place, merged);
    }

    /// Gives a picture when there is something new and it is time, or at the `last`: then it says whether everything came.
    fn tell(&mut self, tell: Tell, last: Option<bool>) {
        let due = self.told.is_none_or(|told| told.elapsed() >= PICTURE);
        if last.is_some() || (self.dirty && due) {
            let complete = last.unwrap_or(false);
            let waveform = self.peaks.picture(self.measure.fine());
            tell(waveform, self.measure.statistics(complete));
            self.dirty = false;
            self.told = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests;
